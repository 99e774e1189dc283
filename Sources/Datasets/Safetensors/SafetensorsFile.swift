import Kernels

/// A safetensors file opened for reading.
///
/// Opening checks everything the format promises: header length, JSON without duplicate keys,
/// known types, sizes that fit, data covered without holes or overlap. Elements are then copied
/// out of the mapped file, so files larger than memory can be read in pieces.
public final class SafetensorsFile: Sendable {
  /// The tensors in the order of their bytes.
  public let tensors: [Tensor]
  /// The strings under `__metadata__`.
  public let metadata: [String: String]
  private let places: [String: Int]
  private let offsets: [Int]
  private let file: MappedFile
  /// The name of the file, as it was given.
  public var path: String { file.path }

  /// Opens the file `path`; throws `.missing` or, if it breaks the format, `.corrupt`.
  public convenience init(path: String) throws(DataError) {
    try self.init(file: MappedFile(path: path))
  }

  /// Reads `contents` as if they were the file `name`.
  public convenience init(contents: [UInt8], name: String) throws(DataError) {
    try self.init(file: MappedFile(contents: contents, path: name))
  }

  init(file: MappedFile) throws(DataError) {
    self.file = file
    let header: SafetensorsHeader
    let start: Int
    do {
      (header, start) = try Self.header(of: file)
    } catch {
      throw DataError(
        .corrupt, "read safetensors", at: file.path, error.text,
        remedy: "the file is torn or of another format; restore or write it again")
    }
    tensors = header.tensors
    metadata = header.metadata
    offsets = header.offsets.map { $0 + start }
    places = Dictionary(uniqueKeysWithValues: header.tensors.enumerated().map { ($1.name, $0) })
  }

  private static func header(
    of file: MappedFile
  ) throws(SafetensorsProblem) -> (SafetensorsHeader, Int) {
    guard file.count >= 10 else { throw SafetensorsProblem("it has only \(file.count) bytes") }
    let length = unsafe UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(SafetensorsHeader.maximumByteCount), length <= UInt64(file.count - 8)
    else { throw SafetensorsProblem("its header length \(length) is impossible") }
    let start = 8 + Int(length)
    let text = unsafe Array(file.slice(8..<start))
    return (try SafetensorsHeader(json: text, dataByteCount: file.count - start), start)
  }

  /// The tensor of this name, or nil.
  public func tensor(_ name: String) -> Tensor? { places[name].map { tensors[$0] } }

  /// All elements of a tensor of exactly the type `Element`.
  public func elements<Element: TensorElement>(
    of name: String, as: Element.Type = Element.self
  ) throws(DataError) -> [Element] {
    let place = try place(of: name, as: Element.tensorType)
    let count = tensors[place].elementCount
    return unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe copy(from: place, 0, count, to: buffer.baseAddress)
      initialized = count
    }
  }

  /// Copies elements from the place `first` of a tensor on until `target` is full.
  public func read<Element: TensorElement>(
    _ name: String, from first: Int = 0, into target: View<Element>
  ) throws(DataError) {
    let place = try place(of: name, as: Element.tensorType)
    let count = tensors[place].elementCount
    guard first >= 0, first <= count, target.count <= count - first else {
      throw failure(
        "the tensor \(name) has \(count) elements, \(target.count) from \(first) on were asked for")
    }
    unsafe copy(from: place, first, target.count, to: target.pointer)
  }

  /// All elements as `Double`; the tensor may have any type but half precision.
  public func doubles(of name: String) throws(DataError) -> [Double] {
    switch tensor(name)?.type {
    case .float32: try elements(of: name, as: Float.self).map(Double.init)
    case .float64, nil: try elements(of: name, as: Double.self)
    default: try integers(of: name).map(Double.init)
    }
  }

  /// All elements as `Int64`; the tensor must have an integer type.
  public func integers(of name: String) throws(DataError) -> [Int64] {
    switch tensor(name)?.type {
    case .int32: try elements(of: name, as: Int32.self).map(Int64.init)
    case .int16: try elements(of: name, as: Int16.self).map(Int64.init)
    case .int8: try elements(of: name, as: Int8.self).map(Int64.init)
    case .uint64: try elements(of: name, as: UInt64.self).map(Int64.init(bitPattern:))
    case .uint32: try elements(of: name, as: UInt32.self).map(Int64.init)
    case .uint16: try elements(of: name, as: UInt16.self).map(Int64.init)
    case .uint8: try elements(of: name, as: UInt8.self).map(Int64.init)
    default: try elements(of: name, as: Int64.self)
    }
  }

  private func place(of name: String, as type: TensorType) throws(DataError) -> Int {
    guard let place = places[name] else { throw failure("it has no tensor \(name)") }
    guard tensors[place].type == type else {
      throw failure(
        "the tensor \(name) is \(tensors[place].type.rawValue), \(type.rawValue) was expected")
    }
    return place
  }

  private func failure(_ problem: String) -> DataError {
    DataError(
      .corrupt, "read safetensors", at: file.path, problem,
      remedy: "check that this file was meant")
  }

  /// Copies `count` elements that lie inside the tensor at `place`; the file may be unaligned.
  private func copy<Element: TensorElement>(
    from place: Int, _ first: Int, _ count: Int, to target: UnsafeMutablePointer<Element>?
  ) {
    guard count > 0, let target = unsafe target else { return }
    let stride = MemoryLayout<Element>.stride
    let start = offsets[place] + first * stride
    let source = unsafe file.slice(start..<start + count * stride)
    unsafe UnsafeMutableRawBufferPointer(start: target, count: source.count).copyMemory(
      from: source)
  }
}
