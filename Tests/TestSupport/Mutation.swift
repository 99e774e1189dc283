import Kernels

/// Damaged copies of good bytes, for tests that no decoder crashes: one to four bytes changed, or
/// a piece cut out, doubled or cut off. A pure function of (bytes, trial).
public func mutate(_ bytes: [UInt8], trial: Int) -> [UInt8] {
  let randomness = Randomness(seed: 7, purpose: .test, step: 1)
  var lane = 0
  func draw(_ bound: Int) -> Int {
    defer { lane += 1 }
    return Int(randomness.word(example: trial, lane: lane)) % max(bound, 1)
  }
  guard !bytes.isEmpty else { return bytes }
  var result = bytes
  switch draw(6) {
  case 0:
    result.removeLast(1 + draw(bytes.count))
  case 1:
    let start = draw(bytes.count)
    result.removeSubrange(start..<min(bytes.count, start + 1 + draw(16)))
  case 2:
    let start = draw(bytes.count)
    let end = min(bytes.count, start + 1 + draw(16))
    result.insert(contentsOf: bytes[start..<end], at: draw(bytes.count))
  default:
    for _ in 0...draw(4) {
      let place = draw(bytes.count)
      // Extreme values find overflows, single bits find the rest.
      let choices: [UInt8] = [0, 0xFF, 0x7F, 0x80, result[place] ^ UInt8(1 << draw(8))]
      result[place] = choices[draw(choices.count)]
    }
  }
  return result
}
