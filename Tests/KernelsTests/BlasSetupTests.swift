import Kernels
import Testing

@Suite struct BlasSetupTests {
  static let wide: Set<String> = [
    "sse2", "avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd",
  ]

  @Test(
    arguments: [
      ("Haswell", wide, "SkylakeX"),
      ("Prescott", wide, "SkylakeX"),
      ("Zen", wide, "SkylakeX"),
      ("SkylakeX", wide, nil),
      ("skylakex", wide, nil),
      ("Cooperlake", wide, nil),
      ("SapphireRapids", wide, nil),
      ("Haswell", ["avx2", "avx512f"], nil),
      ("Haswell", [], nil),
    ] as [(String, Set<String>, String?)])
  func aBetterCoreIsAskedForWhereItRuns(core: String, flags: Set<String>, expected: String?) {
    #expect(BlasSetup.betterCore(than: core, processorFlags: flags) == expected)
  }

  @Test func anOldCoreWithAVX2IsReplacedToo() {
    #expect(
      BlasSetup.betterCore(than: "Prescott", processorFlags: ["avx2", "fma"]) == "Haswell")
  }

  @Test func thePresentStateIsTold() {
    let setup = BlasSetup.current()
    #expect(setup.configuration.contains("OpenBLAS"))
    #expect(setup.description.contains(setup.core))
  }
}
