import Testing

@testable import Objectives

@Suite struct LossKindTests {
  @Test func namesAreUniqueAndDescribed() {
    let names = LossKind.all.map(\.name)
    #expect(Set(names).count == names.count)
    for kind in LossKind.all {
      #expect(!kind.source.isEmpty, "\(kind.name)")
      for text in [kind.definition, kind.classDefinition].compactMap(\.self) {
        #expect(!text.isEmpty, "\(kind.name)")
      }
    }
  }

  @Test func defaultsAreInRange() {
    for kind in LossKind.all {
      for parameter in kind.parameters {
        let value = parameter.defaultValue ?? parameter.range.lowerBound
        #expect(parameter.range.contains(value), "\(kind.name):\(parameter.name)")
        #expect(!parameter.meaning.isEmpty, "\(kind.name):\(parameter.name)")
      }
    }
  }
}
