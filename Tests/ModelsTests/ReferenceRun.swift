import Foundation
import Graph
import Kernels
import Models
import TestSupport
import Testing

/// A model with the parameters and examples of a reference file.
final class ReferenceRun {
  let program: Program
  let workspace: Workspace
  let dense: Floats
  private let statistics: Floats
  private let labels: [Int64]
  private let schema: FeatureSchema
  private let rows: Int
  /// The table's row that each of the workspace's rows holds.
  private var unique: [Int] = []

  init(
    _ reference: Reference, kind: ModelKind, options: ModelOptions, schema: FeatureSchema,
    rows: Int
  ) throws {
    self.schema = schema
    self.rows = rows
    program = kind.program(options, schema: schema)
    workspace = Workspace(program: program, maximumRows: rows)
    dense = Floats(count: program.denseCount)
    statistics = Floats(count: program.statisticsCount)
    labels = try reference.doubles("y").map { Int64($0) }
    for parameter in program.parameters {
      #expect(reference.shape(parameter.name) == parameter.shape)
      try dense.slice(parameter.offset, parameter.count)
        .copy(from: Floats(reference.floats(parameter.name)))
    }
    for statistic in program.statistics {
      try statistics.slice(statistic.offset, statistic.width)
        .copy(from: Floats(reference.floats(statistic.name)))
    }
    try fillRows(reference)
  }

  private func fillRows(_ reference: Reference) throws {
    var positions: [Int: Int] = [:]
    for (place, id) in try reference.integers("x").enumerated() {
      let row = schema.offsets[place % schema.fieldCount] + Int(id)
      if positions[row] == nil {
        positions[row] = unique.count
        unique.append(row)
      }
      workspace.rowIndex[place] = Int32(positions[row] ?? 0)
    }
    for part in program.rowParts {
      let table = try reference.floats(part.name)
      for (position, row) in unique.enumerated() {
        for lane in 0..<part.width {
          workspace.rows[position * program.rowWidth + part.offset + lane] =
            table[row * part.width + lane]
        }
      }
    }
  }

  func forward(_ mode: Mode) {
    workspace.forward(
      rows: rows, uniqueRows: unique.count, dense: dense, statistics: statistics, mode: mode)
  }

  var logits: [Float] { workspace.outputs.slice(0, rows * program.outputWidth).array }

  /// The mean cross entropy; its gradient goes to the workspace.
  func meanCrossEntropy() -> Double {
    let width = program.outputWidth
    var loss = 0.0
    for row in 0..<rows {
      let z = (0..<width).map { Double(workspace.outputs[row * width + $0]) }
      // One logit is that of class 1 against a logit of 0.
      let all = width == 1 ? [0, z[0]] : z
      let sum = all.reduce(0) { $0 + exp($1) }
      loss -= (all[Int(labels[row])] - log(sum)) / Double(rows)
      for (column, logit) in z.enumerated() {
        let isLabel = Int(labels[row]) == (width == 1 ? 1 : column)
        workspace.outputGradient[row * width + column] = Float(
          (exp(logit) / sum - (isLabel ? 1 : 0)) / Double(rows))
      }
    }
    return loss
  }

  /// A running statistic after one step.
  func updated(_ statistic: Statistic, momentum: Float) -> [Float] {
    (statistic.offset..<statistic.offset + statistic.width).map {
      (1 - momentum) * statistics[$0] + momentum * workspace.batchStatistics[$0]
    }
  }

  /// The gradients of all parameters; those of rows as the whole table.
  var gradients: [(name: String, values: [Float])] {
    var result = program.parameters.map { parameter in
      (parameter.name, workspace.denseGradient.slice(parameter.offset, parameter.count).array)
    }
    for part in program.rowParts {
      var table = [Float](repeating: 0, count: schema.rowCount * part.width)
      for (position, row) in unique.enumerated() {
        for lane in 0..<part.width {
          table[row * part.width + lane] =
            workspace.rowGradients[position * program.rowWidth + part.offset + lane]
        }
      }
      result.append((part.name, table))
    }
    return result
  }
}
