import CAllocations
import Cluster
import Foundation
import Kernels
import Messages
import Models
import Testing

@testable import Training

/// The steady step allocates nothing: steps, updates of the controller and reading, on all threads.
@Suite struct AllocationTests {
  /// Runs in a process of its own, where no other test allocates.
  @Test func aSteadyStepAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      var counts: [String: Int] = [:]
      let cases: [(String, Int, RunConfiguration.PushedValues, Int)] = [
        ("fixed:ce", 0, .fp32, 2), ("al1", 0, .fp16, 2), ("al2", 0, .fp32, 2),
        ("autoloss", 0, .fp32, 2), ("autoloss", 3, .int8, 2), ("autoloss", 0, .fp32, 5),
        ("random", 0, .fp32, 2), ("darts", 0, .fp32, 2), ("uncertainty", 0, .fp32, 5),
        ("softadapt", 0, .fp32, 2), ("slf", 0, .fp32, 2), ("melu", 0, .fp32, 2),
      ]
      for (loss, delay, pushed, classes) in cases {
        for threads in [1, 3] {
          // Fifteen steps an epoch, a new window of rows every four.
          let scene = try StepScene(RunFixture(classes: classes), threads: threads) {
            $0.loss = loss
            // Some compare examples, some look ahead.
            if ["darts", "melu"].contains(loss) {
              $0.search.candidates = ["ce", "pair", "list_ce:alpha=0.5", "jrc"]
            }
            $0.search.virtualStep = loss == "darts" || classes == 5 ? 0.01 : 0
            $0.search.virtualRule = classes == 5 ? .adam : .sgd
            $0.search.attached = classes == 5
            $0.search.upper = loss == "darts" ? .loglossAndAUC : .normalised
            $0.search.controllerDelay = delay
            $0.cluster.pushValues = pushed
            $0.cluster.pullValues = pushed == .fp32 ? .fp32 : .fp16
          }
          try scene.train(0..<40)
          // A capture that is over costs nothing.
          try scene.setup.checkpoints.folder.create()
          _ = try scene.save(40)
          allocations_begin()
          try scene.train(40..<100)
          let count = allocations_end()
          guard count > 0 else { continue }
          counts["\(loss), delay \(delay), \(pushed), \(classes) classes, \(threads) threads"] =
            count
        }
      }
      precondition(counts.isEmpty, "allocations in 60 steps: \(counts)")
    }
  }

  /// On one thread, which has made every kind of slice before; the other test has several.
  @Test func noModelAllocatesInASteadyStep() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      var counts: [String: Int] = [:]
      let fixture = try RunFixture()
      for model in ModelKind.allCases {
        let scene = try StepScene(fixture) {
          $0.loss = "fixed:ce"
          $0.take(model)
          // At some smaller widths OpenBLAS takes memory of its own for a product.
          $0.model.embeddingWidth = 16
        }
        try scene.train(0..<40)
        allocations_begin()
        try scene.train(40..<70)
        let count = allocations_end()
        if count > 0 { counts[model.rawValue] = count }
      }
      print("allocations in 30 steps: \(counts)")
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(output.contains("allocations in 30 steps: [:]"), "\(output)")
  }

  /// With bounds of gradients and a virtual step, also of rows so wide that the runtime's temporary
  /// memory would leave the stack.
  @Test func boundsOfGradientsAllocateNothing() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      var counts: [String: Int] = [:]
      let fixture = try RunFixture()
      for (model, threads) in [(ModelKind.deepfm, 1), (.deepfm, 3), (.ffm, 1)] {
        for rule in RunConfiguration.VirtualRule.allCases {
          let scene = try StepScene(fixture, threads: threads) {
            $0.take(model)
            $0.model.embeddingWidth = 16
            ($0.train.cowClip, $0.train.cowClipFloor) = (0.5, 1e-6)
            $0.train.denseWarmUp = "60"
            ($0.search.virtualStep, $0.search.virtualRule) = (0.01, rule)
            $0.search.upper = .logloss
          }
          try scene.train(0..<40)
          allocations_begin()
          try scene.train(40..<70)
          let count = allocations_end()
          if count > 0 { counts["\(model), \(threads) threads, \(rule)"] = count }
        }
      }
      print("allocations in 30 steps: \(counts)")
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(output.contains("allocations in 30 steps: [:]"), "\(output)")
  }

  /// How often a unit has its rows, on the way from a worker to an owner of parameters, takes
  /// memory that is there.
  @Test func countsOfRowsAreSentWithoutAllocating() async {
    await #expect(processExitsWith: .success) {
      func allocations(cowClip: Double) throws -> Int {
        var configuration = RunConfiguration()
        configuration.model.embeddingWidth = 4
        configuration.loss = "fixed:ce"
        configuration.train.batchSize = 16
        configuration.train.cowClip = cowClip
        let parts = try RunParts(configuration, fieldSizes: [5, 7, 3])
        let pushed = PushedUnits(
          parts: parts, slices: 4,
          sizes: SliceSizes(exact: { _, _ in 4 }, atMost: 4, candidateCount: 1), step: 0)
        let count = parts.program.denseCount
        let share = UnitShare(width: 5, dense: 0..<count, hasStatistics: true, isWhole: false)
        let sum = UnitSum(
          rowGradients: Floats(count: 15), denseGradient: Floats(count: count),
          batchStatistics: Floats(count: parts.program.statisticsCount),
          occurrences: cowClip > 0 ? Floats([4, 1, 2]) : nil)
        let delivery = Delivery(version: 0, controllerVersion: 0, sums: [3, 1, 0.5, 3, 1])
        let work = Work(step: 0, slices: 1..<2)
        func sendOnce() throws {
          share.begin(capacity: 3)
          for (place, id) in [UInt32(0), 6, 14].enumerated() { share.add(id, place: place) }
          share.end()
          pushed.begin(step: 0)
          precondition(pushed.note(share.pull, work) == nil)
          let push = share.push(sum, delivery: delivery)
          precondition(pushed.defect(push, work) == nil)
          try pushed.keep(push, work)
        }
        for _ in 0..<10 { try sendOnce() }
        allocations_begin()
        for _ in 0..<20 { try sendOnce() }
        return allocations_end()
      }
      let (without, with) = try (allocations(cowClip: 0), allocations(cowClip: 1))
      precondition(with == without, "\(with) allocations in place of \(without)")
    }
  }

  @Test func allocationsAreCounted() async {
    await #expect(processExitsWith: .success) {
      allocations_begin()
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 8)
      let aligned = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 64)
      let array = [Int](repeating: 0, count: Int.random(in: 10...20))
      let count = allocations_end()
      unsafe memory.deallocate()
      unsafe aligned.deallocate()
      precondition(count >= 3 && array.count >= 10, "\(count) allocations were counted of 3")
    }
  }
}
