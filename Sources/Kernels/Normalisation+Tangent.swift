/// How fast a normalisation and its gradients move.
///
/// x̂ = (x − m) r moves by r (ẋ − mean(ẋ) − x̂ mean(x̂ ẋ)) where m and r are those of x, and by r ẋ
/// where they are running statistics; r moves by −r² mean(x̂ ẋ).
extension Normalisation {
  /// What moves: x, γ and β.
  public struct Motion {
    let x: Matrix
    let gamma: Floats
    let beta: Floats

    /// Motions of these.
    public init(x: Matrix, gamma: Floats, beta: Floats) {
      self.x = x
      self.gamma = gamma
      self.beta = beta
    }
  }

  /// velocity ← γ x̂̇ + γ̇ x̂ + β̇, how fast y moves; x, y and the rest as for `backward`.
  public func tangent(
    x: Matrix, y: Matrix, along motion: Motion, usesBatch: Bool, dropScale: Float,
    into velocity: Matrix
  ) {
    check(x, y, motion, velocity)
    forLanes(x.columns) { offset, count in
      let column = Column(self, x, motion, usesBatch: usesBatch, offset, count)
      let scale = gamma.load(offset, count)
      let scaleMotion = motion.gamma.load(offset, count)
      let shiftMotion = motion.beta.load(offset, count)
      for row in 0..<x.rows {
        let normal = column.normal(x, row)
        var value = shiftMotion
        value.addProduct(scale, column.normalMotion(motion.x, row, normal))
        value.addProduct(scaleMotion, normal)
        if rectifies {
          value = (value * dropScale).replacing(
            with: 0, where: y.load(row, offset, count) .<= 0)
        }
        velocity.save(value, row, offset, count)
      }
    }
  }

  /// How fast the gradients of `backward` move when the gradient of y moves by `gradientMotion`:
  /// those of γ and β added to `parameters`, that of x into `inputGradient`.
  public func gradientTangent(
    x: Matrix, y: Matrix, outputGradient: Matrix, along motion: Motion, gradientMotion: Matrix,
    usesBatch: Bool, dropScale: Float, parameters: ParameterGradients, into inputGradient: Matrix,
    accumulate: Bool
  ) {
    check(x, y, motion, inputGradient)
    outputGradient.check(rows: x.rows, columns: x.columns, Self.misfit)
    gradientMotion.check(rows: x.rows, columns: x.columns, Self.misfit)
    let gradient = GatedGradient(
      y: y, gradient: outputGradient, gated: rectifies, scale: dropScale)
    let moving = GatedGradient(y: y, gradient: gradientMotion, gated: rectifies, scale: dropScale)
    forLanes(x.columns) { offset, count in
      let column = Column(self, x, motion, usesBatch: usesBatch, offset, count)
      func sum(_ value: (_ g: Lanes, _ gMotion: Lanes, _ row: Int) -> Lanes) -> Lanes {
        blockedSum(rows: x.rows) {
          value(gradient.load($0, offset, count), moving.load($0, offset, count), $0)
        }
      }
      let gammaSum = sum { g, _, row in g * column.normal(x, row) }
      let gammaMotion = sum { g, gMotion, row in
        let normal = column.normal(x, row)
        return gMotion * normal + g * column.normalMotion(motion.x, row, normal)
      }
      let betaSum = sum { g, _, _ in g }
      let betaMotion = sum { _, gMotion, _ in gMotion }
      Self.add(gammaMotion, parameters.factor, parameters.gamma, offset, count)
      Self.add(betaMotion, parameters.factor, parameters.beta, offset, count)

      let share = column.share
      let scale = gamma.load(offset, count) * column.inverse
      let scaleMotion =
        motion.gamma.load(offset, count) * column.inverse
        + gamma.load(offset, count) * column.inverseMotion
      for row in 0..<x.rows {
        let normal = column.normal(x, row)
        let normalMotion = column.normalMotion(motion.x, row, normal)
        let inner = gradient.load(row, offset, count) - (betaSum + normal * gammaSum) * share
        let innerMotion =
          moving.load(row, offset, count)
          - (betaMotion + normalMotion * gammaSum + normal * gammaMotion) * share
        var change = scaleMotion * inner + scale * innerMotion
        if accumulate { change += inputGradient.load(row, offset, count) }
        inputGradient.save(change, row, offset, count)
      }
    }
  }

  private static let misfit = "a motion does not fit the normalisation"

  private func check(_ x: Matrix, _ y: Matrix, _ motion: Motion, _ result: Matrix) {
    precondition(
      x.columns == gamma.count && motion.gamma.count == gamma.count
        && motion.beta.count == gamma.count, Self.misfit)
    y.check(rows: x.rows, columns: x.columns, Self.misfit)
    motion.x.check(rows: x.rows, columns: x.columns, Self.misfit)
    result.check(rows: x.rows, columns: x.columns, Self.misfit)
  }

  /// Some columns of x: how they are normalised and how that moves.
  private struct Column {
    let inverse: Lanes
    /// How fast `inverse` moves.
    let inverseMotion: Lanes
    /// One over the rows, or 0 where the statistics stand still.
    let share: Float
    private let mean: Lanes
    private let meanMotion: Lanes
    private let slope: Lanes
    private let offset: Int
    private let count: Int

    @inline(__always)
    init(
      _ normalisation: Normalisation, _ x: Matrix, _ motion: Motion, usesBatch: Bool,
      _ offset: Int, _ count: Int
    ) {
      (self.offset, self.count) = (offset, count)
      let mean = normalisation.mean.load(offset, count)
      let inverse = normalisation.inverse.load(offset, count)
      share = usesBatch && x.rows > 0 ? 1 / Float(x.rows) : 0
      meanMotion = blockedSum(rows: x.rows) { motion.x.load($0, offset, count) } * share
      let products = blockedSum(rows: x.rows) { row in
        motion.x.load(row, offset, count) * ((x.load(row, offset, count) - mean) * inverse)
      }
      slope = products * share
      inverseMotion = -inverse * inverse * slope
      (self.mean, self.inverse) = (mean, inverse)
    }

    @inline(__always)
    func normal(_ x: Matrix, _ row: Int) -> Lanes {
      (x.load(row, offset, count) - mean) * inverse
    }

    @inline(__always)
    func normalMotion(_ motion: Matrix, _ row: Int, _ normal: Lanes) -> Lanes {
      (motion.load(row, offset, count) - meanMotion - normal * slope) * inverse
    }
  }
}
