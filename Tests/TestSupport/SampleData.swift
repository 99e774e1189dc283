import Foundation
import Testing

/// Samples of public data sets, which stay outside the repository for their licences.
///
/// They are looked for in the folder `shared` beside the checkout, or where the environment
/// variable `AUTOLOSS_SHARED` points: `data/NAME` and `reference/NAME`. A test that needs one
/// takes the trait, which shows the reason when it skips:
///
///     @Test(SampleData.needs("data/criteo_10k.tsv"))
///     func counts() throws { let url = try #require(SampleData.url("data/criteo_10k.tsv")) … }
public enum SampleData {
  /// The file's place, or nil where it is absent. A bare name is looked for under `data/`.
  public static func url(_ path: String) -> URL? {
    let relative = path.contains("/") ? path : "data/\(path)"
    return roots.map { $0.appendingPathComponent(relative) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// A trait that skips the test, visibly, unless all files are present.
  public static func needs(_ paths: String...) -> ConditionTrait {
    let absent = paths.filter { url($0) == nil }
    return .enabled(
      if: absent.isEmpty,
      "skipped: \(absent.joined(separator: ", ")) not found beside the checkout (AUTOLOSS_SHARED)")
  }

  private static var roots: [URL] {
    if let path = ProcessInfo.processInfo.environment["AUTOLOSS_SHARED"], !path.isEmpty {
      return [URL(fileURLWithPath: path)]
    }
    return [checkout.deletingLastPathComponent().appendingPathComponent("shared")]
  }
}

/// A new empty folder for one test, removed when the value goes.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let url: URL

  /// Creates the folder under the system's temporary folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoloss-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file or folder inside.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
