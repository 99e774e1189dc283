import Kernels

/// A few runs of numbers in one message: rows, dense parameters, gradients.
///
/// The sender's side refers to its memory and copies when the message is encoded. The receiver's
/// side refers to the received parts; `copy` takes a run straight from them to where it is needed,
/// on any thread. A run may be written in fewer bytes; what that loses is lost on the way only.
public struct FloatSections: Sendable {
  /// How many numbers each section has.
  public let counts: [Int]
  private let forms: [SectionForm]
  private let source: Source

  private enum Source {
    case views([Floats])
    /// Each at the beginning of a section.
    case received([PayloadReader])
  }

  /// Sections that refer to `views`, which must not change until the message is encoded; all as
  /// they are where no forms are named.
  init(_ views: [Floats], _ forms: [SectionForm]? = nil) {
    precondition(views.count <= WireLimits.sections, "a message has at most 16 sections")
    counts = views.map(\.count)
    self.forms = forms ?? views.map { _ in SectionForm() }
    precondition(self.forms.count == views.count, "a form for each section")
    source = .views(views)
  }

  /// Bytes of all numbers.
  public var byteCount: Int { zip(forms, counts).reduce(0) { $0 + $1.0.byteCount($1.1) } }

  /// Copies section `index` to `target`, which has as many numbers.
  public func copy(_ index: Int, into target: Floats) {
    precondition(target.count == counts[index], "a section is copied to a view of its length")
    switch source {
    case .views(let views):
      target.copy(from: views[index])
    case .received(let readers):
      var reader = readers[index]
      do { try forms[index].read(into: target, from: &reader) } catch {
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
        forms[index].write(views[index], to: &writer)
      } else {
        forms[index].write(view(index), to: &writer)
      }
    }
  }

  /// Reads sections that are written by these codecs.
  init(from reader: inout PayloadReader, codecs: [Codec]) throws(WireError) {
    let count = try reader.readCount("the number of sections", limit: WireLimits.sections)
    guard count == codecs.count else {
      throw .invalid(
        what: "the number of sections", value: "\(count) instead of \(codecs.count)")
    }
    var counts: [Int] = []
    for _ in 0..<count {
      counts.append(try reader.readCount("a section's length", limit: reader.left))
    }
    var forms: [SectionForm] = []
    var readers: [PayloadReader] = []
    for (count, codec) in zip(counts, codecs) {
      let form = try SectionForm(codec, from: &reader)
      forms.append(form)
      readers.append(reader)
      try reader.skip(form.byteCount(count) - form.prefixBytes, "the sections")
    }
    self.counts = counts
    self.forms = forms
    source = .received(readers)
  }
}
