import Foundation
import Testing

@testable import Training

@Suite struct ConfigurationReferenceTests {
  @Test func namesEveryKey() {
    for key in ConfigurationKey.all {
      #expect(ConfigurationReference.page.contains("| `\(key.path)` |"), "\(key.path)")
    }
  }

  /// Renew the page with `autoloss config reference > docs/configuration.md`.
  @Test func thePageInDocsIsCurrent() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
    #expect(page == ConfigurationReference.page)
  }
}
