/// Gradient descent, with momentum and decay, as a linear map of (weight, momentum buffer).
///
/// One step with gradient g (the momentum of Sutskever et al., ICML 2013, without Nesterov's term):
///
///     g ← g + λ·w,  b ← μ·b + g,  w ← (1 − η)·w − learning rate · b
///
/// Without momentum there is no buffer: b = g.
public struct LinearRule: Sendable, Equatable {
  let learningRate: Double
  let momentum: Double
  let coupledDecay: Double
  let shrinkage: Double

  /// A rule whose arguments the caller has checked.
  public init(
    learningRate: Double, momentum: Double, coupledDecay: Double, decoupledDecay: Double
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.coupledDecay = coupledDecay
    shrinkage = learningRate * decoupledDecay
  }

  /// Whether a weight carries a momentum buffer.
  var hasBuffer: Bool { momentum != 0 }

  /// One step with a gradient at `rateFactor` of the learning rate; `buffer` is not touched where
  /// the rule has none.
  @inline(__always)
  func apply(
    weights: UnsafeMutablePointer<Float>, buffer: UnsafeMutablePointer<Float>,
    gradient: UnsafePointer<Float>, count: Int, rateFactor: Float = 1
  ) {
    let decay = Octet(repeating: Float(coupledDecay))
    let kept = Octet(repeating: -Float(shrinkage) * rateFactor)
    let rate = Octet(repeating: -Float(learningRate) * rateFactor)
    var offset = 0
    while offset < count {
      let part = min(8, count &- offset)
      let weight = unsafe Octet.load(weights + offset, part)
      var direction = unsafe Octet.load(gradient + offset, part).addingProduct(weight, decay)
      if hasBuffer {
        unsafe direction.addProduct(
          .load(buffer + offset, part), Octet(repeating: Float(momentum)))
        unsafe direction.store(buffer + offset, part)
      }
      let moved = weight.addingProduct(weight, kept).addingProduct(direction, rate)
      unsafe moved.store(weights + offset, part)
      offset &+= 8
    }
  }

  /// `steps` steps without any gradient of the loss, by a power of the map in double precision.
  func advance(_ row: UnsafeMutablePointer<Float>, width: Int, steps: Int) {
    let power = map.power(steps)
    if power.isIdentity { return }
    for lane in 0..<width {
      let weight = unsafe Double(row[lane])
      let buffer = hasBuffer ? unsafe Double(row[width &+ lane]) : 0
      unsafe row[lane] = Float(power.weightFromWeight * weight + power.weightFromBuffer * buffer)
      if hasBuffer {
        unsafe row[width &+ lane] =
          Float(power.bufferFromWeight * weight + power.bufferFromBuffer * buffer)
      }
    }
  }

  private var map: PairMap {
    PairMap(
      weightFromWeight: 1 - shrinkage - learningRate * coupledDecay,
      weightFromBuffer: -learningRate * momentum,
      bufferFromWeight: hasBuffer ? coupledDecay : 0,
      bufferFromBuffer: momentum)
  }
}

/// A linear map of (weight, buffer).
struct PairMap: Equatable {
  var weightFromWeight = 1.0
  var weightFromBuffer = 0.0
  var bufferFromWeight = 0.0
  var bufferFromBuffer = 1.0

  /// Whether weights stay as they are and buffers matter to nobody.
  var isIdentity: Bool { weightFromWeight == 1 && weightFromBuffer == 0 }

  /// This map after `first`.
  func after(_ first: PairMap) -> PairMap {
    PairMap(
      weightFromWeight: weightFromWeight * first.weightFromWeight
        + weightFromBuffer * first.bufferFromWeight,
      weightFromBuffer: weightFromWeight * first.weightFromBuffer
        + weightFromBuffer * first.bufferFromBuffer,
      bufferFromWeight: bufferFromWeight * first.weightFromWeight
        + bufferFromBuffer * first.bufferFromWeight,
      bufferFromBuffer: bufferFromWeight * first.weightFromBuffer
        + bufferFromBuffer * first.bufferFromBuffer)
  }

  /// The map applied `count` times, by squaring.
  func power(_ count: Int) -> PairMap {
    var result = PairMap()
    var square = self
    var rest = count
    while rest > 0 {
      if rest & 1 == 1 { result = square.after(result) }
      square = square.after(square)
      rest >>= 1
    }
    return result
  }
}
