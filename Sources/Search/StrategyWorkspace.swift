import Graph
import Kernels
import Objectives

/// Does a strategy's work on one slice at a time; one a compute thread, no allocation after init.
public final class StrategyWorkspace {
  /// The strategy.
  public let strategy: Strategy
  /// What the last call found, for the log.
  public internal(set) var sums: StrategySums
  /// Values and derivatives of the candidates in the last call.
  public let candidates: CandidateTable
  /// Probabilities of the candidates in the last call; nil for constant and drawn weights.
  public let chances: GumbelSoftmax?
  let controller: Workspace?
  /// How the controller moves with the logits, where its input is attached and it looks ahead.
  let direction: Workspace?
  private let gates: LossGates?
  /// A motion of V that is none.
  private let still: Floats
  /// The fixed objective of the controller's updates; nil where it is that of training.
  let upper: FixedObjective?
  /// How each candidate moves with the logits of a training slice, n columns, where that is asked.
  let effects: Floats
  let weights: Floats
  private let shares: Floats

  /// Buffers for slices of at most `maximumRows` rows; without `looksAhead` none for updates that
  /// look ahead, which cannot be made then.
  public init(strategy: Strategy, maximumRows: Int, looksAhead: Bool = true) {
    self.strategy = strategy
    let looksAhead = looksAhead && strategy.looksAhead
    let count = strategy.candidates.count
    sums = strategy.noSums
    candidates = CandidateTable(
      losses: strategy.candidates, classes: strategy.classes, maximumRows: maximumRows)
    upper = looksAhead ? FixedObjective(strategy, maximumRows: maximumRows) : nil
    let followsLogits = looksAhead || strategy.localRate != nil
    effects = Floats(count: followsLogits ? candidates.values.count : 0)
    still = Floats(count: strategy.controller?.denseCount ?? 0)
    gates =
      strategy.weighing == .gates
      ? LossGates(candidateCount: count, maximumRows: maximumRows) : nil
    if let program = strategy.controller {
      let chances = GumbelSoftmax(candidateCount: count, maximumRows: maximumRows)
      controller = Workspace(program: program, maximumRows: maximumRows)
      direction =
        looksAhead && strategy.attaches
        ? Workspace(program: program, maximumRows: maximumRows) : nil
      (weights, shares) = (chances.weights, chances.probabilities)
      self.chances = chances
    } else {
      (chances, controller, direction) = (nil, nil, nil)
      let length = candidates.columnLength
      let constants = strategy.constantWeights ?? [Float](repeating: 0, count: count)
      weights = Floats(constants.flatMap { [Float](repeating: $0, count: length) })
      shares = weights
    }
  }

  /// Writes ∂L/∂z of each row of a training slice, L = (1/batchRows) Σ_b Σ_i p_bi ℓ_bi, laid out
  /// as the logits.
  ///
  /// `state` is needed where there is a controller, and not changed. `uniforms` [rows × n] in
  /// (0, 1) replaces the generator's numbers of the Gumbel softmax, for comparisons with other
  /// implementations.
  public func weigh(
    _ slice: StrategySlice, controller state: ControllerState? = nil, uniforms: Floats? = nil,
    into gradient: Floats
  ) {
    precondition(
      gradient.count >= slice.rows * strategy.outputs, "fewer gradients than logits")
    candidates.evaluate(
      logits: slice.logits, labels: slice.labels, rows: slice.rows, parted: slice.parted)
    let scale = 1 / Float(slice.batchRows)
    if let controller {
      guard let state else {
        preconditionFailure("\(strategy.name) needs the controller's parameters")
      }
      chooseForTraining(slice, state, uniforms)
      combine(slice, scale, gradient)
      if strategy.attaches {
        backward(slice, state, values: candidates.values)
        addInputGradient(controller, slice.rows, gradient)
      }
    } else {
      if strategy.weighing == .draw { draw(slice) }
      combine(slice, scale, gradient)
    }
    addUp(slice)
  }

  /// Computes ∂L/∂V of a slice of a validation batch at given logits, into `controllerGradient`; L
  /// is Σ p_i ℓ_i, the paper's objective or the one of standardised losses, less the entropy bonus.
  /// Arguments as for `weigh`; traps where there is no controller.
  ///
  /// Source: Zhao et al., KDD 2021, eq. 12 and 13 with ξ = 0.
  public func validationGradient(
    _ slice: StrategySlice, controller state: ControllerState, uniforms: Floats? = nil
  ) {
    guard let chances, let controller else {
      preconditionFailure("\(strategy.name) has no parameters to update")
    }
    candidates.evaluate(logits: slice.logits, labels: slice.labels, rows: slice.rows)
    if strategy.options.upper == .normalised { candidates.standardise(rows: slice.rows) }
    let choice = Choice(
      noise: .validationGumbel, dropout: .validationControllerDropout,
      silent: !strategy.drawsNoise || !strategy.options.validationNoise)
    choose(slice, state, choice, uniforms, chances, controller)
    addUp(slice)
    backward(
      slice, state, values: candidates.values, entropyBonus: strategy.options.entropyBonus)
  }

  /// ∂L/∂V of the last `validationGradient`; to be summed over slices. Empty without a controller.
  public var controllerGradient: Floats { controller?.denseGradient ?? Floats(count: 0) }

  /// Batch means and variances of the controller in the last call, for its running statistics.
  public var batchStatistics: Floats { controller?.batchStatistics ?? Floats(count: 0) }

  func temperature(_ step: Int) -> Double { strategy.temperature(at: step) ?? 1 }
}

/// Which random numbers a choice uses.
private struct Choice {
  var noise: Purpose
  var dropout: Purpose
  var silent: Bool
  var velocity: Floats?
}

extension StrategyWorkspace {
  /// The choice of a training slice; with `velocity`, that of the logits, also how fast the
  /// controller's outputs move.
  func chooseForTraining(
    _ slice: StrategySlice, _ state: ControllerState, _ uniforms: Floats?,
    velocity: Floats? = nil
  ) {
    guard let chances, let controller else {
      preconditionFailure("\(strategy.name) has no parameters to choose by")
    }
    let choice = Choice(
      noise: .gumbel, dropout: .controllerDropout,
      silent: !strategy.drawsNoise || strategy.options.frozen, velocity: velocity)
    choose(slice, state, choice, uniforms, chances, controller)
  }

  /// Runs the controller on h = [y, ŷ] and fills in the probabilities of the candidates.
  private func choose(
    _ slice: StrategySlice, _ state: ControllerState, _ choice: Choice, _ uniforms: Floats?,
    _ chances: GumbelSoftmax, _ controller: Workspace
  ) {
    let rows = slice.rows
    let step = UInt64(slice.step)
    fillInputs(of: controller, slice)
    let dropout = Randomness(seed: slice.seed, purpose: choice.dropout, step: step)
    let mode: Mode =
      strategy.options.frozen
      ? .evaluation : .training(dropout: dropout, firstExample: slice.firstExample)
    if let direction, let velocity = choice.velocity {
      fillInputMotion(of: direction, velocity, rows)
      controller.forward(
        rows: rows, uniqueRows: 0, dense: state.dense, statistics: state.statistics, mode: mode,
        along: direction, denseMotion: still)
    } else {
      controller.forward(
        rows: rows, uniqueRows: 0, dense: state.dense, statistics: state.statistics, mode: mode)
    }
    let noise = Randomness(seed: slice.seed, purpose: choice.noise, step: step)
    if let gates {
      if choice.silent {
        gates.silence()
      } else {
        gates.draw(noise, firstExample: slice.firstExample, rows: rows)
      }
      gates.score(
        outputs: controller.outputs, rows: rows, temperature: temperature(slice.step))
      chances.silence(rows: rows)
      return chances.select(
        outputs: gates.scores, rows: rows, temperature: 1, straightThrough: false)
    }
    if choice.silent {
      chances.silence(rows: rows)
    } else if let uniforms {
      chances.use(uniforms: uniforms, rows: rows)
    } else {
      chances.draw(noise, firstExample: slice.firstExample, rows: rows)
    }
    chances.select(
      outputs: controller.outputs, rows: rows, temperature: temperature(slice.step),
      straightThrough: strategy.options.straightThrough && strategy.drawsNoise)
    if strategy.weighing == .exponential { exponentiate(state, rows) }
  }

  /// Back from the probabilities of the last choice to the controller's parameters and inputs, for
  /// L = (factor/batchRows) Σ_b (Σ_i p_bi ℓ_bi − bonus · H(α_b)) with the columns `values` for ℓ.
  func backward(
    _ slice: StrategySlice, _ state: ControllerState, values: Floats, factor: Float = 1,
    entropyBonus: Float = 0
  ) {
    guard let chances, let controller else {
      preconditionFailure("\(strategy.name) has no parameters to update")
    }
    let temperature = temperature(slice.step)
    chances.backward(
      values: values, rows: slice.rows, temperature: gates == nil ? temperature : 1,
      scale: factor / Float(slice.batchRows),
      into: gates?.scoreGradient ?? controller.outputGradient)
    gates?.backward(
      rows: slice.rows, temperature: temperature, into: controller.outputGradient)
    if entropyBonus > 0 {
      EntropyBonus.add(
        factor * entropyBonus / Float(slice.batchRows), outputs: controller.outputs,
        count: chances.candidateCount, rows: slice.rows, into: controller.outputGradient)
    }
    controller.backward(dense: state.dense)
  }

  /// w_i = e^{o_i}, whose shares are softmax(o).
  private func exponentiate(_ state: ControllerState, _ rows: Int) {
    for candidate in strategy.candidates.indices {
      column(candidate, of: weights).slice(0, rows)
        .fill(UncertaintyWeights.weight(state.dense[candidate]))
    }
  }

  /// One candidate has all the weight: that of the number at (example, lane 0).
  private func draw(_ slice: StrategySlice) {
    let randomness = Randomness(
      seed: slice.seed, purpose: .gumbel, step: UInt64(slice.step))
    let count = UInt64(strategy.candidates.count)
    weights.fill(0)
    for row in 0..<slice.rows {
      let word = UInt64(randomness.word(example: slice.firstExample + row, lane: 0))
      weights[Int((word &* count) >> 32) * candidates.columnLength + row] = 1
    }
  }

  /// h = [y, ŷ], or the one-hot vector of y and then the K numbers of ŷ; nothing for weights that
  /// are the same for all examples.
  private func fillInputs(of controller: Workspace, _ slice: StrategySlice) {
    let (inputs, predictions) = (controller.inputs, candidates.probabilities)
    guard strategy.seesPredictions else { return }
    guard strategy.classes > 2 else {
      for row in 0..<slice.rows {
        inputs[2 * row] = slice.labels[row]
        inputs[2 * row + 1] = predictions[row]
      }
      return
    }
    let classes = strategy.classes
    for row in 0..<slice.rows {
      let place = 2 * classes * row
      for j in 0..<classes {
        inputs[place + j] = slice.labels[row] == Float(j) ? 1 : 0
        inputs[place + classes + j] = predictions[j * candidates.columnLength + row]
      }
    }
  }

  /// Adds the path through ŷ: ∂L/∂ŷ · ∂ŷ/∂z, ∂ŷ/∂z = ŷ(1 − ŷ), or ∂ŷ_k/∂z_j = ŷ_j(δ_jk − ŷ_k);
  /// after `backward`.
  func addInputGradient(_ controller: Workspace, _ rows: Int, _ gradient: Floats) {
    let predictions = candidates.probabilities
    guard strategy.classes == 2 else {
      return addClassGradient(controller.inputGradient, rows, gradient)
    }
    for row in 0..<rows {
      let slope = predictions[row] * (1 - predictions[row])
      gradient[row] += controller.inputGradient[2 * row + 1] * slope
    }
  }
}

extension StrategyWorkspace {
  /// gradient_b ← scale·Σ_i w_bi ∂ℓ_bi/∂z_b.
  func combine(_ slice: StrategySlice, _ scale: Float, _ gradient: Floats) {
    guard strategy.classes == 2 else {
      return combineClasses(slice.rows, scale, gradient)
    }
    let length = candidates.columnLength
    for start in stride(from: 0, to: Octet.padded(slice.rows), by: 8) {
      var slope = Octet.zero
      for place in stride(from: start, to: strategy.candidates.count * length, by: length) {
        slope.addProduct(weights.octet(at: place), candidates.derivatives.octet(at: place))
      }
      slope *= scale
      if start + 8 <= slice.rows {
        gradient.setOctet(slope, at: start)
      } else {
        for row in start..<slice.rows { gradient[row] = slope[row - start] }
      }
    }
    candidates.addComparisons(weights: weights, scale: scale, into: gradient)
  }

  private func addUp(_ slice: StrategySlice) {
    sums.reset()
    sums.count(labels: slice.labels, rows: slice.rows)
    for candidate in strategy.candidates.indices {
      sums.add(
        candidate, losses: candidates.value(candidate), weights: column(candidate, of: weights),
        shares: column(candidate, of: shares), labels: slice.labels, rows: slice.rows)
    }
  }

  private func column(_ candidate: Int, of columns: Floats) -> Floats {
    columns.slice(candidate * candidates.columnLength, candidates.columnLength)
  }
}
