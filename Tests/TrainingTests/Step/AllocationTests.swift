import CAllocations
import Foundation
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
            // Some look ahead.
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
