import Foundation
import Graph
import Kernels

/// The parts of models as torchfm's documentation defines them, one example at a time in double
/// precision, on the numbers of a trial in evaluation mode.
public struct PlainModel {
  private let trial: ProgramTrial

  /// Definitions on the parameters, rows and statistics of `trial`.
  public init(_ trial: ProgramTrial) { self.trial = trial }

  /// A dense parameter, or a running statistic.
  public func values(_ name: String) -> [Double] {
    if let parameter = trial.program.parameters.first(where: { $0.name == name }) {
      return trial.dense.slice(parameter.offset, parameter.count).array.map(Double.init)
    }
    guard let statistic = trial.program.statistics.first(where: { $0.name == name }) else {
      preconditionFailure("the program has nothing of the name \(name)")
    }
    return trial.statistics.slice(statistic.offset, statistic.width).array.map(Double.init)
  }

  /// The part `name` of the rows of the features of `example`, one vector a field.
  public func vectors(_ name: String, example: Int) -> [[Double]] {
    guard let part = trial.program.rowParts.first(where: { $0.name == name }),
      let schema = trial.program.schema
    else { preconditionFailure("the program has no rows of the name \(name)") }
    return (0..<schema.fieldCount).map { field in
      let row = Int(trial.workspace.rowIndex[example * schema.fieldCount + field])
      let first = row * trial.program.rowWidth + part.offset
      return (first..<first + part.width).map { Double(trial.workspace.rows[$0]) }
    }
  }

  /// bias + Σ_i w_i.
  public func firstOrder(example: Int) -> [Double] {
    vectors("linear.fc.weight", example: example).reduce(values("linear.bias")) {
      zip($0, $1).map { $0 + $1 }
    }
  }

  /// ⟨e_i, e_j⟩ for i < j.
  public func pairs(_ vectors: [[Double]]) -> [Double] {
    vectors.indices.flatMap { i in
      (i + 1..<vectors.count).map { j in
        zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }

  /// W·x + b.
  public func linear(_ name: String, _ x: [Double]) -> [Double] {
    let weight = values("\(name).weight")
    return values("\(name).bias").enumerated().map { output, bias in
      x.indices.reduce(bias) { $0 + weight[output * x.count + $1] * x[$1] }
    }
  }

  /// relu(γ·(x − mean) / √(variance + 10⁻⁵) + β).
  public func normalised(_ name: String, _ x: [Double]) -> [Double] {
    let (gamma, beta) = (values("\(name).weight"), values("\(name).bias"))
    let (mean, variance) = (values("\(name).running_mean"), values("\(name).running_var"))
    return x.indices.map {
      max(0, gamma[$0] * (x[$0] - mean[$0]) / (variance[$0] + 1e-5).squareRoot() + beta[$0])
    }
  }

  /// A perceptron with this many hidden layers.
  public func perceptron(_ name: String, layers: Int, _ x: [Double]) -> [Double] {
    linear("\(name).\(4 * layers)", lastHidden(name, layers: layers, x))
  }

  /// The values of its last hidden layer.
  public func lastHidden(_ name: String, layers: Int, _ x: [Double]) -> [Double] {
    (0..<layers).reduce(x) { value, layer in
      normalised("\(name).\(4 * layer + 1)", linear("\(name).\(4 * layer)", value))
    }
  }
}
