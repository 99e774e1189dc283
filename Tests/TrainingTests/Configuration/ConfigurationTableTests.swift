import Testing

@testable import Training

@Suite struct ConfigurationTableTests {
  @Test func pathsAreUniqueAndSectionsStandTogether() {
    let paths = ConfigurationKey.all.map(\.path)
    #expect(Set(paths).count == paths.count)
    for path in paths {
      let section = path.prefix { $0 != "." } + "."
      let members = paths.indices.filter { paths[$0].hasPrefix(section) }
      guard let first = members.first, let last = members.last else { continue }
      #expect(last - first + 1 == members.count, "\(section)")
    }
  }

  @Test func noKeyIsASection() {
    for key in ConfigurationKey.all {
      #expect(ConfigurationKey.children(of: key.path).isEmpty, "\(key.path)")
    }
  }

  /// A property without a key would be lost when a configuration is written or sent.
  @Test func everyPropertyHasItsKey() {
    #expect(leaves(Mirror(reflecting: RunConfiguration())) == ConfigurationKey.all.count)
  }

  private func leaves(_ mirror: Mirror) -> Int {
    mirror.children.map { child in
      let inner = Mirror(reflecting: child.value)
      return inner.displayStyle == .struct && !inner.children.isEmpty ? leaves(inner) : 1
    }.reduce(0, +)
  }

  @Test func summariesArePhrases() {
    for key in ConfigurationKey.all {
      #expect(!key.summary.isEmpty && !key.summary.hasSuffix("."), "\(key.path)")
      #expect(!key.summary.contains("|"), "\(key.path) stands in a Markdown table")
    }
  }
}
