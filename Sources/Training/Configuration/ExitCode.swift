/// How the process ends: the codes of `sysexits.h`, so that schedulers know whether to try again.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done.
  case done = 0
  /// The command line is wrong.
  case usage = 64
  /// The data is malformed.
  case badData = 65
  /// An input is missing.
  case missingInput = 66
  /// The coordinator cannot be reached, or too few workers are left.
  case unavailable = 69
  /// A fault of this program.
  case internalFault = 70
  /// An output cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed, for example on a full disk.
  case inputOutput = 74
  /// Stopped from outside after a checkpoint was written; run again with `--resume auto`.
  case interrupted = 75
  /// The other side does not admit us: our key, build or data is not the right one.
  case refused = 77
  /// The configuration is wrong.
  case configuration = 78

  /// Whether the same command can succeed when it is run again.
  public var isWorthRetrying: Bool {
    switch self {
    case .unavailable, .internalFault, .cannotCreate, .inputOutput, .interrupted: true
    case .done, .usage, .badData, .missingInput, .refused, .configuration: false
    }
  }
}
