import Foundation
import Testing

@testable import Training

@Suite struct RunEnvironmentTests {
  @Test func namesWhatMatters() throws {
    let fixture = try RunFixture(rows: 400)
    let setup = try RunSetup(fixture.configuration { $0.train.threads = 3 })
    let environment = RunEnvironment.current(setup)
    #expect(environment.threads == 3)
    #expect(environment.dataHash == setup.dataset.manifest.dataHash)
    #expect(environment.processors >= 1)
    #expect(!environment.blasKernel.isEmpty)
    #expect(!environment.processor.isEmpty)
    let json = try environment.json
    let object = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object.count == 9)
    #expect(object["dataHash"] as? String == environment.dataHash)
    #expect(ISO8601DateFormatter().date(from: environment.started) != nil)
  }
}
