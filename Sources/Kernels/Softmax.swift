/// The softmax of a vector whose memory has room for whole octets beyond its end.
public enum Softmax {
  /// values ← e^values / Σ e^values over the first `count`; what follows becomes 0.
  public static func forward(_ values: Floats, count: Int) {
    check(values, count)
    let end = Octet.padded(count)
    for place in count..<end { values[place] = -.infinity }
    var highest = Octet(repeating: -.infinity)
    for place in stride(from: 0, to: end, by: 8) {
      let octet = values.octet(at: place)
      highest = highest.replacing(with: octet, where: octet .> highest)
    }
    let shift = highest.max()
    var sum = Octet(repeating: 0)
    for place in stride(from: 0, to: end, by: 8) {
      let power = VectorMath.exp(values.octet(at: place) - shift)
      sum += power
      values.setOctet(power, at: place)
    }
    let factor = 1 / sum.sum()
    for place in stride(from: 0, to: end, by: 8) {
      values.setOctet(values.octet(at: place) * factor, at: place)
    }
  }

  /// gradient ← p ∘ (gradient − ⟨p, gradient⟩), with p what `forward` made.
  public static func backward(_ p: Floats, count: Int, gradient: Floats) {
    check(p, count)
    check(gradient, count)
    let end = Octet.padded(count)
    for place in count..<end { gradient[place] = 0 }
    var sum = Octet(repeating: 0)
    for place in stride(from: 0, to: end, by: 8) {
      sum.addProduct(p.octet(at: place), gradient.octet(at: place))
    }
    let mean = sum.sum()
    for place in stride(from: 0, to: end, by: 8) {
      gradient.setOctet(p.octet(at: place) * (gradient.octet(at: place) - mean), at: place)
    }
  }

  private static func check(_ values: Floats, _ count: Int) {
    precondition(
      count >= 1 && values.count >= Octet.padded(count),
      "a softmax needs one number, and room for whole octets")
  }
}
