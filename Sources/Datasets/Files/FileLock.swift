import Glibc

/// A file that one holder at a time has. The kernel takes it back when the process ends, however it
/// does, so nothing is left to clean up after a kill.
public final class FileLock: Sendable {
  private let file: PosixFile

  /// Takes the lock on the file at `path`, which is created when missing, and writes there who
  /// has it; nil when somebody else has.
  public init?(path: String, holder: String) throws(DataError) {
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw DataError(
        .exists, "create", at: path, systemMessage(),
        remedy: "check that the folder may be written, or choose another")
    }
    file = PosixFile(path: path, descriptor: descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return nil }
      throw DataError(
        .system, "lock", at: path, systemMessage(),
        remedy: "choose a folder on a file system that knows locks (flock)")
    }
    guard ftruncate(descriptor, 0) == 0 else {
      throw DataError(
        .system, "empty", at: path, systemMessage(), remedy: "check the disk and its free space")
    }
    try writeBytes(of: Array(holder.utf8), to: file)
  }

  /// Lets others have it. The file stays: removing it would let two holders have two files.
  public func release() { flock(file.descriptor, LOCK_UN) }
}
