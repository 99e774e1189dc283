/// Why a peer is refused, rejected or told to stop; the numbers are part of the protocol.
public enum NoticeCode: UInt16, Sendable, CaseIterable {
  // REFUSE: the worker cannot take part.
  case otherBuild = 1
  case otherConfiguration = 2
  case otherData = 3
  case otherVocabulary = 4
  case otherProtocol = 5
  case full = 6
  case otherKernel = 7
  // REJECT: one message is not accepted.
  case oldGeneration = 20
  case unknownWorker = 21
  case wrongStep = 22
  case wrongController = 23
  case notFinite = 24
  case malformed = 25
  // FAILURE: a worker could not compute a slice.
  case badRecord = 40
  case badValue = 41
  // STOP: the run ends for the worker.
  case done = 60
  case draining = 61
  case failed = 62
  case interrupted = 63
  // ANSWER: what becomes of a wish.
  case accepted = 80
  case unknownName = 81
  case ambiguousName = 82
}

/// REFUSE, REJECT, FAILURE and STOP: a code for the program and a sentence for people.
public struct Notice: Equatable, Sendable {
  /// For the program.
  public var code: NoticeCode
  /// For people.
  public var sentence: String

  /// A code and its sentence; the sentence is cut to `WireLimits.textBytes` when it is sent.
  public init(_ code: NoticeCode, _ sentence: String) {
    self.code = code
    self.sentence = sentence
  }
}

extension Notice: Words {
  func write(to writer: inout PayloadWriter) {
    writer.write(code.rawValue)
    writer.write(sentence.shortened)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    let number = try reader.read(UInt16.self, "the code")
    guard let code = NoticeCode(rawValue: number) else {
      throw .invalid(what: "the code", value: "\(number)")
    }
    self.init(code, try reader.readText("the sentence"))
  }
}

extension String {
  /// At most `WireLimits.textBytes` bytes of the text, cut between characters.
  var shortened: String { shortened(to: WireLimits.textBytes) }

  /// At most so many bytes of the text, cut between characters.
  func shortened(to limit: Int) -> String {
    if utf8.count <= limit { return self }
    var text = self
    while text.utf8.count > limit {
      text.removeLast(max(1, (text.utf8.count - limit) / 32))
    }
    return text
  }
}
