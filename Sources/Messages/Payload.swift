import Kernels

/// The content of a message, cut into the parts that travel as frames.
public struct Payload: Sendable {
  /// The content in order; each part has at most `WireLimits.partBytes`.
  public let parts: [Bytes]
  /// Bytes of all parts.
  public let byteCount: Int

  /// Takes parts as they are.
  public init(parts: [Bytes]) {
    self.parts = parts
    byteCount = parts.reduce(0) { $0 + $1.count }
  }

  /// No content.
  public static let empty = Payload(parts: [])
}
