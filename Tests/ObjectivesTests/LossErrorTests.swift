import Testing

@testable import Objectives

@Suite struct LossErrorTests {
  @Test(arguments: [
    (LossError.unknownLoss("hingee"), "did you mean \"hinge\"?"),
    (.unknownLoss("zzz"), "the losses are ce, ce_smooth, focal"),
    (.unknownParameter(loss: "focal", name: "gama"), "did you mean \"gamma\"?"),
    (.unknownParameter(loss: "mae", name: "gamma"), "it has none"),
    (.malformed(loss: "focal", text: "x"), "write for example focal:gamma=2"),
    (.repeatedParameter(loss: "focal", name: "gamma"), "given twice"),
    (.badValue(loss: "gce", parameter: "q", value: "7"), "from 0.001 to 1.0"),
    (.binaryOnly(loss: "asl"), "the losses for those are ce, ce_smooth, focal, hinge"),
    (.binaryParameter(loss: "focal", name: "alpha"), "leave it out"),
    (.needsClasses(loss: "ordinal_mse"), "more than two classes"),
  ])
  func saysWhatToDo(_ error: LossError, _ part: String) {
    #expect(error.description.contains(part), "\(error)")
  }
}
