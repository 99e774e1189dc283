import Kernels
import Objectives
import TestSupport
import Testing

@testable import Search

/// autoloss_step/step and step_k: every first-order tensor of one AutoLoss step, for labels 0 and 1
/// and for five classes.
@Suite struct StrategyWorkspaceReferenceTests {
  struct Variant: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let strategy: String
    /// The prefix of ∇_W and its loss, and of ∇_V and its loss.
    let gradientW: String
    let lossW: String
    var gradientV: String?
    var lossV: String?
    var change: @Sendable (inout SearchOptions) -> Void = { _ in }
  }

  static let variants = [
    Variant(
      testDescription: "detached", strategy: "autoloss", gradientW: "grad_W.detached.",
      lossW: "train.loss", gradientV: "grad_V.first_order.", lossV: "val.loss"),
    Variant(
      testDescription: "attached", strategy: "autoloss", gradientW: "grad_W.attached.",
      lossW: "train.loss", gradientV: "grad_V.first_order.", lossV: "val.loss",
      change: { $0.attached = true }),
    Variant(
      testDescription: "hard", strategy: "autoloss", gradientW: "hard.grad_W.",
      lossW: "hard.train_loss", gradientV: "hard.grad_V.", lossV: "hard.val_loss",
      change: { $0.straightThrough = true }),
    Variant(
      testDescription: "al1", strategy: "al1", gradientW: "al1.grad_W.", lossW: "al1.train_loss"),
    Variant(
      testDescription: "al2", strategy: "al2", gradientW: "al2.grad_W.", lossW: "al2.train_loss",
      gradientV: "al2.grad_V.", lossV: "al2.val_loss"),
  ]

  /// One side of the file, weighed by a strategy.
  struct Side {
    let reference: Reference
    let slice: StrategySlice
    let uniforms: Floats
    let recommender: ReferenceRecommender

    init(_ reference: Reference, _ side: String, _ meta: StepMeta) throws {
      self.reference = reference
      let labels = Floats(try reference.floats("\(side).y"))
      recommender = ReferenceRecommender(
        try NamedParameters(meta.program, reference, "W."), maximumRows: labels.count)
      let logits = recommender.forward(try reference.integers("\(side).x"))
      slice = wholeBatch(logits, labels)
      uniforms = Floats(try reference.floats("\(side).u"))
    }
  }

  @Test(arguments: variants, ["step", "step_k"])
  func gradients(_ variant: Variant, _ file: String) throws {
    let reference = try Reference.load("autoloss_step/\(file)")
    let meta = try reference.meta(as: StepMeta.self)
    let strategy = try meta.strategy(variant.strategy, variant.change)
    let state = try strategy.controller.map { try NamedParameters($0, reference, "V.") }
    let controller = state.map { ControllerState(dense: $0.dense, statistics: $0.statistics) }
    var errors = Errors("autoloss_step/\(file) \(variant.testDescription)")

    let train = try Side(reference, "train", meta)
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: train.slice.rows)
    workspace.weigh(
      train.slice, controller: controller, uniforms: train.uniforms,
      into: train.recommender.workspace.outputGradient)
    errors.add(
      variant.lossW, [workspace.sums.meanLoss], try reference.doubles(variant.lossW))
    for (name, values) in train.recommender.gradient().tensors() {
      errors.add(
        variant.gradientW + name, values, try reference.doubles(variant.gradientW + name),
        absolute: NamedParameters.isIdle(name, meta.program) ? 1e-6 : 0)
    }

    if let gradientV = variant.gradientV, let lossV = variant.lossV, let state, let controller {
      let validation = try Side(reference, "val", meta)
      workspace.validationGradient(
        validation.slice, controller: controller, uniforms: validation.uniforms)
      errors.add(lossV, [workspace.sums.meanLoss], try reference.doubles(lossV))
      let gradient = NamedParameters(state.program)
      gradient.dense.copy(from: workspace.controllerGradient)
      for (name, values) in gradient.tensors() {
        errors.add(
          gradientV + name, values, try reference.doubles(gradientV + name),
          absolute: NamedParameters.isIdle(name, state.program) ? 1e-6 : 0)
      }
    }
    errors.print()
    #expect(errors.largest < 2e-5, "\(errors.worst)")
  }

  @Test(arguments: ["train", "val"], ["step", "step_k"])
  func forwardQuantities(_ side: String, _ file: String) throws {
    let reference = try Reference.load("autoloss_step/\(file)")
    let meta = try reference.meta(as: StepMeta.self)
    var errors = Errors("autoloss_step/\(file) forward \(side)")
    let inputs = try Side(reference, side, meta)
    errors.add("logits", inputs.slice.logits.array, try reference.doubles("\(side).logits"))
    for (name, tensor) in [("autoloss", "p"), ("al2", "alpha")] {
      let strategy = try meta.strategy(name)
      let program = try #require(strategy.controller)
      let state = try NamedParameters(program, reference, "V.")
      let workspace = StrategyWorkspace(strategy: strategy, maximumRows: inputs.slice.rows)
      let outputs = strategy.outputs
      let gradient = Floats(count: inputs.slice.rows * outputs)
      workspace.weigh(
        inputs.slice,
        controller: ControllerState(dense: state.dense, statistics: state.statistics),
        uniforms: inputs.uniforms, into: gradient)
      let chances = try #require(workspace.chances)
      /// Columns as rows; of each candidate `width` of them.
      func table(_ columns: Floats, width: Int = 1) -> [Float] {
        (0..<inputs.slice.rows).flatMap { row in
          (0..<strategy.candidates.count * width).map {
            columns[$0 * chances.columnLength + row]
          }
        }
      }
      errors.add(
        tensor, table(chances.probabilities), try reference.doubles("\(side).\(tensor)"))
      errors.add(
        "candidates", table(workspace.candidates.values),
        try reference.doubles("\(side).candidates"))
      errors.add(
        "candidates_dz", table(workspace.candidates.derivatives, width: outputs),
        try reference.doubles("\(side).candidates_dz"))
    }
    errors.print()
    #expect(errors.largest < 1e-5, "\(errors.worst)")
  }
}
