import Foundation
import Testing

@testable import Messages

@Suite struct RunStatusTests {
  private static func again(_ status: RunStatus) throws -> RunStatus {
    var reader = PayloadReader(Body.status(status).payload())
    defer { #expect(reader.left == 0) }
    return try RunStatus(from: &reader)
  }

  @Test func everythingSurvivesTheWire() throws {
    #expect(try Self.again(Samples.status) == Samples.status)
    var bare = Samples.status
    (bare.checkpoint, bare.staleness, bare.workers, bare.servers) = (nil, nil, [], [])
    #expect(try Self.again(bare) == bare)
    #expect(bare.job == "00000000000000ab")
  }

  @Test func jsonLeavesOutWhatThereIsNot() throws {
    var status = Samples.status
    status.staleness = nil
    let data = try JSONEncoder().encode(status)
    let text = String(decoding: data, as: UTF8.self)
    #expect(!text.contains("staleness"))
    #expect(text.contains("\"checkpoint\""))
    #expect(try JSONDecoder().decode(RunStatus.self, from: data) == status)
  }

  @Test func longListsAreCut() throws {
    var status = Samples.status
    status.workers = Array(repeating: status.workers[0], count: WireLimits.workers + 5)
    #expect(try Self.again(status).workers.count == WireLimits.workers)
  }
}
