/// How numbers are written in fewer bytes; the raw values stand in messages and never change.
///
/// All but `float32` lose digits. Writing what was read loses nothing further, whatever stretch of
/// the numbers is written: who has rounded once may cut and send as they like.
public enum Codec: UInt8, Sendable, CaseIterable {
  /// IEEE 754 single precision.
  case float32 = 0
  /// IEEE 754 half precision.
  case float16 = 1
  /// The upper half of single precision.
  case bfloat16 = 2
  /// Half precision of numbers times one power of two, for gradients, which are small.
  case scaledFloat16 = 3
  /// Integers from −127 to 127 times a power of two for each group of neighbours.
  case scaledInt8 = 4

  /// Elements of a group of the dense vector; whoever cuts the vector cuts between groups.
  public static let denseGroup = 16
}
