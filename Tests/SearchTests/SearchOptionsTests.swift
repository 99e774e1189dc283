import Foundation
import Testing

@testable import Search

@Suite struct SearchOptionsTests {
  @Test func defaultsAreThePapers() {
    let options = SearchOptions()
    #expect(options.hidden == [128, 128] && options.batchNorm && options.dropout == 0.2)
    #expect(!options.straightThrough && !options.attached && options.validationNoise)
    #expect(options.temperature == TemperatureSchedule(start: 1, slope: 0.000_05, floor: 0.01))
  }

  @Test func survivesCoding() throws {
    var options = SearchOptions()
    options.attached = true
    options.hidden = [8]
    let data = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(SearchOptions.self, from: data) == options)
  }
}
