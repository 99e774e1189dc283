import Foundation
import Kernels
import Testing

@testable import Objectives

@Suite struct LogitScalingTests {
  /// Two values of the logit with one and three clicks in four: the fit passes through both.
  private let logits: [Float] = [0, 0, 0, 0, 2, 2, 2, 2]
  private let labels: [Float] = [1, 0, 0, 0, 1, 1, 1, 0]

  private func fit(_ logits: [Float], _ labels: [Float], classes: Int = 2) throws -> LogitScaling {
    try #require(
      LogitScaling(fitting: Floats(logits), labels: Floats(labels), classes: classes))
  }

  @Test func passesThroughObservedFrequencies() throws {
    let scaling = try fit(logits, labels)
    #expect(abs(scaling.slope - log(3)) < 1e-4)
    #expect(abs(scaling.shifts[0] + log(3)) < 1e-4)
    let entropy = -(0.25 * log(0.25) + 0.75 * log(0.75))
    let found = scaling.logloss(logits: Floats(logits), labels: Floats(labels))
    #expect(abs(found - entropy) < 1e-9)
  }

  /// However a model is scaled and shifted, what is left after the fit is the same.
  @Test(arguments: [(3 as Float, 1 as Float), (0.01, -4), (-1, 0)])
  func scaleAndShiftOfTheModelDoNotMatter(scale: Float, shift: Float) throws {
    let other = logits.map { scale * $0 + shift }
    let first = try fit(logits, labels).logloss(logits: Floats(logits), labels: Floats(labels))
    let second = try fit(other, labels).logloss(logits: Floats(other), labels: Floats(labels))
    // The ridge holds a slope of 100 a little.
    #expect(abs(first - second) < 1e-3)
  }

  /// With K classes nothing near the fit is better, and an offset of a class is taken back.
  @Test func classesHaveATemperatureAndShifts() throws {
    let randomness = Randomness(seed: 3, purpose: .test)
    let rows = 400
    var logits: [Float] = []
    var labels: [Float] = []
    for row in 0..<rows {
      let z = (0..<3).map { 4 * randomness.uniform(example: row, lane: $0) - 2 }
      let powers = z.map { exp(Double($0)) }
      let chance = Double(randomness.uniform(example: row, lane: 8)) * powers.reduce(0, +)
      labels.append(chance < powers[0] ? 0 : chance < powers[0] + powers[1] ? 1 : 2)
      logits += [2 * z[0], 2 * z[1] + 3, 2 * z[2]]
    }
    let scaling = try fit(logits, labels, classes: 3)
    // Of 400 rows.
    #expect(abs(scaling.slope - 0.5) < 0.15)
    #expect(scaling.shifts[0] == 0 && abs(scaling.shifts[1] + 1.5) < 0.5)
    #expect(abs(scaling.shifts[2]) < 0.5)
    func loss(_ scaling: LogitScaling) -> Double {
      scaling.logloss(logits: Floats(logits), labels: Floats(labels))
    }
    let best = loss(scaling)
    #expect(best < loss(LogitScaling(slope: 1, shifts: [0, 0, 0])))
    for (place, away) in [(0, 0.01), (0, -0.01), (1, 0.01), (2, -0.01)] {
      var shifts = scaling.shifts
      if place > 0 { shifts[place] += away }
      let other = LogitScaling(
        slope: place == 0 ? scaling.slope + away : scaling.slope, shifts: shifts)
      #expect(loss(other) > best, "\(place) \(away)")
    }
  }

  /// Rows that can be told apart without error, and a class that does not occur: finite.
  @Test func staysFinite() throws {
    let apart = try fit([-1, -1, 1, 1], [0, 0, 1, 1])
    #expect(apart.slope.isFinite && apart.slope > 1)
    let missing = try fit([1, 0, 0, 0, 1, 0, 0, 1, 0], [0, 1, 0], classes: 3)
    #expect(missing.shifts.allSatisfy { $0.isFinite } && missing.shifts[2] < -3)
  }

  @Test(
    arguments: [
      ([], []), ([1, 2], [1, 1]), ([Float.nan, 1], [0, 1]), ([.infinity, 1], [0, 1]),
    ] as [([Float], [Float])])
  func whatCannotBeFittedHasNone(logits: [Float], labels: [Float]) {
    #expect(LogitScaling(fitting: Floats(logits), labels: Floats(labels), classes: 2) == nil)
  }
}
