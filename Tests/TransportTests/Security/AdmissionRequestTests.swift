import Kernels
import Testing

@testable import Transport

@Suite struct AdmissionRequestTests {
  static let key = [UInt8](repeating: 7, count: 32)

  static func parts(
    version: String = "1.0", address: String = "10.0.0.7", mechanism: String = "CURVE",
    key: [UInt8] = key
  ) -> [Bytes] {
    [version, "42", "autoloss", address, "me", mechanism].map { Bytes(Array($0.utf8)) }
      + [Bytes(key)]
  }

  @Test func readsTheLibrarysQuestion() throws {
    let request = try #require(AdmissionRequest(Self.parts()))
    #expect(request.address == "10.0.0.7")
    #expect(request.key?.bytes == Self.key)
    // Nothing that moves a terminal's cursor gets into the log.
    #expect(AdmissionRequest(Self.parts(address: "\u{1B}[2Jx\n"))?.address == "[2Jx")
  }

  @Test func otherQuestionsGetNobodyIn() {
    for parts in [
      [], Array(Self.parts().dropLast()), Self.parts(version: "2.0"),
      Self.parts(mechanism: "NULL"), Self.parts(mechanism: "PLAIN"), Self.parts(key: []),
      Self.parts(key: .init(Self.key + [1])),
      Self.parts(address: String(repeating: "1", count: 300)),
    ] {
      #expect(AdmissionRequest(parts) == nil)
      let answer = AdmissionRequest.answer(parts, admittedAs: nil)
      #expect(answer.count == 6 && answer[2].array == Array("400".utf8))
    }
  }

  @Test func answersNameTheQuestionAndTheMember() {
    let answer = AdmissionRequest.answer(Self.parts(), admittedAs: "worker-1")
    #expect(
      answer.map { String(decoding: $0.array, as: UTF8.self) }
        == ["1.0", "42", "200", "OK", "worker-1", ""])
  }
}
