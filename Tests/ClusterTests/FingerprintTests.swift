import Cluster
import Testing

@Suite struct FingerprintTests {
  static let ours = Fingerprint(
    build: "b", configuration: "c", data: "d", vocabulary: "v", kernel: "k")

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
      (Fingerprint(build: "b", data: "d", vocabulary: "v", kernel: "x"), .otherKernel),
    ] as [(Fingerprint, RefusalCode?)])
  func namesTheFirstDifference(theirs: Fingerprint, code: RefusalCode?) {
    let refusal = Self.ours.refusal(of: theirs)
    #expect(refusal?.code == code)
    if let refusal {
      #expect(refusal.sentence.contains("the worker's") && refusal.sentence.contains("is x"))
    }
  }

  @Test func anotherKernelIsRefusedWithWhatToSet() {
    let ours = Fingerprint(build: "b", data: "d", vocabulary: "v", kernel: "SkylakeX")
    var theirs = ours
    theirs.kernel = "Haswell"
    #expect(
      ours.refusal(of: theirs)?.sentence
        == "the worker's OpenBLAS kernel is Haswell, the coordinator's is SkylakeX; start the "
        + "worker with OPENBLAS_CORETYPE=SkylakeX or, where its processor cannot, the coordinator "
        + "with OPENBLAS_CORETYPE=Haswell")
    // A run that need not be equal bit for bit compares no kernels.
    var any = ours
    any.kernel = ""
    #expect(any.refusal(of: theirs) == nil)
  }
}
