import Kernels

/// What the losses of eight examples with K classes have in common, computed once for all
/// candidates.
///
/// With logits z and true class c: s = z_c − log Σ_{j≠c} e^{z_j}, so p_c = σ(s) and all rivals of
/// the true class act as one with logit 0. A rival's part of the rest is r_j = p_j / (1 − p_c). No
/// quantity is the difference of near equals, so each keeps its precision where p_c is 0 or 1.
final class ClassMargins {
  /// K.
  let classes: Int
  /// c of each example.
  private(set) var label = Octet.zero
  /// s with p_c, 1 − p_c and their logarithms; its sign is +1.
  private(set) var margin = Margin(sign: Octet(repeating: 1), margin: .zero)
  /// The class other than c with the largest logit, the first among equals.
  private(set) var rival = Octet.zero
  /// z_c − z_rival.
  private(set) var lead = Octet.zero
  private let logits: Floats
  private let shares: Floats
  private let logShares: Floats

  /// Memory for K classes.
  init(classes: Int) {
    self.classes = classes
    logits = Floats(count: 8 * classes)
    shares = Floats(count: 8 * classes)
    logShares = Floats(count: 8 * classes)
  }

  /// Whether j is the true class.
  @inline(__always)
  func isLabel(_ j: Int) -> SIMDMask<SIMD8<Int32>> { label .== Octet(repeating: Float(j)) }

  /// Whether j is the rival.
  @inline(__always)
  func isRival(_ j: Int) -> SIMDMask<SIMD8<Int32>> { rival .== Octet(repeating: Float(j)) }

  /// r_j; 0 for the true class.
  @inline(__always)
  func share(_ j: Int) -> Octet { shares.octet(at: 8 * j) }

  /// log r_j; 0 for the true class.
  @inline(__always)
  func logShare(_ j: Int) -> Octet { logShares.octet(at: 8 * j) }

  /// p_j.
  @inline(__always)
  func probability(_ j: Int) -> Octet {
    (margin.wrong * share(j)).replacing(with: margin.right, where: isLabel(j))
  }

  /// log p_j.
  @inline(__always)
  func logProbability(_ j: Int) -> Octet {
    (logShare(j) - margin.counterSurprise).replacing(with: -margin.surprise, where: isLabel(j))
  }

  /// The share of the rival; the sums of the others' shares and of their squares.
  var others: (highest: Octet, sum: Octet, squares: Octet) {
    var (highest, sum, squares) = (Octet.zero, Octet.zero, Octet.zero)
    for j in 0..<classes {
      highest.replace(with: share(j), where: isRival(j))
      let other = share(j).replacing(with: 0, where: isRival(j))
      sum += other
      squares.addProduct(other, other)
    }
    return (highest, sum, squares)
  }

  /// Takes in the examples from `start` on, of `rows`: logits [rows × K], labels 0 … K − 1.
  /// Places beyond the last row get logits of 0 and the label 0.
  func load(logits source: Floats, labels: Floats, from start: Int, rows: Int) {
    for lane in 0..<8 {
      let row = start + lane
      guard row < rows else {
        label[lane] = 0
        for j in 0..<classes { logits[8 * j + lane] = 0 }
        continue
      }
      let number = labels[row]
      precondition(
        number >= 0 && number < Float(classes),
        "a label of \(classes) classes is 0 to \(classes - 1), not \(number)")
      label[lane] = number
      for j in 0..<classes { logits[8 * j + lane] = source[row * classes + j] }
    }
    findRival()
    findShares()
  }

  private func findRival() {
    var own = Octet.zero
    var highest = Octet(repeating: -.infinity)
    rival = .zero
    for j in 0..<classes {
      let z = logits.octet(at: 8 * j)
      let isOwn = isLabel(j)
      own.replace(with: z, where: isOwn)
      // What is not a number becomes the rival, so that it stays visible.
      let isHigher = (z .> highest .| z .!= z) .& .!isOwn
      highest.replace(with: z, where: isHigher)
      rival.replace(with: Float(j), where: isHigher)
    }
    lead = own - highest
    for j in 0..<classes { logShares.setOctet(logits.octet(at: 8 * j) - highest, at: 8 * j) }
  }

  private func findShares() {
    var sum = Octet.zero
    for j in 0..<classes {
      let power = VectorMath.exp(logShares.octet(at: 8 * j)).replacing(with: 0, where: isLabel(j))
      shares.setOctet(power, at: 8 * j)
      sum += power
    }
    let logSum = VectorMath.log(sum)
    for j in 0..<classes {
      shares.setOctet(shares.octet(at: 8 * j) / sum, at: 8 * j)
      let logShare = (logShares.octet(at: 8 * j) - logSum).replacing(with: 0, where: isLabel(j))
      logShares.setOctet(logShare, at: 8 * j)
    }
    margin = Margin(sign: Octet(repeating: 1), margin: lead - logSum)
  }
}

/// Where the derivatives of one loss go for eight examples: a column for each class.
struct ClassSlopes {
  /// The columns' memory, and where the first of them has the eight examples.
  let columns: Floats
  let first: Int
  /// How far the columns lie apart.
  let stride: Int

  /// Sets ∂ℓ/∂z_j.
  @inline(__always)
  func set(_ j: Int, _ slope: Octet) { columns.setOctet(slope, at: first + j * stride) }

  /// ∂ℓ/∂z_j, or what was set in its place.
  @inline(__always)
  func slope(_ j: Int) -> Octet { columns.octet(at: first + j * stride) }

  /// The derivatives of a loss that depends on p_c alone, from its ∂ℓ/∂s: all of it for the true
  /// class, and taken back from the rivals by their shares.
  func spread(_ slope: Octet, _ margins: ClassMargins) {
    for j in 0..<margins.classes {
      set(j, (-slope * margins.share(j)).replacing(with: slope, where: margins.isLabel(j)))
    }
  }

  /// The derivatives of a loss that depends on the lead alone: −`strength` for the true class,
  /// `strength` for its rival.
  func compete(_ strength: Octet, _ margins: ClassMargins) {
    for j in 0..<margins.classes {
      let slope = Octet.zero.replacing(with: strength, where: margins.isRival(j))
      set(j, slope.replacing(with: -strength, where: margins.isLabel(j)))
    }
  }
}
