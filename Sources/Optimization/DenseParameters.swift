import Kernels

/// A flat vector of parameters with its optimizer state: all that is not in rows.
///
/// Every element moves in every step. Threads share a step by disjoint ranges; who may write when
/// is the caller's plan.
public final class DenseParameters: @unchecked Sendable {
  /// The named stretches, in order, without gaps.
  public let parts: [ParameterPart]
  /// How the elements move.
  public let rule: UpdateRule
  /// The weights.
  public let weights: Floats
  /// The optimizer's numbers, one vector of `count` after the other, named by `rule.stateNames`.
  public let state: Floats
  private let schedule: RowSchedule

  /// Start values from the seed; `vector` tells apart the vectors of one run (0: W, 1: V).
  public init(parts: [ParameterPart], rule: UpdateRule, seed: UInt64, vector: Int = 0) {
    let count = ParameterPart.extent(parts)
    self.parts = parts
    self.rule = rule
    schedule = rule.schedule
    weights = Floats(count: count)
    state = Floats(count: count * rule.stateCount)
    for (index, part) in parts.enumerated() {
      let stream = StartValues.dense(seed: seed, vector: vector, part: index)
      for element in 0..<part.width {
        weights[part.offset + element] = part.initialisation.value(
          stream, example: element, lane: 0)
      }
    }
  }

  /// How many weights there are.
  public var count: Int { weights.count }

  /// Elements of a cache line: what threads and owners cut the vector at.
  static let unit = 16

  /// The elements of chunk `chunk` of `chunks`: whole cache lines, so that threads do not meet.
  public func range(chunk: Int, of chunks: Int) -> Range<Int> {
    ChunkRange.range(count: count, chunk: chunk, of: chunks, unit: Self.unit)
  }

  /// Makes step `step` (from 1) on the elements `range` with the whole gradient vector.
  public func apply(gradient: Floats, range: Range<Int>, step: Int) {
    precondition(step >= 1, "steps count from 1")
    schedule.rule(ofStep: step).apply(
      weights: weights, state: state, gradient: gradient, range: range, step: step,
      rateFactor: rule.warmUpFactor(ofStep: step))
  }
}

/// The optimizer's numbers of a part of the vector, as its owner sends them.
extension DenseParameters {
  /// A copy of the numbers of the elements `range`, one stretch after the other; out of `all`, a
  /// copy of `state`, where one is given.
  public func state(of range: Range<Int>, in all: Floats? = nil) -> Floats {
    let copy = Floats(count: rule.stateCount * range.count)
    for index in 0..<rule.stateCount {
      copy.slice(index * range.count, range.count).copy(from: stretch(index, range, all))
    }
    return copy
  }

  /// Sets the numbers of the elements `range`, in `all` where it is given, to what `state(of:)`
  /// gave; traps when it has another length.
  public func setState(of range: Range<Int>, in all: Floats? = nil, to copy: Floats) {
    precondition(copy.count == rule.stateCount * range.count, "numbers for each element")
    for index in 0..<rule.stateCount {
      stretch(index, range, all).copy(from: copy.slice(index * range.count, range.count))
    }
  }

  private func stretch(_ index: Int, _ range: Range<Int>, _ all: Floats?) -> Floats {
    (all ?? state).slice(index * count + range.lowerBound, range.count)
  }
}

/// Cutting a list into chunks of nearly equal length.
public enum ChunkRange {
  /// Chunk `chunk` of `chunks` of 0 ..< count, cut at multiples of `unit`.
  public static func range(count: Int, chunk: Int, of chunks: Int, unit: Int = 1) -> Range<Int> {
    precondition(chunk >= 0 && chunk < chunks, "there is no chunk \(chunk) of \(chunks)")
    let units = (count + unit - 1) / unit
    let first = units * chunk / chunks * unit
    let end = units * (chunk + 1) / chunks * unit
    return min(first, count)..<min(end, count)
  }
}
