/// Where the failure of a run began: the first cause, not the last echo of it.
///
/// CAUSE carries it to those who are told to stop.
public struct FirstFailure: Codable, Equatable, Sendable {
  /// `coordinator`, `server` or `worker`.
  public var role: String
  /// The name by which the logs call the process, or empty.
  public var name: String
  /// Its rank, as a scheduler numbers processes, or empty.
  public var rank: String
  /// The machine that it ran on, or empty.
  public var host: String
  /// When, in UTC, as in 2026-01-31T12:03:04Z.
  public var time: String
  /// The step of training, if it has to do with one.
  public var step: UInt64?
  /// The slice of the step's batch, if it has to do with one.
  public var slice: UInt64?
  /// What happened, in one sentence.
  public var sentence: String

  /// Names everything.
  public init(
    role: String, name: String = "", rank: String = "", host: String = "", time: String,
    step: UInt64? = nil, slice: UInt64? = nil, sentence: String
  ) {
    (self.role, self.name, self.rank, self.host) = (role, name, rank, host)
    (self.time, self.step, self.slice, self.sentence) = (time, step, slice, sentence)
  }
}

extension FirstFailure: Words {
  func write(to writer: inout PayloadWriter) {
    for text in [role, name, rank, host, time] { writer.write(name: text) }
    writer.write(optional: step)
    writer.write(optional: slice)
    writer.write(sentence.shortened)
  }

  init(from reader: inout PayloadReader) throws(WireError) {
    role = try reader.readName("the role")
    name = try reader.readName("the name")
    rank = try reader.readName("the rank")
    host = try reader.readName("the host")
    time = try reader.readName("the time")
    step = try reader.readOptional("the step")
    slice = try reader.readOptional("the slice")
    sentence = try reader.readText("the sentence")
  }
}
