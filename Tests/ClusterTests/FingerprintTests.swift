import Cluster
import Testing

@Suite struct FingerprintTests {
  static let ours = Fingerprint(build: "b", configuration: "c", data: "d", vocabulary: "v")

  @Test(
    arguments: [
      (Fingerprint(build: "b", configuration: "c", data: "d", vocabulary: "v"), nil),
      (Fingerprint(build: "", configuration: "", data: "", vocabulary: ""), nil),
      (Fingerprint(build: "x", configuration: "y", data: "d", vocabulary: "v"), .otherBuild),
      (
        Fingerprint(build: "b", configuration: "x", data: "d", vocabulary: "v"), .otherConfiguration
      ),
      (Fingerprint(build: "b", data: "x", vocabulary: "v"), .otherData),
      (Fingerprint(build: "b", data: "d", vocabulary: "x"), .otherVocabulary),
    ] as [(Fingerprint, RefusalCode?)])
  func namesTheFirstDifference(theirs: Fingerprint, code: RefusalCode?) {
    let refusal = Self.ours.refusal(of: theirs)
    #expect(refusal?.code == code)
    if let refusal {
      #expect(refusal.sentence.contains("the worker's") && refusal.sentence.contains("is x"))
    }
  }
}
