import Glibc
import Kernels

/// One field of a planted model: how often each value occurs and what it adds to the logit.
///
/// Value k of c occurs with probability ln((k + 2) / (k + 1)) / ln(c + 1), Zipf's law with exponent
/// one. Effects and hidden factors are normal numbers addressed by (seed, field, k), shrunk with
/// the rank k, effects as 1 / (1 + k / 60) and factors as 1 / (1 + k / 25), so that the signal lies
/// on values frequent enough to be learned; then centred and scaled under the field's distribution.
struct SyntheticField: Sendable {
  /// Effect on the logit in lane 0, hidden factors in lanes 1 to 3.
  typealias Effect = SIMD4<Float>

  static let tableSize = 4096
  /// The rank at which effects, and factors, are half as large as that of the first value.
  private static let shrinkage = SIMD4<Float>(60, 25, 25, 25)

  let kind: TableSchema.FieldKind
  let cardinality: Int
  let emptyProbability: Double
  private let index: Int
  private let randomness: Randomness
  private let logRange: Double
  private let salt: UInt32
  private let hasFactors: Bool
  private var mean = Effect()
  private var scale = Effect()
  private var table = View<Effect>(count: 0)
  private(set) var emptyEffect = Effect()

  /// `weight` is the standard deviation of the field's effect; fields without factors take no part
  /// in pair terms.
  init(
    index: Int, kind: TableSchema.FieldKind, cardinality: Int, emptyProbability: Double,
    weight: Float, hasFactors: Bool, seed: UInt64
  ) {
    self.index = index
    self.kind = kind
    self.cardinality = cardinality
    self.emptyProbability = emptyProbability
    self.hasFactors = hasFactors
    randomness = Randomness(seed: seed, purpose: .synthesis, step: 1)
    logRange = log(Double(cardinality) + 1)
    salt = Randomness(seed: seed, purpose: .synthesis, step: 2).word(example: index, lane: 0)
    standardise(weight: weight)
  }

  /// The share of rows that have value k.
  func probability(_ value: Int) -> Double {
    (1 - emptyProbability) * log(Double(value + 2) / Double(value + 1)) / logRange
  }

  /// The value that a uniform word draws; nil is empty.
  @inline(__always)
  func value(_ word: UInt32) -> Int? {
    let uniform = (Double(word) + 0.5) * 0x1p-32
    guard uniform >= emptyProbability else { return nil }
    let rest = (uniform - emptyProbability) / (1 - emptyProbability)
    return min(Int(exp(rest * logRange)) - 1, cardinality - 1)
  }

  /// What a value adds.
  @inline(__always)
  func effect(_ value: Int?) -> Effect {
    guard let value else { return emptyEffect }
    return value < table.count ? table[value] : (raw(value) - mean) * scale
  }

  /// The 32 bits whose hexadecimal digits spell a categorical value: a bijection of k
  /// (the finaliser of MurmurHash3), so values never collide.
  @inline(__always)
  func spelling(_ value: Int) -> UInt32 {
    var bits = UInt32(truncatingIfNeeded: value) ^ salt
    bits = (bits ^ bits >> 16) &* 0x85EB_CA6B
    bits = (bits ^ bits >> 13) &* 0xC2B2_AE35
    return bits ^ bits >> 16
  }

  /// The integer that stands for value k of an integer field: 0, 1, 2, then the first integer of
  /// each bucket of pytorch-fm's rule.
  static func integer(_ value: Int) -> Int {
    value < 3 ? value : Int(exp(Double(value - 2).squareRoot()).rounded(.up))
  }

  /// The effect before centring. The empty value takes the place after the last.
  private func raw(_ value: Int) -> Effect {
    let example = index << 32 | value
    var effect = Effect(randomness.normal(example: example, lane: 0), 0, 0, 0)
    if hasFactors {
      for lane in 1...3 { effect[lane] = randomness.normal(example: example, lane: lane) }
    }
    return effect / (1 + Float(value == cardinality ? 0 : value) / Self.shrinkage)
  }

  private mutating func standardise(weight: Float) {
    let known = min(cardinality, Self.tableSize)
    let effects = (0..<known).map(raw)
    let empty = raw(cardinality)
    var sum = SIMD4<Double>(empty) * emptyProbability
    var squares = SIMD4<Double>(empty * empty) * emptyProbability
    for (value, effect) in effects.enumerated() {
      sum += SIMD4<Double>(effect) * probability(value)
      squares += SIMD4<Double>(effect * effect) * probability(value)
    }
    let deviation = (squares - sum * sum).squareRoot()
    mean = Effect(sum)
    scale = Effect(weight, 1, 1, 1) / Effect(deviation)
    if !hasFactors { scale = Effect(scale.x, 0, 0, 0) }
    // What is the same in every row tells nothing, and has no deviation to be scaled by.
    if cardinality == 1, emptyProbability == 0 { scale = Effect() }
    table = View(effects.map { ($0 - mean) * scale })
    emptyEffect = (empty - mean) * scale
  }
}
