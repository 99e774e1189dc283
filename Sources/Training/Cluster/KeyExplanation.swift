import Transport

/// Errors of keys, told so that a person can act on them.
extension KeyError: Explained {
  /// The file or folder.
  public var place: String? { path }
  /// By the kind of error.
  public var exitCode: ExitCode {
    switch kind {
    case .missing: .missingInput
    case .malformed: .badData
    case .exposed, .choice: .configuration
    case .exists: .cannotCreate
    case .system: .inputOutput
    }
  }
}
