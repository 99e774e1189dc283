import Kernels

/// The release of this build.
enum Version {
  static let text = "0.1.0"

  /// What must be equal on all hosts of a run: builds for other instructions may differ in the
  /// last bits.
  static var build: String { "\(text) for \(InstructionSet.name)" }
}
