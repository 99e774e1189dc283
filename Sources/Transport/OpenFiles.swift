import CZeroMQ
import Glibc

/// The files and connections that this process may have open at once (`ulimit -n`).
public enum OpenFiles {
  /// How many it may have now.
  public static var limit: Int { Int(clamping: limits.rlim_cur) }

  /// Raises the limit as far as the system lets this process: each connection is an open file, and
  /// the usual 1,024 are few of them.
  public static func raiseLimit() {
    var limits = limits
    guard limits.rlim_cur < limits.rlim_max else { return }
    limits.rlim_cur = limits.rlim_max
    // What is refused leaves the limit as it was, which `limit` tells.
    _ = unsafe setrlimit(resource, &limits)
  }

  /// Whether not one more can be opened now.
  static var areExhausted: Bool {
    let descriptor = eventfd(0, Int32(EFD_CLOEXEC))
    guard descriptor < 0 else {
      _ = Glibc.close(descriptor)
      return false
    }
    return errno == EMFILE || errno == ENFILE
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static var limits: rlimit {
    var limits = rlimit()
    _ = unsafe getrlimit(resource, &limits)
    return limits
  }
}
