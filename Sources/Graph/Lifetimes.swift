/// From when to when each value and each gradient must be kept.
struct Lifetimes {
  /// For each value that owns memory, the times of its first writing and last reading.
  private(set) var values: [ClosedRange<Int>?]
  /// The same for its gradient.
  private(set) var gradients: [ClosedRange<Int>?]

  init(_ traced: [Trace.Value], uses: Uses) {
    values = Array(repeating: nil, count: traced.count)
    gradients = Array(repeating: nil, count: traced.count)
    for (index, value) in traced.enumerated() {
      let made = uses.time(index)
      var lastRead = value.form.keepsOutput ? uses.backward(made) : made
      for reader in uses.readers[index] {
        let time = uses.time(reader)
        lastRead = max(lastRead, traced[reader].form.keepsInputs ? uses.backward(time) : time)
      }
      let firstGradient = uses.readers[index].map { uses.backward(uses.time($0)) }.min()
      let root = Self.root(index, uses)
      values[root] = Self.union(values[root], made...lastRead)
      let read = uses.backward(made)
      gradients[root] = Self.union(gradients[root], (firstGradient ?? read)...read)
    }
  }

  /// The value in whose memory `value` lies.
  private static func root(_ value: Int, _ uses: Uses) -> Int {
    var root = value
    while let joined = uses.joinedInto[root] { root = joined.target }
    return root
  }

  private static func union(_ a: ClosedRange<Int>?, _ b: ClosedRange<Int>) -> ClosedRange<Int> {
    guard let a else { return b }
    return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
  }
}
