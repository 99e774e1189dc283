import Testing

@testable import Objectives

@Suite struct ClassFormTests {
  @Test func everyLossHasATask() {
    for kind in LossKind.all {
      #expect(kind.definition != nil || kind.classDefinition != nil, "\(kind.name)")
      for form in [kind.classForm].compactMap(\.self) {
        let names = kind.parameters.map(\.name)
        #expect(form.withoutParameters.allSatisfy { names.contains($0) }, "\(kind.name)")
      }
    }
  }

  @Test(arguments: [
    ("asl", 5, LossError.binaryOnly(loss: "asl")),
    ("hinge_tanh", 3, .binaryOnly(loss: "hinge_tanh")),
    ("focal:alpha=0.25", 5, .binaryParameter(loss: "focal", name: "alpha")),
    ("ordinal_mse", 2, .needsClasses(loss: "ordinal_mse")),
    ("ordinal_ce", 2, .needsClasses(loss: "ordinal_ce")),
    ("ce:pos_weight=2", 3, .binaryParameter(loss: "ce", name: "pos_weight")),
    ("pair:alpha=0.5", 3, .binaryOnly(loss: "pair")),
  ])
  func refusesAnotherTask(_ text: String, _ classes: Int, _ error: LossError) throws {
    let loss = try Loss(text)
    #expect(throws: error) { try loss.check(classes: classes) }
  }

  @Test func thePapersCandidatesServeBothTasks() throws {
    for loss in Loss.paperCandidates {
      for classes in [2, 5] { try loss.check(classes: classes) }
    }
  }
}
