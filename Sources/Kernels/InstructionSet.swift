import CVector

/// The processor instructions that this program was compiled for.
public enum InstructionSet {
  /// As the field names it, such as "x86-64-v3"; "portable" for a processor without such levels.
  public static var name: String {
    let level = autoloss_x86_64_level()
    return level > 0 ? "x86-64-v\(level)" : "portable"
  }
}
