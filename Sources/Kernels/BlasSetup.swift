import COpenBLAS
import Glibc

/// Which kernels OpenBLAS uses in this process, to be printed and recorded with a run.
///
/// OpenBLAS picks its kernels when it is loaded and does not know processors younger than itself:
/// 0.3.21 takes Haswell's on some processors with AVX-512, 1.6 times slower than SkylakeX's, and
/// even Prescott's (SSE3) on others, four times slower. The choice can only be changed by an
/// environment variable before the load, hence by starting the process anew.
public struct BlasSetup: Sendable, Equatable, CustomStringConvertible {
  /// The kernels in use, as OpenBLAS names them, for example "SkylakeX".
  public let core: String
  /// OpenBLAS's version and build options.
  public let configuration: String
  /// Whether this process was started anew to get these kernels.
  public let isRestarted: Bool

  /// One line for logs.
  public var description: String {
    "OpenBLAS kernels \(core)\(isRestarted ? " (chosen by autoloss)" : "") [\(configuration)]"
  }

  /// Sets OpenBLAS to one thread and, if a faster set of kernels fits this processor, starts the
  /// process anew with it, once.
  ///
  /// Call it first in `main`, before any thread starts. A choice of the user in
  /// `OPENBLAS_CORETYPE` is respected. If the new start fails, the process goes on as it is.
  public static func prepare() -> BlasSetup {
    let setup = current()
    let environment = Environment()
    if environment["OPENBLAS_CORETYPE"] == nil, environment[guardVariable] == nil,
      let better = betterCore(than: setup.core, processorFlags: processorFlags())
    {
      restart(core: better)
    }
    openblas_set_num_threads(1)
    return setup
  }

  /// The present state; changes nothing but the number of BLAS threads, which becomes 1.
  public static func current() -> BlasSetup {
    openblas_set_num_threads(1)
    let core = unsafe openblas_get_corename().map { unsafe String(cString: $0) }
    let configuration = unsafe openblas_get_config().map { unsafe String(cString: $0) }
    return BlasSetup(
      core: core ?? "unknown",
      configuration: (configuration ?? "unknown").trimmingSpaces(),
      isRestarted: Environment()[guardVariable] != nil)
  }

  /// The kernels to ask for instead of `core`, or nil when the choice is good.
  public static func betterCore(than core: String, processorFlags: Set<String>) -> String? {
    let wide: Set<String> = ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"]
    let present = core.lowercased()
    if wide.isSubset(of: processorFlags) {
      return ["skylakex", "cooperlake", "sapphirerapids"].contains(present) ? nil : "SkylakeX"
    }
    // What OpenBLAS falls back to on processors that it does not know.
    let isFallback = ["prescott", "core2", "nehalem", "generic"].contains(present)
    return isFallback && processorFlags.isSuperset(of: ["avx2", "fma"]) ? "Haswell" : nil
  }

  private static let guardVariable = "AUTOLOSS_BLAS_CHOSEN"

  private static func restart(core: String) {
    unsafe setenv("OPENBLAS_CORETYPE", core, 1)
    unsafe setenv("OPENBLAS_NUM_THREADS", "1", 1)
    unsafe setenv(guardVariable, core, 1)
    unsafe execv("/proc/self/exe", CommandLine.unsafeArgv)
    unsafe unsetenv("OPENBLAS_CORETYPE")
    unsafe unsetenv(guardVariable)
  }

  /// The flags of the first processor in /proc/cpuinfo; empty where there is no such file.
  private static func processorFlags() -> Set<String> {
    guard let file = unsafe fopen("/proc/cpuinfo", "r") else { return [] }
    defer { unsafe fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { unsafe free(line) }
    while unsafe getline(&line, &capacity, file) > 0, let text = unsafe line {
      let words = unsafe String(cString: text).split { $0 == " " || $0 == "\t" || $0 == "\n" }
      if words.first == "flags" { return Set(words.dropFirst(2).map(String.init)) }
    }
    return []
  }
}

/// The environment of the process.
private struct Environment {
  subscript(name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    split(separator: " ").joined(separator: " ")
  }
}
