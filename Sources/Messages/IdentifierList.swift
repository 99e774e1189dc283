import Kernels

/// Row ids on the wire: ascending, as differences in groups of seven bits.
///
/// About 1.1 bytes an id for the ids of a CTR batch. Both sides keep the order, so values that
/// follow later need no ids.
enum IdentifierList {
  /// Writes `ids`, which ascend strictly.
  static func write(_ ids: View<UInt32>, to writer: inout PayloadWriter) {
    writer.write(UInt32(ids.count))
    var previous: UInt32 = 0
    for index in 0..<ids.count {
      let id = ids[index]
      precondition(index == 0 || id > previous, "pulled ids ascend strictly")
      writer.write(variable: id - previous)
      previous = id
    }
  }

  /// Reads ids that ascend strictly.
  static func read(from reader: inout PayloadReader) throws(WireError) -> View<UInt32> {
    // Each id takes at least one byte, which bounds the memory by what has arrived.
    let count = try reader.readCount("the number of ids", limit: reader.left)
    let ids = View<UInt32>(count: count)
    var previous: UInt32 = 0
    for index in 0..<count {
      let difference = try reader.readVariable("an id")
      let (id, overflow) = previous.addingReportingOverflow(difference)
      guard !overflow, index == 0 || difference > 0 else {
        throw .invalid(what: "an id", value: "\(previous) + \(difference)")
      }
      ids[index] = id
      previous = id
    }
    return ids
  }
}
