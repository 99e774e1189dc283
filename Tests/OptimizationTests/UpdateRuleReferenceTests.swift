import Kernels
import TestSupport
import Testing

@testable import Optimization

/// One rule of the reference file and what it is called there.
struct ReferenceRule: Sendable, CustomTestStringConvertible {
  let name: String
  let rule: UpdateRule
  /// Names of the file's final states, in the order of the rule's states.
  let states: [String]
  var testDescription: String { name }
}

/// The hyper-parameters of the reference file.
private struct Meta: Decodable {
  struct Settings: Decodable {
    var lr: Double
    var betas: [Double]?
    var eps: Double?
    var weightDecay: Double?
    var momentum: Double?

    enum CodingKeys: String, CodingKey {
      case lr, betas, eps, momentum
      case weightDecay = "weight_decay"
    }
  }
  var dim: Int
  var rows: Int
  var steps: Int
  var snapshots: [Int]
  var optimizers: [String: Settings]
}

/// The table of the reference file, moved by our rules through the same gradients.
@Suite struct UpdateRuleReferenceTests {
  private let reference: Reference
  private let meta: Meta

  init() throws {
    reference = try Reference.load("optimizers")
    meta = try reference.meta(as: Meta.self)
  }

  /// The rules of the file that exist here.
  static func rules() throws -> [ReferenceRule] {
    let meta = try Reference.load("optimizers").meta(as: Meta.self)
    return meta.optimizers.keys.sorted().compactMap { name in
      guard let settings = meta.optimizers[name] else { return nil }
      let betas = settings.betas ?? [0.9, 0.999]
      let family = name.prefix { $0 != "_" }
      switch name == "lazy_adam" ? "lazy" : String(family) {
      case "adam", "adamw", "lazy":
        var rule = UpdateRule.adam(
          learningRate: settings.lr, beta1: betas[0], beta2: betas[1],
          epsilon: settings.eps ?? 1e-8, weightDecay: settings.weightDecay ?? 0,
          decay: family == "adamw" ? .decoupled : .coupled)
        if name == "lazy_adam" { rule.kind = .lazyAdam }
        return ReferenceRule(name: name, rule: rule, states: ["m", "v"])
      case "sgd":
        let rule = UpdateRule.sgd(learningRate: settings.lr, momentum: settings.momentum ?? 0)
        return ReferenceRule(
          name: name, rule: rule, states: rule.stateCount == 1 ? ["buffer"] : [])
      default: return nil
      }
    }
  }

  /// Relative to a tensor's largest element. The reference computes in double precision; a single-
  /// precision weight that moves by the same amount in 200 steps is rounded the same way 200 times.
  private let tolerance = 6e-6

  @Test(arguments: try rules())
  func rowsTouchedLazilyMatch(_ tested: ReferenceRule) throws {
    let store = try makeStore(tested.rule)
    let plan = StepPlan(rowCount: meta.rows, slices: 1)
    var errors = Errors("optimizers \(tested.name), rows")
    for step in 1...meta.steps {
      let contribution = try contribution(step: step)
      plan.make([contribution.ids])
      store.catchUp(plan, chunk: 0, of: 1)
      store.commit(plan, [contribution], chunk: 0, of: 1)
      store.finish([contribution])
      guard meta.snapshots.contains(step) else { continue }
      let weights = Floats(count: meta.rows * meta.dim)
      store.peek(View((0..<UInt32(meta.rows)).map { $0 }), into: weights)
      let name = "table_\(step)"
      errors.add(name, weights.array, try reference.doubles("\(tested.name).\(name)"))
    }
    for (index, state) in tested.states.enumerated() {
      let name = "\(tested.name).\(state)_\(meta.steps)"
      errors.add(state, states(store, index), try reference.doubles(name))
    }
    errors.print()
    #expect(errors.largest <= tolerance)
  }

  @Test(arguments: try rules().filter { $0.rule.kind != .lazyAdam })
  func denseVectorMatches(_ tested: ReferenceRule) throws {
    let count = meta.rows * meta.dim
    let dense = DenseParameters(
      parts: [ParameterPart(name: "table", offset: 0, width: count, initialisation: .zeros)],
      rule: tested.rule, seed: 0)
    dense.weights.copy(from: View(try reference.floats("table_0")))
    var errors = Errors("optimizers \(tested.name), dense")
    for step in 1...meta.steps {
      dense.apply(gradient: try gradient(step: step), range: 0..<count, step: step)
      guard meta.snapshots.contains(step) else { continue }
      let name = "table_\(step)"
      errors.add(name, dense.weights.array, try reference.doubles("\(tested.name).\(name)"))
    }
    for (index, state) in tested.states.enumerated() {
      let ours = dense.state.slice(index * count, count).array
      let name = "\(tested.name).\(state)_\(meta.steps)"
      errors.add(state, ours, try reference.doubles(name))
    }
    errors.print()
    #expect(errors.largest <= tolerance)
  }

  private func makeStore(_ rule: UpdateRule) throws -> ParameterStore {
    let part = ParameterPart(name: "table", offset: 0, width: meta.dim, initialisation: .zeros)
    let rows = RowTable(rowCount: meta.rows, parts: [part], rule: rule)
    rows.restore(.part(0), rows: 0..<meta.rows, from: View(try reference.floats("table_0")))
    return ParameterStore(
      rows: rows, dense: DenseParameters(parts: [], rule: rule, seed: 0), statistics: [])
  }

  /// The summed gradient of a step for the whole table.
  private func gradient(step: Int) throws -> Floats {
    let total = Floats(count: meta.rows * meta.dim)
    let steps = try reference.integers("event.step")
    let rows = try reference.integers("event.row")
    let gradients = try reference.floats("event.grad")
    for event in steps.indices where steps[event] == step {
      for lane in 0..<meta.dim {
        total[Int(rows[event]) * meta.dim + lane] += gradients[event * meta.dim + lane]
      }
    }
    return total
  }

  /// The rows of a step with their summed gradients, as one slice.
  private func contribution(step: Int) throws -> SliceContribution {
    let total = try gradient(step: step)
    let steps = try reference.integers("event.step")
    let rows = try reference.integers("event.row")
    var ids: [UInt32] = []
    for event in steps.indices where steps[event] == step && !ids.contains(UInt32(rows[event])) {
      ids.append(UInt32(rows[event]))
    }
    let gradients = ids.flatMap { id in (0..<meta.dim).map { total[Int(id) * meta.dim + $0] } }
    return SliceContribution(
      ids: View(ids), rowGradients: View(gradients), denseGradient: View(count: 0),
      batchStatistics: View(count: 0), rows: 1)
  }

  /// State `index` of all rows as of the store's version.
  private func states(_ store: ParameterStore, _ index: Int) -> [Float] {
    var pieces: [Float] = []
    store.forEachCanonicalPiece { if pieces.isEmpty { pieces = $0.array } }
    let used = meta.dim * (1 + store.rows.rule.stateCount)
    return (0..<meta.rows).flatMap { row in
      (0..<meta.dim).map { pieces[row * used + meta.dim * (1 + index) + $0] }
    }
  }
}
