import Testing

@testable import Studies

@Suite struct PlantedNoiseTests {
  @Test(arguments: PlantedNoise.allCases)
  func isExplained(noise: PlantedNoise) {
    #expect(noise.summary.hasPrefix("\(noise.rawValue): ") && noise.summary.hasSuffix("."))
    #expect(noise.shares.isEmpty == [.clean, .ordinary].contains(noise))
    #expect(noise.shares.allSatisfy { (0..<0.5).contains($0) })
    #expect(noise.folder(in: "/sets", seed: 3) == "/sets/\(noise.rawValue)-seed3")
  }

  /// What tells one-sided noise from its control is validation alone.
  @Test func validationIsTheDifference() {
    #expect(PlantedNoise.oneSided.shares == PlantedNoise.noisyValidation.shares)
    #expect(PlantedNoise.oneSided.signal == PlantedNoise.noisyValidation.signal)
    #expect(PlantedNoise.allCases.filter(\.reachesValidation) == [.noisyValidation])
  }
}
