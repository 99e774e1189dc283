import Graph
import Kernels

/// A program with random parameters, rows and inputs, to be run and differentiated.
///
/// The loss is a fixed random combination of the outputs, added up in double precision.
public final class ProgramTrial {
  /// What is run.
  public let program: Program
  /// Where it runs.
  public let workspace: Workspace
  /// The number of examples.
  public let rows: Int
  /// The number of different feature rows that they use.
  public let uniqueRows: Int
  /// The dense parameters.
  public let dense: Floats
  /// The running statistics.
  public let statistics: Floats
  /// How the forward treats dropout and batch normalisation.
  public var mode: Mode

  private let randomness: Randomness
  private let weights: [Double]

  /// A trial of `rows` examples; every number but the program's shape comes from the seed.
  public init(_ program: Program, rows: Int, mode: Mode = .evaluation, seed: UInt64 = 1) {
    self.program = program
    self.rows = rows
    self.mode = mode
    randomness = Randomness(seed: seed, purpose: .test)
    workspace = Workspace(program: program, maximumRows: max(rows, 1) + 5)
    dense = randomFloats(program.denseCount, randomness, stream: 1)
    statistics = randomFloats(program.statisticsCount, randomness, stream: 2)
    for statistic in program.statistics where statistic.startValue > 0 {
      for lane in 0..<statistic.width { statistics[statistic.offset + lane] += 1.5 }
    }
    let stream = randomness
    weights = (0..<rows * program.outputWidth).map {
      2 * Double(stream.uniform(example: 3, lane: $0)) - 1
    }
    if let schema = program.schema {
      uniqueRows = fillIndex(workspace.rowIndex, schema: schema, rows: rows, stream)
    } else {
      uniqueRows = 0
    }
    workspace.rows.slice(0, uniqueRows * program.rowWidth)
      .copy(from: randomFloats(uniqueRows * program.rowWidth, randomness, stream: 4))
    workspace.inputs.slice(0, rows * program.inputWidth)
      .copy(from: randomFloats(rows * program.inputWidth, randomness, stream: 5))
  }

  /// Runs the forward; returns the outputs of the trial's rows.
  @discardableResult
  public func forward() -> [Float] {
    workspace.forward(
      rows: rows, uniqueRows: uniqueRows, dense: dense, statistics: statistics, mode: mode)
    return workspace.outputs.slice(0, rows * program.outputWidth).array
  }

  /// Runs the forward and returns the loss.
  public func loss() -> Double {
    zip(forward(), weights).reduce(0) { $0 + Double($1.0) * $1.1 }
  }

  /// Runs forward and backward with the gradient of the loss.
  public func backward() {
    forward()
    for (place, weight) in weights.enumerated() {
      workspace.outputGradient[place] = Float(weight)
    }
    workspace.backward(dense: dense)
  }

  /// The largest difference between the backward and central differences, for each parameter, part
  /// of the rows and the dense inputs, relative to the largest element of that gradient (or a
  /// hundredth of the largest of all, for gradients that are 0 in theory).
  ///
  /// Elements near a kink of a ReLU are left out, where the differences of two steps differ by more
  /// than `smoothness`; the error is infinite when those are more than three quarters.
  public func gradientErrors(
    step: Float = 0.02, smoothness: Double = 1e-3
  ) -> [(name: String, error: Double)] {
    backward()
    let targets = self.targets
    let gradients = targets.map { target in target.places.map { Double(target.gradient[$0]) } }
    let largest = gradients.joined().map(abs).max() ?? 0
    return zip(targets, gradients).map { target, gradient in
      let scale = max(gradient.map(abs).max() ?? 0, largest / 100, 1e-12)
      var errors: [Double] = []
      // At most 80 elements a target, spread over all of it.
      let places = stride(from: 0, to: target.places.count, by: target.places.count / 80 + 1)
      for number in places {
        let place = target.places[number]
        let coarse = differences(target.values, place, step)
        let fine = differences(target.values, place, step / 2)
        // Of a smooth function the slopes agree and the bend is proportional to the step.
        let isSmooth =
          max(
            abs(coarse.slope - fine.slope), abs(coarse.bend - 2 * fine.bend)) < smoothness * scale
        if isSmooth { errors.append(abs(fine.slope - gradient[number]) / scale) }
      }
      let isEnough = 4 * errors.count >= places.underestimatedCount
      return (target.name, isEnough ? errors.max() ?? 0 : .infinity)
    }
  }

  /// The gradient errors of whole models, each at the kindest of three steps: what all rows share
  /// crosses kinks of ReLUs, the fewer the smaller the step; a small gradient drowns in rounding,
  /// the less the larger the step. Further steps are tried while an error is `limit` or more.
  public func leastGradientErrors(limit: Double = 1e-2) -> [(name: String, error: Double)] {
    var errors = gradientErrors(step: 0.004, smoothness: 5e-3)
    for step: Float in [0.016, 0.001] where errors.contains(where: { $0.error >= limit }) {
      let others = gradientErrors(step: step, smoothness: 5e-3)
      errors = zip(errors, others).map { ($0.name, min($0.error, $1.error)) }
    }
    return errors
  }

  /// How far the derivative of the loss along a random direction of everything, found forward with
  /// the outputs, is from the one by the gradients; relative to the sizes of its summands.
  public func tangentError() -> Double {
    backward()
    let gradients = [workspace.denseGradient, workspace.rowGradients, workspace.inputGradient]
    let direction = Workspace(program: program, maximumRows: workspace.maximumRows)
    let counts = [program.denseCount, uniqueRows * program.rowWidth, rows * program.inputWidth]
    let motions = counts.enumerated().map {
      randomFloats($0.element, randomness, stream: 20 + $0.offset)
    }
    direction.rows.slice(0, counts[1]).copy(from: motions[1])
    direction.inputs.slice(0, counts[2]).copy(from: motions[2])
    var (expected, scale) = (0.0, 1e-12)
    for (gradient, motion) in zip(gradients, motions) {
      for place in 0..<motion.count {
        let summand = Double(gradient[place]) * Double(motion[place])
        expected += summand
        scale += summand * summand
      }
    }
    let outputs = workspace.outputs.slice(0, rows * program.outputWidth).array
    workspace.forward(
      rows: rows, uniqueRows: uniqueRows, dense: dense, statistics: statistics, mode: mode,
      along: direction, denseMotion: motions[0])
    guard workspace.outputs.slice(0, outputs.count).array == outputs else { return .infinity }
    let found = weights.enumerated().reduce(0) {
      $0 + Double(direction.outputs[$1.offset]) * $1.element
    }
    return abs(found - expected) / scale.squareRoot()
  }

  /// Something the loss depends on, and where its gradient is found.
  private struct Target {
    let name: String
    let values: Floats
    let gradient: Floats
    let places: [Int]
  }

  private var targets: [Target] {
    var targets = program.parameters.map { parameter in
      Target(
        name: parameter.name, values: dense, gradient: workspace.denseGradient,
        places: Array(parameter.offset..<parameter.offset + parameter.count))
    }
    for part in program.rowParts {
      let places = (0..<uniqueRows).flatMap { row in
        (0..<part.width).map { row * program.rowWidth + part.offset + $0 }
      }
      targets.append(
        Target(
          name: part.name, values: workspace.rows, gradient: workspace.rowGradients,
          places: places))
    }
    if program.inputWidth > 0 {
      targets.append(
        Target(
          name: "inputs", values: workspace.inputs, gradient: workspace.inputGradient,
          places: Array(0..<rows * program.inputWidth)))
    }
    return targets
  }

  /// The central difference quotient, and the difference of the right and the left one.
  private func differences(
    _ values: Floats, _ place: Int, _ step: Float
  ) -> (slope: Double, bend: Double) {
    let old = values[place]
    defer { values[place] = old }
    let middle = loss()
    values[place] = old + step
    let right = (loss() - middle) / Double(values[place] - old)
    values[place] = old - step
    let left = (middle - loss()) / Double(old - values[place])
    return ((right + left) / 2, right - left)
  }
}

/// Numbers in (−1, 1) from a stream.
public func randomFloats(_ count: Int, _ randomness: Randomness, stream: Int) -> Floats {
  Floats((0..<count).map { 2 * randomness.uniform(example: stream, lane: $0) - 1 })
}

/// A random matrix whose rows are `padding` numbers further apart than they are long.
public func randomMatrix(
  rows: Int, columns: Int, stream: Int, padding: Int = 0, seed: UInt64 = 1
) -> Matrix {
  let stride = columns + padding
  let values = randomFloats(
    rows * stride, Randomness(seed: seed, purpose: .test, step: 1), stream: stream)
  return Matrix(values, rows: rows, columns: columns, stride: stride)
}

/// Points each feature at one of the unique rows that the examples use, lists at one to as many as
/// they may have; returns the number of rows.
private func fillIndex(
  _ index: View<Int32>, schema: FeatureSchema, rows: Int, _ randomness: Randomness
) -> Int {
  var positions: [Int: Int32] = [:]
  for row in 0..<rows {
    var column = row * schema.columnCount
    for (field, size) in schema.fieldSizes.enumerated() {
      let length = schema.listLengths[field]
      let values = 1 + Int(randomness.word(example: 5000 + row, lane: field)) % length
      for value in 0..<length {
        let lane = field + value * schema.fieldCount
        let id = Int(randomness.word(example: 100 + row, lane: lane)) % size
        let global = schema.offsets[field] + id
        let position = value < values ? positions[global] ?? Int32(positions.count) : -1
        if value < values { positions[global] = position }
        index[column] = position
        column += 1
      }
    }
  }
  return positions.count
}

extension Matrix {
  /// The elements as rows of doubles.
  public var doubles: [[Double]] {
    (0..<rows).map { row in (0..<columns).map { Double(self[row, $0]) } }
  }

  /// A copy of the elements, row by row.
  public var elements: [Float] {
    (0..<rows).flatMap { row in (0..<columns).map { self[row, $0] } }
  }
}
