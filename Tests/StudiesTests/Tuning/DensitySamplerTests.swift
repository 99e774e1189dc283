import Testing

@testable import Studies

@Suite struct DensitySamplerTests {
  private func sampler(_ count: Int, axes: [SearchAxis] = [.continuous]) -> DensitySampler {
    var sampler = DensitySampler(axes: axes)
    for index in 0..<count {
      sampler.note([Double(index) / 100], budget: 1, loss: Double(index))
    }
    return sampler
  }

  /// Two coordinates more than points, twice: one axis needs 2 good and 2 bad ones.
  @Test func aModelNeedsEnoughOfBoth() {
    #expect(sampler(3).model == nil)
    #expect(sampler(4).model?.good.points == [[0], [0.01]])
    #expect(sampler(4).model?.bad.points == [[0.02], [0.03]])
  }

  /// 15 % are good, rounded down; 85 % are bad, of which what is left is taken.
  @Test(arguments: [(13, 2, 11), (20, 3, 17), (40, 6, 34), (47, 7, 39)])
  func theBestAreGood(count: Int, good: Int, bad: Int) {
    let model = sampler(count).model
    #expect(model?.good.points.count == good && model?.bad.points.count == bad)
    #expect(model?.good.points.first == [0])
  }

  @Test func failuresAreBad() {
    var sampler = DensitySampler(axes: [.continuous])
    for (point, loss) in [(0.1, Double.nan), (0.2, 3), (0.3, .infinity), (0.4, 1)] {
      sampler.note([point], budget: 1, loss: loss)
    }
    #expect(sampler.model?.good.points == [[0.4], [0.2]])
    #expect(sampler.model?.bad.points == [[0.1], [0.3]])
  }

  /// The largest budget that has a model, and not the largest.
  @Test func largeBudgetsCountMore() {
    var sampler = sampler(50)
    for index in 0..<4 { sampler.note([0.9], budget: 9, loss: Double(index)) }
    sampler.note([0.5], budget: 27, loss: 0)
    #expect(sampler.model?.good.points == [[0.9], [0.9]])
  }

  @Test func oneDrawInThreeIsByChance() {
    let learned = sampler(30)
    var generator = SplitMix(1)
    let draws = (0..<600).map { _ in learned.propose(using: &generator) }
    #expect((160...240).contains(draws.count { !$0.isFromModel }))
    // Good points lie between 0 and 0.04.
    #expect(draws.allSatisfy { !$0.isFromModel || $0.point[0] < 0.15 })
    let blank = DensitySampler(axes: [.ordered(4)])
    let blind = (0..<400).map { _ in blank.propose(using: &generator) }
    #expect(blind.allSatisfy { !$0.isFromModel })
    #expect(Set(blind.map { $0.point[0] }) == [0.125, 0.375, 0.625, 0.875])
  }
}
