import Glibc

/// An open file, closed when the last reference goes. Reads and writes at explicit positions may
/// come from many threads at once.
@safe public final class PosixFile: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  let descriptor: Int32

  /// Opens an existing file for reading.
  public convenience init(reading path: String) throws(DataError) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw DataError(
        .missing, "open", at: path, systemMessage(), remedy: "check the path and its permissions")
    }
    self.init(path: path, descriptor: descriptor)
  }

  /// Creates a file for writing, or empties an existing one.
  public convenience init(creating path: String) throws(DataError) {
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw DataError(
        .system, "create", at: path, systemMessage(),
        remedy: "check that the folder exists and may be written")
    }
    self.init(path: path, descriptor: descriptor)
  }

  /// The process's standard output.
  static var standardOutput: PosixFile {
    PosixFile(path: "standard output", descriptor: dup(STDOUT_FILENO))
  }

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The size in bytes now.
  public func size() throws(DataError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("measure") }
    return Int(status.st_size)
  }

  /// Writes all of `bytes` at the end of what was written before.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe Glibc.write(descriptor, rest(bytes, done), bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write") }
      done += count
    }
  }

  /// Writes all of `bytes` at `offset`.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DataError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe pwrite(
        descriptor, rest(bytes, done), bytes.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write") }
      done += count
    }
  }

  /// Fills `bytes` from the present position; returns how many were read, fewer only at the end.
  public func read(into bytes: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var done = 0
    while done < bytes.count {
      let count = unsafe Glibc.read(descriptor, rest(bytes, done), bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read") }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Fills `bytes` from `offset`; returns how many were read, fewer only at the end.
  public func read(
    into bytes: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DataError) -> Int {
    var done = 0
    while done < bytes.count {
      let count = unsafe pread(
        descriptor, rest(bytes, done), bytes.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read") }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Waits until the contents are on the disk.
  public func synchronise() throws(DataError) {
    guard fsync(descriptor) == 0 else { throw failure("flush") }
  }

  private func failure(_ operation: String) -> DataError {
    DataError(
      .system, operation, at: path, systemMessage(), remedy: "check the disk and its free space")
  }
}

/// The address `done` bytes into a buffer that is not empty.
private func rest(_ bytes: UnsafeRawBufferPointer, _ done: Int) -> UnsafeRawPointer? {
  unsafe bytes.baseAddress.map { unsafe $0 + done }
}

private func rest(
  _ bytes: UnsafeMutableRawBufferPointer, _ done: Int
) -> UnsafeMutableRawPointer? {
  unsafe bytes.baseAddress.map { unsafe $0 + done }
}

/// What the operating system says about its last failure.
func systemMessage() -> String { unsafe String(cString: strerror(errno)) }
