import Foundation
import Testing

/// The house rules that a machine can keep.
@Suite struct TidyTests {
  @Test func linesFitTheWidth() {
    var offences: [String] = []
    for path in SourceTree.swift {
      for (index, line) in lines(path).enumerated() where line.count > 100 {
        offences.append("\(path):\(index + 1): \(line.count) characters, at most 100")
      }
    }
    expectNone(offences)
  }

  @Test func filesAreSmallEnoughToSee() {
    expectNone(
      SourceTree.swift.compactMap { path in
        let count = lines(path).count - 1
        return count > 400 ? "\(path): \(count) lines, at most 400" : nil
      })
  }

  @Test func functionsAreSmallEnoughToSee() {
    var offences: [String] = []
    for path in SourceTree.swift {
      for body in SwiftText(SourceTree.text(path)).bodies where body.lineCount > 70 {
        offences.append("\(path):\(body.firstLine): \(body.name) has \(body.lineCount) lines")
      }
    }
    expectNone(offences)
  }

  @Test func everySourceFileHasItsTests() {
    let excused = Set(Exceptions.testedElsewhere.values.joined())
    expectNone(
      SourceTree.sources.filter { !hasTests($0) && !excused.contains($0) }
        .map { "\($0): no test file of its name, and not in Exceptions" })
  }

  @Test func exceptionsAreTrueAndNeeded() {
    var offences: [String] = []
    for (test, sources) in Exceptions.testedElsewhere.sorted(by: { $0.key < $1.key }) {
      if !SourceTree.exists(test) { offences.append("\(test) is not there") }
      for source in sources {
        if !SourceTree.exists(source) { offences.append("\(source) is not there") }
        if hasTests(source) { offences.append("\(source) needs no exception") }
      }
    }
    expectNone(offences)
  }

  @Test func importsGoDownOnly() {
    var offences: [String] = []
    for path in SourceTree.sources {
      for (index, line) in SwiftText(SourceTree.text(path)).code.enumerated() {
        guard let imported = importedModule(line) else { continue }
        if let complaint = Floors.complaint(SourceTree.module(path), imports: imported) {
          offences.append("\(path):\(index + 1): \(complaint)")
        }
      }
    }
    expectNone(offences)
  }

  @Test func everyModuleHasItsFloor() {
    let modules = Set(SourceTree.sources.map(SourceTree.module))
    #expect(modules == Set(Floors.below.keys))
  }

  @Test func noErrorIsForced() {
    var offences: [String] = []
    for path in SourceTree.swift {
      for (index, line) in SwiftText(SourceTree.text(path)).code.enumerated() {
        for mark in ["try!", "as!"] where line.contains(mark) {
          offences.append("\(path):\(index + 1): \(mark)")
        }
        if forcesUnwrap(line) { offences.append("\(path):\(index + 1): forced unwrap") }
      }
    }
    expectNone(offences)
  }

  @Test func nothingIsLeftForLater() {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    var offences: [String] = []
    for path in SourceTree.swift {
      for (index, line) in SwiftText(SourceTree.text(path)).comments.enumerated() {
        for mark in marks where line.contains(mark) {
          offences.append("\(path):\(index + 1): \(mark)")
        }
      }
    }
    expectNone(offences)
  }

  @Test func unsafeCodeLivesOnTheGroundFloor() {
    let ground: Set = ["Kernels", "Transport", "Datasets"]
    var offences: [String] = []
    for path in SourceTree.sources where !ground.contains(SourceTree.module(path)) {
      guard Exceptions.unsafeCode[path] == nil else { continue }
      for (index, line) in SwiftText(SourceTree.text(path)).code.enumerated() {
        if line.split(separator: " ").contains("unsafe") {
          offences.append("\(path):\(index + 1): unsafe code above the ground floor")
        }
      }
    }
    expectNone(offences)
  }

  @Test func nothingNamesTheMachineItWasWrittenOn() {
    let words = ["/wo" + "rk/", "/tmp/w" + "t/", "/.libr" + "ary", "/ro" + "ot/"]
    let endings = ["swift", "md", "sh", "py", "yaml", "yml", "json", "txt", ""]
    var offences: [String] = []
    for path in SourceTree.files(in: "", endings: endings) where !path.hasPrefix(".") {
      for (index, line) in lines(path).enumerated() {
        for word in words where line.contains(word) {
          offences.append("\(path):\(index + 1): \(word)")
        }
      }
    }
    expectNone(offences)
  }
}

extension TidyTests {
  private static let testNames = Set(
    SourceTree.files(in: "Tests").map { URL(filePath: $0).lastPathComponent })

  private func hasTests(_ path: String) -> Bool {
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    return Self.testNames.contains("\(name.replacing("+", with: ""))Tests.swift")
  }

  private func lines(_ path: String) -> [Substring] {
    SourceTree.text(path).split(separator: "\n", omittingEmptySubsequences: false)
  }

  private func expectNone(
    _ offences: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let shown = offences.prefix(20).joined(separator: "\n")
    #expect(offences.isEmpty, "\(offences.count):\n\(shown)", sourceLocation: sourceLocation)
  }

  private func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ").map(String.init)
    guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
    let attributes = words[..<place].allSatisfy { $0.hasPrefix("@") || $0 == "internal" }
    return attributes ? words[place + 1] : nil
  }

  /// An exclamation mark right behind a name or bracket, and no comparison after it.
  private func forcesUnwrap(_ line: String) -> Bool {
    let characters = Array(line)
    return characters.indices.dropFirst().contains { place in
      guard characters[place] == "!" else { return false }
      let before = characters[place - 1]
      let after = place + 1 < characters.count ? characters[place + 1] : " "
      return (before.isLetter || before.isNumber || ")]}?".contains(before)) && after != "="
    }
  }
}
