/// Batch normalisation, fused with the ReLU and the dropout that follow it.
///
/// y = drop(relu(γ·(x − m)·r + β)) with m and r the mean and the inverse deviation of the columns.
/// Source: Ioffe and Szegedy, "Batch normalization", ICML 2015; ε as in torch, 1e-5.
public struct Normalisation {
  /// The scale γ, one number a column.
  public let gamma: Floats
  /// The shift β, one number a column.
  public let beta: Floats
  /// The mean m that was used; written by `useBatch` and `useRunning`, read by the rest.
  public let mean: Floats
  /// The inverse deviation r = 1 / √(variance + ε) that was used; as `mean`.
  public let inverse: Floats
  /// Whether negative results become 0.
  public let rectifies: Bool

  /// ε of torch's batch normalisation.
  public static let epsilon: Float = 1e-5

  /// Traps when the four do not have one length.
  public init(gamma: Floats, beta: Floats, mean: Floats, inverse: Floats, rectifies: Bool) {
    let width = gamma.count
    precondition(
      beta.count == width && mean.count == width && inverse.count == width,
      "the vectors of a batch normalisation differ in length")
    self.gamma = gamma
    self.beta = beta
    self.mean = mean
    self.inverse = inverse
    self.rectifies = rectifies
  }

  /// Takes mean and biased variance from the columns of `x` (at least one row), and writes the mean
  /// and the unbiased variance, which a running statistic averages.
  ///
  /// One row has no unbiased variance; its biased one, 0, stands for it.
  public func useBatch(_ x: Matrix, batchMean: Floats, batchVariance: Floats) {
    precondition(
      x.columns == gamma.count && batchMean.count == gamma.count
        && batchVariance.count == gamma.count, "batch statistics have the wrong size")
    precondition(x.rows > 0, "an empty slice has no statistics")
    let rows = Lanes(repeating: Float(x.rows))
    let unbiasedRows = Lanes(repeating: Float(max(x.rows - 1, 1)))
    forLanes(x.columns) { offset, count in
      let mean = blockedSum(rows: x.rows) { x.load($0, offset, count) } / rows
      let squares = blockedSum(rows: x.rows) { row in
        let difference = x.load(row, offset, count) - mean
        return difference * difference
      }
      let variance = squares / rows + Self.epsilon
      self.mean.save(mean, offset, count)
      inverse.save(1 / variance.squareRoot(), offset, count)
      batchMean.save(mean, offset, count)
      batchVariance.save(squares / unbiasedRows, offset, count)
    }
  }

  /// Takes running mean and variance.
  public func useRunning(mean: Floats, variance: Floats) {
    self.mean.copy(from: mean)
    for column in 0..<gamma.count {
      inverse[column] = 1 / (variance[column] + Self.epsilon).squareRoot()
    }
  }

  /// y ← drop(relu(γ·(x − m)·r + β)); without a mask nothing is dropped.
  public func forward(_ x: Matrix, dropout: DropoutMask?, into y: Matrix) {
    precondition(x.columns == gamma.count, "an input does not fit the normalisation")
    y.check(rows: x.rows, columns: x.columns, "a normalisation does not fit its result")
    if let dropout {
      for row in 0..<x.rows {
        for group in 0..<(x.columns &+ 63) / 64 {
          let bits = dropout.bits(row: row, group: group)
          let end = min(x.columns, group &* 64 &+ 64)
          for chunk in 0..<4 {
            let offset = group &* 64 &+ chunk &* laneCount
            guard offset < end else { break }
            let kept = bits.kept(chunk, threshold: dropout.threshold)
            normalise(x, y, row: row, offset, min(laneCount, end &- offset)) { value in
              (value * dropout.scale).masked(kept)
            }
          }
        }
      }
    } else {
      for row in 0..<x.rows {
        forLanes(x.columns) { normalise(x, y, row: row, $0, $1) { $0 } }
      }
    }
  }

  @inline(__always)
  private func normalise(
    _ x: Matrix, _ y: Matrix, row: Int, _ offset: Int, _ count: Int, finish: (Lanes) -> Lanes
  ) {
    let centred = x.load(row, offset, count) - mean.load(offset, count)
    let scale = gamma.load(offset, count) * inverse.load(offset, count)
    var value = beta.load(offset, count)
    value.addProduct(centred, scale)
    if rectifies { value = value.replacing(with: 0, where: value .< 0) }
    y.save(finish(value), row, offset, count)
  }
}

extension Normalisation {
  /// Where the gradients of γ and β go; they are added to `beta` (0 or 1) times the old ones.
  public struct ParameterGradients {
    let gamma: Floats
    let beta: Floats
    let factor: Float

    /// Gradients into these vectors, added to `factor` times what they hold.
    public init(gamma: Floats, beta: Floats, factor: Float) {
      self.gamma = gamma
      self.beta = beta
      self.factor = factor
    }
  }

  /// The gradients with respect to γ, β and x, given that of y; x and y as in the forward.
  ///
  /// With `usesBatch` the statistics depend on x: ∂x = γr/n · (n·g − Σg − x̂·Σ(g·x̂)); otherwise
  /// ∂x = γr·g. `dropScale` is the mask's scale, or 1. What was dropped or cut off is recognised by
  /// y = 0, so dropout needs the ReLU. ∂x is added to the old one when `accumulate`.
  public func backward(
    x: Matrix, y: Matrix, outputGradient: Matrix, usesBatch: Bool, dropScale: Float,
    parameters: ParameterGradients, into inputGradient: Matrix, accumulate: Bool
  ) {
    precondition(x.columns == gamma.count, "an input does not fit the normalisation")
    precondition(rectifies || dropScale == 1, "dropout in a normalisation needs its ReLU")
    let sentence = "a gradient does not fit the normalisation"
    y.check(rows: x.rows, columns: x.columns, sentence)
    outputGradient.check(rows: x.rows, columns: x.columns, sentence)
    inputGradient.check(rows: x.rows, columns: x.columns, sentence)
    let gradient = GatedGradient(
      y: y, gradient: outputGradient, gated: rectifies, scale: dropScale)
    forLanes(x.columns) { offset, count in
      let mean = self.mean.load(offset, count)
      let inverse = self.inverse.load(offset, count)
      var sums = (gradient: Lanes(repeating: 0), product: Lanes(repeating: 0))
      var row = 0
      while row < x.rows {
        let end = min(row &+ 32, x.rows)
        var block = (gradient: Lanes(repeating: 0), product: Lanes(repeating: 0))
        while row < end {
          let g = gradient.load(row, offset, count)
          let centred = x.load(row, offset, count) - mean
          block.gradient += g
          block.product.addProduct(g, centred)
          row &+= 1
        }
        sums.gradient += block.gradient
        sums.product += block.product
      }
      let dGamma = sums.product * inverse
      Self.add(dGamma, parameters.factor, parameters.gamma, offset, count)
      Self.add(sums.gradient, parameters.factor, parameters.beta, offset, count)

      let scale = gamma.load(offset, count) * inverse
      let share: Float = usesBatch && x.rows > 0 ? 1 / Float(x.rows) : 0
      let meanGradient = sums.gradient * share
      let slope = dGamma * inverse * share
      for row in 0..<x.rows {
        let centred = x.load(row, offset, count) - mean
        var change = gradient.load(row, offset, count) - meanGradient
        change.addProduct(-centred, slope)
        change *= scale
        if accumulate { change += inputGradient.load(row, offset, count) }
        inputGradient.save(change, row, offset, count)
      }
    }
  }

  @inline(__always)
  static func add(
    _ change: Lanes, _ factor: Float, _ target: Floats, _ offset: Int, _ count: Int
  ) {
    let old = factor == 0 ? Lanes(repeating: 0) : target.load(offset, count) * factor
    target.save(old + change, offset, count)
  }
}

/// The gradient before ReLU and dropout: scaled where y > 0, else 0.
struct GatedGradient {
  let y: Matrix
  let gradient: Matrix
  let gated: Bool
  let scale: Float

  @inline(__always)
  func load(_ row: Int, _ offset: Int, _ count: Int) -> Lanes {
    let g = gradient.load(row, offset, count)
    guard gated else { return g }
    let value = y.load(row, offset, count)
    return (g * scale).replacing(with: 0, where: value .<= 0)
  }
}
