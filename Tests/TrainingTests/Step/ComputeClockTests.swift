import Foundation
import Testing

@testable import Training

@Suite struct ComputeClockTests {
  @Test func addsUpAndSharesOut() {
    let clock = ComputeClock()
    #expect(clock.microseconds(threads: 1) == 0)
    for _ in 0..<2 { clock.timing { Thread.sleep(forTimeInterval: 0.01) } }
    #expect(clock.timing { 7 } == 7)
    let all = clock.microseconds(threads: 1)
    #expect(all >= 20_000)
    #expect(clock.microseconds(threads: 4) == all / 4)
    clock.reset()
    #expect(clock.microseconds(threads: 0) == 0)
  }
}
