import Graph
import Kernels
import Models
import Objectives
import TestSupport

@testable import Search

/// Hyper-parameters of the files in autoloss_step/.
struct StepMeta: Decodable {
  let candidates: [String]
  let classes: Int?
  let controllerHidden: [Int]
  let embedDim: Int
  let fields: [Int]
  let focalGamma: Float
  let klEpsilon: Float
  let mlp: [Int]
  let tau: Double?
  let f: Int?
  let lr: Double?
  let betas: [Double]?
  let adamEps: Double?
  let steps: Int?
  let t0: Int?
  let weightDecay: Double?
  let bnMomentum: Float

  enum CodingKeys: String, CodingKey {
    case candidates, classes, fields, mlp, tau, f, lr, betas, steps, t0
    case controllerHidden = "controller_hidden"
    case embedDim = "embed_dim"
    case focalGamma = "focal_gamma"
    case klEpsilon = "kl_epsilon"
    case adamEps = "adam_eps"
    case weightDecay = "weight_decay"
    case bnMomentum = "bn_momentum"
  }

  var losses: [Loss] {
    get throws {
      try candidates.map { name in
        switch name {
        case "focal": try Loss("focal:gamma=\(focalGamma)")
        case "kl_smooth": try Loss("kl:epsilon=\(klEpsilon)")
        case "hinge_logit", "hinge_crammer_singer": try Loss("hinge")
        default: try Loss(name)
        }
      }
    }
  }

  /// A strategy on the file's candidates and controller, without dropout.
  func strategy(_ name: String, _ change: (inout SearchOptions) -> Void = { _ in }) throws
    -> Strategy
  {
    var options = SearchOptions()
    options.hidden = controllerHidden
    options.dropout = 0
    if let tau {
      options.temperature = TemperatureSchedule(start: tau, slope: 0, floor: tau)
    }
    change(&options)
    return try Strategy(name, candidates: losses, classes: classes ?? 2, options: options)
  }

  var program: Program {
    var options = ModelOptions()
    options.embeddingWidth = embedDim
    options.hidden = mlp
    options.dropout = 0
    options.outputs = classes ?? 1
    return ModelKind.deepfm.program(options, schema: FeatureSchema(fieldSizes: fields))
  }
}

/// ξ of a file; 0 where it is of the first order.
struct VirtualStepSize: Decodable { let xi: Float }

/// The parameters of a program as flat vectors, loaded and compared by name.
struct NamedParameters {
  let program: Program
  let dense: Floats
  let rows: Floats
  let statistics: Floats

  var rowCount: Int { program.schema?.rowCount ?? 0 }

  init(_ program: Program) {
    self.program = program
    dense = Floats(count: program.denseCount)
    rows = Floats(count: (program.schema?.rowCount ?? 0) * program.rowWidth)
    statistics = program.startStatistics()
  }

  init(_ program: Program, _ reference: Reference, _ prefix: String) throws {
    self.init(program)
    for parameter in program.parameters {
      dense.slice(parameter.offset, parameter.count)
        .copy(from: Floats(try reference.floats(prefix + parameter.name)))
    }
    for part in program.rowParts {
      let values = try reference.floats(prefix + part.name)
      for place in values.indices {
        let row = place / part.width * program.rowWidth
        rows[row + part.offset + place % part.width] = values[place]
      }
    }
    for statistic in program.statistics {
      guard reference.shape(prefix + statistic.name) != nil else { continue }
      statistics.slice(statistic.offset, statistic.width)
        .copy(from: Floats(try reference.floats(prefix + statistic.name)))
    }
  }

  /// Every named tensor of these vectors.
  func tensors(withStatistics: Bool = false) -> [(name: String, values: [Float])] {
    var result = program.parameters.map {
      ($0.name, dense.slice($0.offset, $0.count).array)
    }
    for part in program.rowParts {
      let values = (0..<rowCount).flatMap {
        rows.slice($0 * program.rowWidth + part.offset, part.width).array
      }
      result.append((part.name, values))
    }
    if withStatistics {
      result += program.statistics.map {
        ($0.name, statistics.slice($0.offset, $0.width).array)
      }
    }
    return result
  }

  /// These parameters moved along a gradient.
  func moved(by factor: Float, _ gradient: NamedParameters) -> NamedParameters {
    let result = NamedParameters(program)
    for place in 0..<dense.count {
      result.dense[place] = dense[place] + factor * gradient.dense[place]
    }
    for place in 0..<rows.count {
      result.rows[place] = rows[place] + factor * gradient.rows[place]
    }
    return result
  }

  /// running ← (1 − momentum)·running + momentum·batch.
  func track(_ batch: Floats, momentum: Float) {
    for place in 0..<statistics.count {
      statistics[place] += momentum * (batch[place] - statistics[place])
    }
  }

  /// Whether a parameter is a bias in front of a batch norm: without a true gradient.
  static func isIdle(_ name: String, _ program: Program) -> Bool {
    let layers = program.statistics.filter { $0.name.hasSuffix("running_mean") }.count
    let idle = (0..<layers).flatMap { ["fc\($0 + 1).bias", "mlp.mlp.\(4 * $0).bias"] }
    return idle.contains(name)
  }
}

/// A recommender with its workspace, on batches of a reference file; the whole table is pulled.
struct ReferenceRecommender {
  let parameters: NamedParameters
  let workspace: Workspace

  init(_ parameters: NamedParameters, maximumRows: Int) {
    self.parameters = parameters
    workspace = Workspace(program: parameters.program, maximumRows: maximumRows)
  }

  private var mode: Mode {
    .training(dropout: Randomness(seed: 0, purpose: .dropout), firstExample: 0)
  }

  /// Logits of examples with field-local ids `x` [rows × fields], in training mode.
  func forward(_ x: [Int64]) -> Floats {
    let (rows, uniqueRows) = fill(x)
    workspace.forward(
      rows: rows, uniqueRows: uniqueRows, dense: parameters.dense,
      statistics: parameters.statistics, mode: mode)
    return workspace.outputs.slice(0, rows * parameters.program.outputWidth)
  }

  /// How fast these logits move along a direction of the parameters.
  func velocity(_ x: [Int64], along motion: NamedParameters) -> Floats {
    let (rows, uniqueRows) = fill(x)
    let direction = Workspace(program: parameters.program, maximumRows: workspace.maximumRows)
    direction.rows.slice(0, motion.rows.count).copy(from: motion.rows)
    workspace.forward(
      rows: rows, uniqueRows: uniqueRows, dense: parameters.dense,
      statistics: parameters.statistics, mode: mode, along: direction,
      denseMotion: motion.dense)
    return direction.outputs.slice(0, rows * parameters.program.outputWidth)
  }

  private func fill(_ x: [Int64]) -> (rows: Int, uniqueRows: Int) {
    guard let schema = parameters.program.schema else { return (0, 0) }
    for (place, id) in x.enumerated() {
      workspace.rowIndex[place] = Int32(Int(id) + schema.offsets[place % schema.fieldCount])
    }
    workspace.rows.slice(0, parameters.rows.count).copy(from: parameters.rows)
    return (x.count / schema.fieldCount, schema.rowCount)
  }

  /// The gradient of the last forward as named tensors.
  func gradient() -> NamedParameters {
    workspace.backward(dense: parameters.dense)
    let gradient = NamedParameters(parameters.program)
    gradient.dense.copy(from: workspace.denseGradient)
    gradient.rows.copy(from: workspace.rowGradients.slice(0, gradient.rows.count))
    return gradient
  }
}

/// One slice that is the whole batch.
func wholeBatch(_ logits: Floats, _ labels: Floats, step: Int = 0, seed: UInt64 = 1)
  -> StrategySlice
{
  StrategySlice(
    logits: logits, labels: labels, rows: labels.count, batchRows: labels.count, seed: seed,
    step: step, firstExample: 0)
}
