import Kernels

/// A few runs of numbers in one message: rows, dense parameters, gradients.
///
/// The sender's side refers to its memory and copies when the message is encoded. The receiver's
/// side refers to the received parts; `copy` takes a run straight from them to where it is needed,
/// on any thread.
public struct FloatSections: Sendable {
  /// How many numbers each section has.
  public let counts: [Int]
  private let source: Source

  private enum Source {
    case views([Floats])
    case received(PayloadReader)
  }

  /// Sections that refer to `views`, which must not change until the message is encoded.
  public init(_ views: [Floats]) {
    precondition(views.count <= WireLimits.sections, "a message has at most 16 sections")
    counts = views.map(\.count)
    source = .views(views)
  }

  /// Bytes of all numbers.
  public var byteCount: Int { 4 * counts.reduce(0, +) }

  /// Copies section `index` to `target`, which has as many numbers.
  public func copy(_ index: Int, into target: Floats) {
    precondition(target.count == counts[index], "a section is copied to a view of its length")
    switch source {
    case .views(let views):
      target.copy(from: views[index])
    case .received(var reader):
      let before = 4 * counts[..<index].reduce(0, +)
      do {
        try reader.skip(before, "the sections")
        try reader.read(into: target, "a section")
      } catch {
        preconditionFailure("sections were checked when they were received: \(error)")
      }
    }
  }

  /// Section `index` in memory of its own.
  public func view(_ index: Int) -> Floats {
    let target = Floats(count: counts[index])
    copy(index, into: target)
    return target
  }

  func write(to writer: inout PayloadWriter) {
    writer.write(UInt32(counts.count))
    for count in counts { writer.write(UInt32(count)) }
    for index in counts.indices {
      if case .views(let views) = source {
        writer.write(views[index])
      } else {
        writer.write(view(index))
      }
    }
  }

  init(from reader: inout PayloadReader, expected: Int) throws(WireError) {
    let count = try reader.readCount("the number of sections", limit: WireLimits.sections)
    guard count == expected else {
      throw .invalid(what: "the number of sections", value: "\(count) instead of \(expected)")
    }
    var counts: [Int] = []
    for _ in 0..<count {
      counts.append(try reader.readCount("a section's length", limit: reader.left / 4))
    }
    self.counts = counts
    source = .received(reader)
    try reader.skip(byteCount, "the sections")
  }
}
