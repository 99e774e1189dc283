import Testing

@testable import Kernels

@Suite struct InstructionSetTests {
  @Test func itIsNamed() {
    let names = (1...4).map { "x86-64-v\($0)" } + ["portable"]
    #expect(names.contains(InstructionSet.name))
    #if arch(x86_64)
      #expect(InstructionSet.name != "portable")
    #endif
  }
}
