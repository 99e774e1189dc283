import Datasets
import Foundation

extension RunFolder {
  /// The file whose holder is the only writer of the folder.
  var lock: URL { url.appendingPathComponent("lock") }

  /// Creates the folder and makes this process its only writer until the lock is released or the
  /// process ends; throws when another process is writing there.
  func claim() throws -> FileLock {
    try create()
    let process = ProcessInfo.processInfo
    let holder = "process \(process.processIdentifier) on \(process.hostName)"
    guard let lock = try FileLock(path: lock.path, holder: "\(holder)\n") else {
      throw Failure(
        "\(holderOfLock ?? "another process") is writing this run folder", at: url.path,
        remedy: "wait for its end or stop it, or choose another --out", exitCode: .cannotCreate)
    }
    return lock
  }

  /// Whether a process is writing the folder at this moment.
  public var isHeld: Bool {
    get throws {
      guard FileManager.default.fileExists(atPath: lock.path) else { return false }
      return try FileLock(path: lock.path, holder: "") == nil
    }
  }

  /// Who has the lock, as far as it has said so.
  private var holderOfLock: String? {
    let text = try? String(contentsOf: lock, encoding: .utf8)
    return text?.split(separator: "\n").first.map(String.init)
  }

  /// Removes files and folders that a killed run had not finished; brings back a checkpoint that it
  /// had moved aside and not yet replaced. For the holder of the lock; tells each.
  func removeLeftovers(notice: (String) -> Void) throws {
    let manager = FileManager.default
    for leftover in try leftovers() {
      let place = leftover.deletingPathExtension()
      if leftover.pathExtension == "replaced", !manager.fileExists(atPath: place.path) {
        try Folder.rename(leftover.path, to: place.path)
        notice("a killed run had moved the checkpoint \(place.path) aside; it is back")
      } else {
        try manager.removeItem(at: leftover)
        notice("what a killed run had not finished is removed: \(leftover.path)")
      }
    }
  }

  /// Names that this program gives to unfinished things, and no others.
  private func leftovers() throws -> [URL] {
    let files = [
      configuration, environment, dataDescription, vocabulary, job, controller, givenController,
    ]
    let inside = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
      .filter { name in
        name.hasPrefix("step-") && (name.hasSuffix(".tmp") || name.hasSuffix(".replaced"))
      }
    let pointers = Pointer.allCases.map { checkpoints.appendingPathComponent($0.rawValue) }
    let unfinished = (files + pointers).map { $0.appendingPathExtension("tmp") }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
    return unfinished + inside.sorted().map { checkpoints.appendingPathComponent($0) }
  }
}
