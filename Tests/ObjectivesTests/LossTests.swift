import Testing

@testable import Objectives

@Suite struct LossTests {
  @Test(arguments: [
    ("focal", "focal"), ("focal:gamma=2", "focal"), ("focal:gamma=0.5", "focal:gamma=0.5"),
    ("focal:alpha=0.25,gamma=3", "focal:gamma=3,alpha=0.25"), ("kl:epsilon=0", "kl:epsilon=0"),
    ("sce:A=-6", "sce:A=-6"), ("ce", "ce"), ("ce:pos_weight=2.5", "ce:pos_weight=2.5"),
    ("pair:alpha=0", "pair"), ("pair_hinge:alpha=0.5,margin=2", "pair_hinge:margin=2,alpha=0.5"),
  ])
  func readsAndWrites(_ text: String, _ canonical: String) throws {
    let loss = try Loss(text)
    #expect(loss.description == canonical)
    #expect(try Loss(canonical) == loss)
    #expect(try Loss(canonical).hashValue == loss.hashValue)
  }

  @Test func paperCandidatesInOrder() throws {
    #expect(Loss.paperCandidates.map(\.description) == ["focal", "kl", "hinge", "ce"])
    #expect(try Loss.list("focal kl hinge ce") == Loss.paperCandidates)
    #expect(try Loss("ce") != Loss("mse"))
  }

  @Test(arguments: [
    ("", LossError.unknownLoss("")),
    ("hingee", .unknownLoss("hingee")),
    ("ce:", .malformed(loss: "ce", text: "")),
    ("focal:gamma", .malformed(loss: "focal", text: "gamma")),
    ("focal:gamma=2=3", .malformed(loss: "focal", text: "gamma=2=3")),
    ("focal:gama=2", .unknownParameter(loss: "focal", name: "gama")),
    ("focal:gamma=2,gamma=2", .repeatedParameter(loss: "focal", name: "gamma")),
    ("focal:gamma=-1", .badValue(loss: "focal", parameter: "gamma", value: "-1")),
    ("focal:gamma=nan", .badValue(loss: "focal", parameter: "gamma", value: "nan")),
    ("focal:gamma= 2", .badValue(loss: "focal", parameter: "gamma", value: " 2")),
    ("reverse_kl:epsilon=0", .badValue(loss: "reverse_kl", parameter: "epsilon", value: "0")),
  ])
  func refuses(_ text: String, _ error: LossError) {
    #expect(throws: error) { try Loss(text) }
  }
}
