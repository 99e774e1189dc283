import FoundationEssentials
import Glibc

/// What is done with folders, so that a crash leaves the old state or the new.
public enum Folder {
  static func exists(_ path: String) -> Bool { access(path) }

  private static func access(_ path: String) -> Bool { unsafe Glibc.access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  /// Whether a path is something that can be read only once.
  static func isPipe(_ path: String) -> Bool {
    let kind = kind(path)
    return kind == S_IFIFO || kind == S_IFCHR || kind == S_IFSOCK
  }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Creates the folder and those above it.
  static func create(_ path: String) throws(DataError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw failure("create the folder", path)
    }
  }

  /// Removes the folder and all in it; nothing happens if there is none.
  static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Renames a file or folder that is complete on the disk, and makes the new name lasting; a file
  /// of the new name is replaced at once.
  public static func rename(_ old: String, to new: String) throws(DataError) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw failure("rename to", new) }
    try synchronise(parent(of: new))
  }

  /// Waits until the names in a folder are on the disk.
  public static func synchronise(_ path: String) throws(DataError) {
    try PosixFile(reading: path).synchronise()
  }

  /// The names of the regular files in a folder, sorted by bytes, hidden ones left out.
  static func files(in path: String) throws(DataError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { !$0.hasPrefix(".") && !isFolder("\(path)/\($0)") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw failure("list the folder", path)
    }
  }

  static func parent(of path: String) -> String {
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func failure(_ operation: String, _ path: String) -> DataError {
    DataError(
      .system, operation, at: path, systemMessage(), remedy: "check the path and its permissions")
  }
}
