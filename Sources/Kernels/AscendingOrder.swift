/// Puts lists of different ids into ascending order, in time proportional to their length.
///
/// Stable passes over digits of eleven bits, the least significant first, over words that hold an
/// id and its old place. The memory grows to the longest list seen and is then reused; one thread
/// at a time.
public final class AscendingOrder {
  private var words = View<UInt64>(count: 0)
  private var spare = View<UInt64>(count: 0)
  private let starts = View<Int32>(count: AscendingOrder.digits)

  private static let digits = 2048
  private static let digitBits: UInt64 = 11

  /// Without memory for a list yet.
  public init() {}

  /// Sorts ids[0 ..< count] in place; `order[k]` becomes the old place of the k-th.
  public func sort(_ ids: View<UInt32>, count: Int, order: View<Int32>) {
    precondition(count <= ids.count && count <= order.count, "fewer ids or places than announced")
    if count > words.count {
      words = View(count: count + count / 2)
      spare = View(count: words.count)
    }
    var highest: UInt32 = 0
    for place in 0..<count {
      highest = max(highest, ids[place])
      words[place] = UInt64(ids[place]) << 32 | UInt64(UInt32(place))
    }
    var shift: UInt64 = 32
    while shift < 64, (UInt64(highest) << 32) >> shift > 0 {
      pass(count, shift)
      swap(&words, &spare)
      shift += Self.digitBits
    }
    for place in 0..<count {
      ids[place] = UInt32(truncatingIfNeeded: words[place] >> 32)
      order[place] = Int32(truncatingIfNeeded: words[place])
    }
  }

  /// Sorts `words` by one digit into `spare`, keeping the order of equal digits.
  private func pass(_ count: Int, _ shift: UInt64) {
    starts.fill(0)
    for place in 0..<count { starts[digit(words[place], shift)] += 1 }
    var sum: Int32 = 0
    for digit in 0..<Self.digits { (starts[digit], sum) = (sum, sum + starts[digit]) }
    for place in 0..<count {
      let word = words[place]
      let digit = digit(word, shift)
      spare[Int(starts[digit])] = word
      starts[digit] += 1
    }
  }

  private func digit(_ word: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (word >> shift) & UInt64(Self.digits - 1))
  }
}
