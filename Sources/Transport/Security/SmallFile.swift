import Glibc

/// Reading and writing of key files with their permissions.
enum SmallFile {
  /// What a file held when it was open, and who may read it.
  struct Content {
    var bytes: [UInt8]
    var mode: UInt32
    var owner: UInt32

    /// Whether only its owner can read it. A file of root may be readable by a group, as secrets
    /// are that an orchestrator mounts.
    var isPrivate: Bool {
      mode & 0o077 == 0 || (owner == 0 && mode & 0o037 == 0)
    }
  }

  /// Reads a plain file of at most `limit` bytes (one more is read of a longer one).
  static func read(_ path: String, limit: Int) throws(KeyError) -> Content {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT {
        throw KeyError(
          .missing, "there is no such file", at: path,
          remedy: "copy it here, or make keys with `autoloss keys generate`")
      }
      throw failure("cannot be read", path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("cannot be read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw KeyError(
        .malformed, "it is not a plain file", at: path, remedy: "put a key file in its place")
    }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), limit + 1 - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw failure("cannot be read", path) }
      if got == 0 { break }
      count += got
    }
    return Content(
      bytes: Array(bytes.prefix(count)), mode: status.st_mode & 0o777, owner: status.st_uid)
  }

  /// Writes a new file with exactly these permissions, durably; never over another.
  static func create(_ path: String, _ text: String, mode: UInt32) throws(KeyError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, mode)
    guard descriptor >= 0 else {
      if errno == EEXIST { throw exists(path) }
      throw failure("cannot be created", path)
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard fchmod(descriptor, mode) == 0,
      unsafe write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
    else { throw failure("cannot be written", path) }
  }

  /// Makes a folder with these permissions unless it is there.
  static func makeFolder(_ path: String, mode: UInt32) throws(KeyError) {
    guard unsafe mkdir(path, mode) != 0 else { return }
    var status = stat()
    guard errno == EEXIST, unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR
    else { throw failure("cannot be made a folder", path) }
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func exists(_ path: String) -> KeyError {
    KeyError(
      .exists, "a key is there already and is not written over", at: path,
      remedy: "choose another folder or --name, or remove the old key first")
  }

  private static func failure(_ what: String, _ path: String) -> KeyError {
    KeyError(
      .system, "it \(what): \(unsafe String(cString: strerror(errno)))", at: path,
      remedy: "check the path, its permissions and the free space of the disk")
  }
}
