import Kernels
import Testing

@testable import Search

@Suite struct StrategySumsTests {
  @Test func addsUpByLabel() {
    var sums = StrategySums(candidateCount: 2)
    let labels = Floats([1, 0, 0])
    sums.count(labels: labels, rows: 3)
    sums.add(
      0, losses: Floats([1, 2, 3]), weights: Floats([0, 1, 1]), shares: Floats([0.25, 0.5, 1]),
      labels: labels, rows: 3)
    sums.add(
      1, losses: Floats([4, 5, 6]), weights: Floats([1, 0, 0]), shares: Floats([0.75, 0.5, 0]),
      labels: labels, rows: 3)
    #expect(sums.rows == 3 && sums.counts == [2, 1])
    #expect(sums.loss == 9 && sums.meanLoss == 3)
    #expect(sums.meanShare(0, label: 0) == 0.75 && sums.meanShare(0, label: 1) == 0.25)
    #expect(sums.meanShare(1) == 1.25 / 3)

    var twice = sums
    twice.add(sums)
    #expect(twice.rows == 6 && twice.meanLoss == 3 && twice.meanShare(1) == 1.25 / 3)
    twice.reset()
    #expect(twice == StrategySums(candidateCount: 2))
    #expect(StrategySums(counts: sums.counts, loss: sums.loss, shares: sums.shares) == sums)
  }

  @Test func addsUpLossesWhereTheyAreFollowed() {
    var sums = StrategySums(candidateCount: 2, followsLosses: true)
    let labels = Floats([1, 0])
    sums.count(labels: labels, rows: 2)
    for (candidate, losses) in [Floats([1, 2]), Floats([4, 6])].enumerated() {
      sums.add(
        candidate, losses: losses, weights: Floats([0, 1]), shares: Floats([0.5, 0.5]),
        labels: labels, rows: 2)
    }
    #expect(sums.losses == [3, 10] && sums.meanLoss(0) == 1.5 && sums.loss == 8)
    var twice = sums
    twice.add(sums)
    #expect(twice.losses == [6, 20] && twice.meanLoss(1) == 5)
    twice.reset()
    #expect(twice == StrategySums(candidateCount: 2, followsLosses: true))
    #expect(StrategySums(candidateCount: 2).losses.isEmpty)
  }

  @Test func addsUpByClass() {
    var sums = StrategySums(candidateCount: 2, classes: 3)
    #expect(sums.candidateCount == 2)
    let labels = Floats([2, 0, 2, 1])
    sums.count(labels: labels, rows: 4)
    for (candidate, share) in [Float(0.25), 0.75].enumerated() {
      sums.add(
        candidate, losses: Floats([1, 2, 3, 4]), weights: Floats([1, 1, 0, 1]),
        shares: Floats([share, 1 - share, share, 0.5]), labels: labels, rows: 4)
    }
    #expect(sums.counts == [1, 1, 2] && sums.rows == 4 && sums.loss == 14)
    #expect(sums.meanShare(0, label: 2) == 0.25 && sums.meanShare(1, label: 2) == 0.75)
    #expect(sums.meanShare(0, label: 0) == 0.75 && sums.meanShare(1, label: 1) == 0.5)
    #expect(sums.meanShare(0) == (0.75 + 0.5 + 0.5) / 4)
    var twice = sums
    twice.add(sums)
    #expect(twice.counts == [2, 2, 4] && twice.meanShare(1, label: 2) == 0.75)
    twice.reset()
    #expect(twice == StrategySums(candidateCount: 2, classes: 3))
  }
}
