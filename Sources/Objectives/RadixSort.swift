/// Sorts words in ascending order in time proportional to their number.
///
/// Three stable passes over digits of eleven bits, the least significant first: millions of scores
/// in tens of milliseconds. A pass whose digit is the same everywhere is left out.
func radixSort(_ words: inout [UInt32]) {
  var spare = [UInt32](repeating: 0, count: words.count)
  for shift in [UInt32(0), 11, 22] {
    var starts = [Int](repeating: 0, count: 2048)
    for word in words { starts[Int(word >> shift & 2047)] += 1 }
    if starts.contains(words.count) { continue }
    var sum = 0
    for digit in starts.indices { (starts[digit], sum) = (sum, sum + starts[digit]) }
    for word in words {
      let digit = Int(word >> shift & 2047)
      spare[starts[digit]] = word
      starts[digit] += 1
    }
    swap(&words, &spare)
  }
}

/// Maps a number to a word so that the order of words is the order of numbers; −0 and 0 are one.
func orderedWord(_ number: Float) -> UInt32 {
  let bits = (number + 0).bitPattern
  return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
}

/// The number that `orderedWord` mapped to `word`.
func number(orderedWord word: UInt32) -> Float {
  Float(bitPattern: word >> 31 == 1 ? word & 0x7FFF_FFFF : ~word)
}
