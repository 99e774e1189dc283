import Testing

@testable import Training

@Suite struct ChecksumTests {
  private func parts(seed: Int = 1, loss: String = "autoloss") throws -> RunParts {
    var configuration = RunConfiguration()
    configuration.search = RunConfiguration.paperSearch
    configuration.model.embeddingWidth = 4
    configuration.model.hidden = [8]
    configuration.loss = loss
    configuration.train.seed = seed
    return try RunParts(configuration, fieldSizes: [5, 7, 3])
  }

  @Test func isAFunctionOfTheParameters() throws {
    let checksum = try parts().checksum()
    #expect(checksum.count == 64)
    #expect(try parts().checksum() == checksum)
    #expect(try parts(seed: 2).checksum() != checksum)
  }

  /// A change of one number.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (RunParts) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (RunParts) -> Void) {
      (testDescription, self.apply) = (name, apply)
    }
  }

  @Test(arguments: [
    Change("a row") { $0.store.rows.memory[0] += 1 },
    Change("the last row's state") {
      let table = $0.store.rows
      let layout = table.kernel.layout
      table.memory[table.memory.count - layout.stride + layout.lastStepOffset - 1] += 1
    },
    Change("dense") { $0.store.dense.weights[$0.store.dense.count - 1] += 1 },
    Change("dense state") { $0.store.dense.state[0] += 1 },
    Change("statistics") { $0.store.statistics[0] += 1 },
    Change("the version") { $0.store.resume(at: 1) },
    Change("V") { $0.controller?.dense.weights[0] += 1 },
    Change("V's state") { $0.controller?.dense.state[0] += 1 },
    Change("V's statistics") { $0.controller?.statistics[0] += 1 },
    Change("updates of V") { $0.controller?.resume(at: 1) },
  ])
  func dependsOnEverything(change: Change) throws {
    let parts = try parts()
    let before = parts.checksum()
    change.apply(parts)
    #expect(parts.checksum() != before)
  }

  @Test func doesNotDependOnWhichRowsAreCaughtUp() throws {
    let fixture = try RunFixture(rows: 400)
    let setup = try RunSetup(fixture.configuration { $0.loss = "fixed:ce" })
    let compute = LocalCompute(parts: setup.parts, source: setup.source, threads: 1)
    for step in 0..<3 { _ = try compute.train(step: step, upcoming: .init()) }
    let before = setup.parts.checksum()
    setup.parts.store.catchUp(compute.current.plan, chunk: 0, of: 1)
    #expect(setup.parts.checksum() == before)
  }
}
