/// The head of a safetensors file: what the tensors are and where their bytes lie.
///
/// Format: 8 bytes of header length N (little endian), N bytes of JSON padded with spaces, then
/// the data. Source: github.com/huggingface/safetensors, README "Format".
struct SafetensorsHeader {
  static let maximumByteCount = 100_000_000

  var metadata: [String: String] = [:]
  /// The tensors in the order of their bytes.
  var tensors: [Tensor] = []
  /// Where the bytes of each tensor begin, from the end of the header.
  var offsets: [Int] = []
  /// Bytes of data after the header.
  var dataByteCount = 0

  /// Lays the tensors out: larger elements first, then by name, as the reference writer does.
  init(tensors: [Tensor], metadata: [String: String]) {
    self.metadata = metadata
    self.tensors = tensors.sorted {
      ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name)
    }
    for tensor in self.tensors {
      offsets.append(dataByteCount)
      dataByteCount += tensor.byteCount
    }
  }

  /// The header's bytes with length in front, padded so that the data begin at a multiple of 64.
  func encoded() -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        StrictJSON.quoted($0.key) + ":" + StrictJSON.quoted($0.value)
      }
      members.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
    }
    for (tensor, offset) in zip(tensors, offsets) {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        StrictJSON.quoted(tensor.name)
          + ":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + tensor.byteCount)]}")
    }
    var text = Array(("{" + members.joined(separator: ",") + "}").utf8)
    while (text.count + 8) % 64 != 0 { text.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  /// Reads a header's JSON; `dataByteCount` is what the file holds after it.
  init(json text: [UInt8], dataByteCount: Int) throws(SafetensorsProblem) {
    let root: StrictJSON
    do { root = try StrictJSON.parse(text) } catch {
      throw SafetensorsProblem("the header is not JSON: \(error.problem) at byte \(error.offset)")
    }
    guard text.first == UInt8(ascii: "{"), case .object(let members) = root else {
      throw SafetensorsProblem("the header is not a JSON object")
    }
    self.dataByteCount = dataByteCount
    var found: [(tensor: Tensor, range: Range<Int>)] = []
    for member in members {
      if member.key == "__metadata__" {
        metadata = try Self.strings(member.value)
      } else {
        found.append(try Self.tensor(member.key, member.value))
      }
    }
    // Empty tensors share their offset with a neighbour: order by both ends.
    found.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for (tensor, range) in found {
      guard range.lowerBound == end else {
        let what = range.lowerBound < end ? "overlaps another" : "follows a hole"
        throw SafetensorsProblem("the tensor \(tensor.name) \(what) at byte \(range.lowerBound)")
      }
      end = range.upperBound
      tensors.append(tensor)
      offsets.append(range.lowerBound)
    }
    guard end == dataByteCount else {
      throw SafetensorsProblem(
        "the tensors take \(end) bytes but the file has \(dataByteCount) after its header")
    }
  }

  private static func strings(
    _ value: StrictJSON
  ) throws(SafetensorsProblem) -> [String: String] {
    guard case .object(let members) = value else {
      throw SafetensorsProblem("__metadata__ is not an object")
    }
    var result: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw SafetensorsProblem("the metadata \(member.key) is not a string")
      }
      result[member.key] = text
    }
    return result
  }

  private static func tensor(
    _ name: String, _ value: StrictJSON
  ) throws(SafetensorsProblem) -> (Tensor, Range<Int>) {
    guard case .object(let members) = value, members.count == 3 else {
      throw SafetensorsProblem("the tensor \(name) is not described by three members")
    }
    var type: TensorType?
    var shape: [Int]?
    var ends: [Int]?
    for member in members {
      switch (member.key, member.value) {
      case ("dtype", .string(let text)): type = TensorType(rawValue: text)
      case ("shape", .array(let sizes)): shape = naturals(sizes)
      case ("data_offsets", .array(let offsets)): ends = naturals(offsets)
      default: break
      }
    }
    guard let type else {
      throw SafetensorsProblem("the tensor \(name) has no dtype or an unknown one")
    }
    guard let shape else { throw SafetensorsProblem("the tensor \(name) has no proper shape") }
    guard let ends, ends.count == 2, ends[0] <= ends[1] else {
      throw SafetensorsProblem("the tensor \(name) has no proper data_offsets")
    }
    var bytes = type.byteCount
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow else { throw SafetensorsProblem("the tensor \(name) is too large") }
      bytes = product
    }
    guard bytes == ends[1] - ends[0] else {
      throw SafetensorsProblem(
        "the tensor \(name) needs \(bytes) bytes but its data_offsets give \(ends[1] - ends[0])")
    }
    return (Tensor(name: name, type: type, shape: shape), ends[0]..<ends[1])
  }

  private static func naturals(_ values: [StrictJSON]) -> [Int]? {
    var result: [Int] = []
    for value in values {
      guard case .integer(let number) = value, number >= 0 else { return nil }
      result.append(number)
    }
    return result
  }
}

/// What is wrong with a safetensors file, without the place.
struct SafetensorsProblem: Error {
  let text: String
  init(_ text: String) { self.text = text }
}
