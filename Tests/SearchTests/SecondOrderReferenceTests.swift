import Graph
import Kernels
import TestSupport
import Testing

@testable import Search

/// autoloss_step/second_order* and static_alpha*: the gradient at ξ > 0 by the logits' velocity,
/// against derivatives through the virtual step in double precision.
@Suite struct SecondOrderReferenceTests {
  static let files = ["", "_k"].flatMap { classes in
    ["0.1", "0.001"].map { "second_order\(classes)_xi\($0)" }
  }

  /// Everything on the way to the gradient, and it: the virtual step, the upper objective there and
  /// its gradient, the velocity of the training logits.
  @Test(arguments: files, [("paper", "u0"), ("logloss", "u1")])
  func gradientsAgree(file: String, objective: (name: String, prefix: String)) throws {
    for attached in [false, true] {
      let reference = try Reference.load("autoloss_step/\(file)")
      let meta = try reference.meta(as: StepMeta.self)
      let size = try reference.meta(as: VirtualStepSize.self).xi
      let strategy = try meta.strategy("autoloss") {
        $0.virtualStep = size
        $0.upper = UpperObjective(rawValue: objective.name) ?? .paper
        $0.attached = attached
      }
      let mode = attached ? "attached." : "detached."
      var errors = Errors("autoloss_step/\(file) \(mode)\(objective.name)")
      let found = try LookAhead(
        strategy, size, reference, meta, NamedParameters(controller(strategy), reference, "V."))
      try compare(found.virtual, mode + "W_virtual.", reference, &errors)
      let prefix = "\(objective.prefix).\(mode)"
      errors.add(
        "upper_loss", [found.upperLoss], try reference.doubles(prefix + "upper_loss"))
      try compare(found.direction, prefix + "v.", reference, &errors)
      errors.add("zdot", found.velocity.array, try reference.doubles(prefix + "zdot"))
      try compare(found.gradient, prefix + "exact_grad_V.", reference, &errors)
      errors.print()
      #expect(errors.largest < 1e-4, "\(errors.worst)")
    }
  }

  /// Weights that are the same for all examples.
  @Test(
    arguments: ["static_alpha", "static_alpha_k"], [("paper", "u0"), ("logloss", "u1")])
  func staticWeightsAgree(file: String, objective: (name: String, prefix: String)) throws {
    let reference = try Reference.load("autoloss_step/\(file)")
    let meta = try reference.meta(as: StepMeta.self)
    var errors = Errors("autoloss_step/\(file) \(objective.name)")
    for size: Float in [0.1, 0.001] {
      let strategy = try meta.strategy("darts") {
        $0.virtualStep = size
        $0.upper = UpperObjective(rawValue: objective.name) ?? .paper
      }
      let weights = try NamedParameters(controller(strategy))
      weights.dense.copy(from: Floats(try reference.floats("a")))
      let found = try LookAhead(strategy, size, reference, meta, weights)
      let prefix = "\(objective.prefix).xi\(size)."
      errors.add(
        prefix + "upper_loss", [found.upperLoss], try reference.doubles(prefix + "upper_loss"))
      errors.add(
        prefix + "exact_grad_a", found.gradient.dense.array,
        try reference.doubles(prefix + "exact_grad_a"))
    }
    errors.print()
    #expect(errors.largest < 1e-4, "\(errors.worst)")
  }

  private func controller(_ strategy: Strategy) throws -> Program {
    try #require(strategy.controller)
  }

  private func compare(
    _ found: NamedParameters, _ prefix: String, _ reference: Reference, _ errors: inout Errors
  ) throws {
    for (name, values) in found.tensors() {
      errors.add(
        prefix + name, values, try reference.doubles(prefix + name),
        absolute: NamedParameters.isIdle(name, found.program) ? 1e-6 : 0)
    }
  }
}

/// One gradient of the controller at ξ > 0, with what is found on the way.
struct LookAhead {
  let virtual: NamedParameters
  let upperLoss: Double
  /// The gradient of the upper objective at W′.
  let direction: NamedParameters
  let velocity: Floats
  /// The gradient, with the factor ξ that belongs to it.
  let gradient: NamedParameters

  init(
    _ strategy: Strategy, _ size: Float, _ reference: Reference, _ meta: StepMeta,
    _ controller: NamedParameters
  ) throws {
    let state = ControllerState(dense: controller.dense, statistics: controller.statistics)
    let train = try StrategyWorkspaceReferenceTests.Side(reference, "train", meta)
    let rows = train.slice.rows
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: rows)
    workspace.weigh(
      train.slice, controller: state, uniforms: train.uniforms,
      into: train.recommender.workspace.outputGradient)
    virtual = train.recommender.parameters.moved(by: -size, train.recommender.gradient())

    let labels = Floats(try reference.floats("val.y"))
    let recommender = ReferenceRecommender(virtual, maximumRows: labels.count)
    let slice = wholeBatch(recommender.forward(try reference.integers("val.x")), labels)
    workspace.upperGradient(
      slice, controller: state, uniforms: Floats(try reference.floats("val.u")),
      into: recommender.workspace.outputGradient)
    upperLoss = workspace.sums.meanLoss
    gradient = NamedParameters(controller.program)
    if !strategy.options.upper.isFixed {
      gradient.dense.copy(from: workspace.controllerGradient)
    }
    direction = recommender.gradient()

    velocity = train.recommender.velocity(try reference.integers("train.x"), along: direction)
    workspace.implicitGradient(
      train.slice, velocity: velocity, factor: size, controller: state, uniforms: train.uniforms)
    for place in 0..<gradient.dense.count {
      gradient.dense[place] += workspace.controllerGradient[place]
    }
  }
}
