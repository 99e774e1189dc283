import Glibc
import Kernels
import TestSupport
import Testing

@testable import Search

/// Adam with its dense meaning, plainly: every element every step, decay coupled.
struct PlainAdam {
  let rate: Double
  let decay: Double
  let betas: [Double]
  let epsilon: Double
  var first: [Double]
  var second: [Double]
  var step = 0.0

  init(_ meta: StepMeta, count: Int) {
    rate = meta.lr ?? 0
    decay = meta.weightDecay ?? 0
    betas = meta.betas ?? [0, 0]
    epsilon = meta.adamEps ?? 0
    first = [Double](repeating: 0, count: count)
    second = first
  }

  mutating func update(_ parameters: Floats, _ gradient: Floats) {
    step += 1
    let corrections = betas.map { 1 - pow($0, step) }
    for place in 0..<parameters.count {
      let slope = Double(gradient[place]) + decay * Double(parameters[place])
      first[place] += (1 - betas[0]) * (slope - first[place])
      second[place] += (1 - betas[1]) * (slope * slope - second[place])
      let scale = (second[place] / corrections[1]).squareRoot() + epsilon
      parameters[place] -= Float(rate * first[place] / corrections[0] / scale)
    }
  }
}

/// autoloss_step/trajectory_*: many steps of both networks, V first in every f-th.
@Suite struct TrajectoryReferenceTests {
  /// `trajectory_low_tau` is for double precision only: 1/τ = 100 amplifies rounding.
  @Test(arguments: ["first_order", "weight_decay", "second_order"])
  func manySteps(_ name: String) throws {
    let reference = try Reference.load("autoloss_step/trajectory_\(name)")
    var run = try Trajectory(reference)
    var errors = Errors("autoloss_step/trajectory_\(name) losses")
    var parameters = Errors("autoloss_step/trajectory_\(name) parameters (absolute)")
    let expectedLosses = try reference.doubles("train_loss")
    let expectedUppers = try reference.doubles("upper_loss")
    for step in 0..<run.steps {
      if step % run.every == 0 {
        let upper = try run.updateController(step)
        errors.add("upper_loss \(step)", [upper], [expectedUppers[step / run.every]])
      }
      let loss = try run.updateRecommender(step)
      errors.add("train_loss \(step)", [loss], [expectedLosses[step]])
      try run.compare(after: step + 1, &parameters)
    }
    errors.print()
    parameters.print()
    #expect(errors.largest < 2e-6, "\(errors.worst)")
    #expect(parameters.largest < 5e-6, "\(parameters.worst)")
    #expect(parameters.count > 0)
  }
}

/// The state of one trajectory.
private struct Trajectory {
  let reference: Reference
  let meta: StepMeta
  let strategy: Strategy
  let recommender: ReferenceRecommender
  let controller: NamedParameters
  let workspace: StrategyWorkspace
  var rowsAdam: PlainAdam
  var denseAdam: PlainAdam
  var controllerAdam: PlainAdam

  var steps: Int { meta.steps ?? 0 }
  var every: Int { meta.f ?? 1 }
  var state: ControllerState {
    ControllerState(dense: controller.dense, statistics: controller.statistics)
  }

  init(_ reference: Reference) throws {
    self.reference = reference
    meta = try reference.meta(as: StepMeta.self)
    let size = try reference.meta(as: VirtualStepSize.self).xi
    strategy = try meta.strategy("autoloss") {
      $0.virtualStep = size
      $0.upper = size > 0 ? .logloss : .paper
    }
    let program = try #require(strategy.controller)
    controller = try NamedParameters(program, reference, "V.0.")
    let parameters = try NamedParameters(meta.program, reference, "W.0.")
    let rows = try #require(reference.shape("train.y"))[1]
    recommender = ReferenceRecommender(parameters, maximumRows: rows)
    workspace = StrategyWorkspace(strategy: strategy, maximumRows: rows)
    rowsAdam = PlainAdam(meta, count: parameters.rows.count)
    denseAdam = PlainAdam(meta, count: parameters.dense.count)
    controllerAdam = PlainAdam(meta, count: controller.dense.count)
  }

  /// The slice, noise and ids of batch `number` of a side, with the logits of a recommender.
  private func batch(
    _ side: String, _ number: Int, step: Int, of recommender: ReferenceRecommender
  ) throws -> (slice: StrategySlice, uniforms: Floats, ids: [Int64]) {
    let x = try reference.integers("\(side).x")
    let y = try reference.floats("\(side).y")
    let u = try reference.floats("\(side).u")
    let rows = try #require(reference.shape("\(side).y"))[1]
    func part<Element>(_ tensor: [Element]) -> [Element] {
      let length = tensor.count / (y.count / rows)
      return Array(tensor[number * length..<(number + 1) * length])
    }
    let logits = recommender.forward(part(x))
    let slice = wholeBatch(logits, Floats(part(y)), step: (meta.t0 ?? 0) + step)
    return (slice, Floats(part(u)), part(x))
  }

  mutating func updateController(_ step: Int) throws -> Double {
    let upper = try strategy.looksAhead ? lookAhead(step) : firstOrder(step)
    controllerAdam.update(controller.dense, workspace.controllerGradient)
    controller.track(workspace.batchStatistics, momentum: meta.bnMomentum)
    return upper
  }

  private func firstOrder(_ step: Int) throws -> Double {
    let upper = try batch("val", step / every, step: step, of: recommender)
    workspace.validationGradient(upper.slice, controller: state, uniforms: upper.uniforms)
    return workspace.sums.meanLoss
  }

  /// The gradient of the logloss after a virtual step on the batch of the step that follows.
  private func lookAhead(_ step: Int) throws -> Double {
    let size = strategy.options.virtualStep
    let train = try batch("train", step, step: step, of: recommender)
    workspace.weigh(
      train.slice, controller: state, uniforms: train.uniforms,
      into: recommender.workspace.outputGradient)
    let moved = recommender.parameters.moved(by: -size, recommender.gradient())
    let virtual = ReferenceRecommender(moved, maximumRows: train.slice.rows)
    let upper = try batch("val", step / every, step: step, of: virtual)
    workspace.upperGradient(
      upper.slice, controller: state, uniforms: upper.uniforms,
      into: virtual.workspace.outputGradient)
    let loss = workspace.sums.meanLoss
    let velocity = recommender.velocity(train.ids, along: virtual.gradient())
    workspace.implicitGradient(
      train.slice, velocity: velocity, factor: size, controller: state,
      uniforms: train.uniforms)
    return loss
  }

  mutating func updateRecommender(_ step: Int) throws -> Double {
    let (slice, uniforms, _) = try batch("train", step, step: step, of: recommender)
    workspace.weigh(
      slice, controller: state, uniforms: uniforms,
      into: recommender.workspace.outputGradient)
    try compareChoices(step, rows: slice.rows)
    let gradient = recommender.gradient()
    rowsAdam.update(recommender.parameters.rows, gradient.rows)
    denseAdam.update(recommender.parameters.dense, gradient.dense)
    recommender.parameters.track(
      recommender.workspace.batchStatistics, momentum: meta.bnMomentum)
    return workspace.sums.meanLoss
  }

  /// How often each candidate had the largest probability.
  private func compareChoices(_ step: Int, rows: Int) throws {
    let chances = try #require(workspace.chances)
    let count = chances.candidateCount
    var choices = [Int64](repeating: 0, count: count)
    for row in 0..<rows {
      let column = (0..<count).map { chances.probabilities[$0 * chances.columnLength + row] }
      choices[column.firstIndex(of: column.max() ?? 0) ?? 0] += 1
    }
    let expected = try reference.integers("argmax_counts")
    #expect(choices == Array(expected[step * count..<(step + 1) * count]), "step \(step)")
  }

  func compare(after step: Int, _ errors: inout Errors) throws {
    for (prefix, network) in [("W", recommender.parameters), ("V", controller)] {
      guard reference.names.contains(where: { $0.hasPrefix("\(prefix).\(step).") }) else {
        continue
      }
      for (name, values) in network.tensors(withStatistics: step == steps) {
        // Adam turns the rounding noise of an idle bias into steps; the running mean behind it
        // follows.
        let follows = name.hasSuffix("running_mean")
        if follows || NamedParameters.isIdle(name, network.program) { continue }
        let expected = try reference.doubles("\(prefix).\(step).\(name)")
        let largest = zip(values, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        errors.add("\(prefix).\(step).\(name)", error: largest)
      }
    }
  }
}
