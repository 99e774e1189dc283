import CZeroMQ

/// The library's threads and connections. One for each process is enough; in-process addresses are
/// known inside one context only.
///
/// Sockets keep their context alive, so it ends after the last of them.
@safe public final class Context: Sendable {
  nonisolated(unsafe) let pointer: UnsafeMutableRawPointer
  /// Decides who may connect to sockets with keys that listen.
  let admission: Admission?

  /// Starts the library, with as many open files as the process may have.
  ///
  /// - Parameters:
  ///   - ioThreads: one for each gigabyte a second; more with encryption.
  ///   - allowList: whose keys are admitted; sockets that listen with keys need one.
  /// - Throws: `TransportError.library` when the library is older than 4.3.3.
  public init(
    ioThreads: Int = 1, admitting allowList: AllowList? = nil
  ) throws(TransportError) {
    try Self.check(version: Self.libraryVersion)
    OpenFiles.raiseLimit()
    guard let pointer = unsafe zmq_ctx_new() else {
      throw .socket(operation: "starting the network library", reason: lastReason())
    }
    unsafe self.pointer = unsafe pointer
    _ = unsafe zmq_ctx_set(pointer, ZMQ_IO_THREADS, Int32(ioThreads))
    do throws(TransportError) {
      let canEncrypt = unsafe zmq_has("curve") == 1
      guard canEncrypt || allowList == nil else {
        throw .socket(operation: "encrypting", reason: "libzmq was built without it")
      }
      admission = try allowList.map { list throws(TransportError) in
        try unsafe Admission(pointer, list)
      }
    } catch {
      while unsafe zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
      throw error
    }
  }

  deinit {
    admission?.stop()
    while unsafe zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
  }

  /// The version of the library that runs, as in 4.3.4.
  public static var libraryVersion: (major: Int, minor: Int, patch: Int) {
    var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
    unsafe zmq_version(&major, &minor, &patch)
    return (Int(major), Int(minor), Int(patch))
  }

  /// Versions before 4.3.3 let a stranger run code (CVE-2019-6250) or stop the server.
  static func check(version: (major: Int, minor: Int, patch: Int)) throws(TransportError) {
    guard version >= (4, 3, 3) else {
      throw .library(version: "\(version.major).\(version.minor).\(version.patch)")
    }
  }
}

/// What the library says about the last failure on this thread.
func lastReason() -> String {
  let number = zmq_errno()
  let text = unsafe zmq_strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  return text
}
