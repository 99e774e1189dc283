/// Memory for the length of a call, on the stack while it is not too much.
enum RoomOnStack {
  /// The most numbers that lie on the stack: 32 KB, as rows of field-aware models need.
  static let most = 8192

  /// Lends room for `count` numbers of any value.
  ///
  /// The runtime's own temporary memory leaves the stack after a kilobyte.
  static func lend(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    guard count > 256, count <= most else {
      return unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: max(count, 1)) { room in
        guard let base = room.baseAddress else { return }
        unsafe body(base)
      }
    }
    var room = InlineArray<8192, Float>(repeating: 0)
    var span = room.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { room in
      guard let base = room.baseAddress else { return }
      unsafe body(base)
    }
  }
}
