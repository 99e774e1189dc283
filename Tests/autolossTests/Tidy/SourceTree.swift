import Foundation

/// The files of the checkout.
enum SourceTree {
  /// The top of the checkout.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .standardizedFileURL

  /// Paths from the top of all files in `folder` (and below) with one of these endings; hidden
  /// folders and build products are left out.
  static func files(in folder: String, endings: [String] = ["swift"]) -> [String] {
    let start = root.appending(path: folder).standardizedFileURL
    let walker = FileManager.default.enumerator(atPath: start.path)
    let skipped = [".build", ".git", "__pycache__", "runs"]
    var found: [String] = []
    while let path = walker?.nextObject() as? String {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      if skipped.contains(where: { name == $0 || name.hasPrefix("\($0)-") }) {
        walker?.skipDescendants()
      } else if endings.contains(URL(filePath: name).pathExtension) {
        found.append(folder.isEmpty || folder == "." ? path : "\(folder)/\(path)")
      }
    }
    return found.sorted()
  }

  /// The text of a file; empty when it cannot be read, which the checks of content then show.
  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
  }

  /// Whether a file or folder is there.
  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// The module that a source file belongs to: `Kernels` for `Sources/Kernels/View.swift`.
  static func module(_ path: String) -> String {
    path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
  }

  /// All Swift files: the package, its tests and its benchmarks.
  static let swift = ["Sources", "Tests", "Benchmarks"].flatMap { files(in: $0) }
  /// Swift files that are shipped.
  static let sources = files(in: "Sources")
}
