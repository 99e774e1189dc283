import Kernels
import Synchronization

/// Writes a safetensors file whose tensors are declared first and then filled in any order, in
/// pieces, by any threads.
///
/// The bytes depend on the declared tensors, the metadata and the elements alone.
public final class SafetensorsWriter: Sendable {
  /// The tensors in the order of their bytes in the file.
  public let tensors: [Tensor]
  private let offsets: [Int]
  private let places: [String: Int]
  private let file: PosixFile
  private let missing: Mutex<[Int]>

  /// Creates the file and writes its header. Names must differ and not be `__metadata__`.
  public init(
    path: String, tensors: [Tensor], metadata: [String: String] = [:]
  ) throws(DataError) {
    let header = SafetensorsHeader(tensors: tensors, metadata: metadata)
    precondition(
      Set(tensors.map(\.name)).count == tensors.count
        && !tensors.contains { $0.name == "__metadata__" }, "tensor names must be unique")
    let encoded = header.encoded()
    file = try PosixFile(creating: path)
    try writeBytes(of: encoded, to: file)
    self.tensors = header.tensors
    offsets = header.offsets.map { $0 + encoded.count }
    places = Dictionary(uniqueKeysWithValues: header.tensors.enumerated().map { ($1.name, $0) })
    missing = Mutex(header.tensors.map(\.elementCount))
  }

  /// Writes consecutive elements of a declared tensor, the first of them at place `first`. Each
  /// element is written once.
  public func write<Element: TensorElement>(
    _ name: String, _ elements: View<Element>, at first: Int = 0
  ) throws(DataError) {
    try unsafe write(
      name, Element.tensorType,
      UnsafeRawBufferPointer(UnsafeBufferPointer(start: elements.pointer, count: elements.count)),
      at: first)
  }

  /// Writes consecutive elements of a declared tensor, the first of them at place `first`.
  public func write<Element: TensorElement>(
    _ name: String, _ elements: [Element], at first: Int = 0
  ) throws(DataError) {
    // `withUnsafeBytes` rethrows untyped, so the error travels beside it.
    var failure: DataError?
    unsafe elements.withUnsafeBytes { bytes in
      do throws(DataError) { try unsafe write(name, Element.tensorType, bytes, at: first) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Checks that every element was written and waits until the file is on the disk.
  public func finish() throws(DataError) {
    let missing = missing.withLock { $0 }
    precondition(
      missing.allSatisfy { $0 == 0 },
      "a safetensors file was finished before all elements were written once")
    try file.synchronise()
  }

  private func write(
    _ name: String, _ type: TensorType, _ bytes: UnsafeRawBufferPointer, at first: Int
  ) throws(DataError) {
    guard let place = places[name] else { preconditionFailure("no tensor \(name) was declared") }
    let count = bytes.count / type.byteCount
    precondition(tensors[place].type == type, "the tensor \(name) was declared with another type")
    precondition(
      first >= 0 && first <= tensors[place].elementCount - count,
      "elements outside the tensor \(name)")
    try unsafe file.write(bytes, at: offsets[place] + first * type.byteCount)
    missing.withLock { $0[place] -= count }
  }
}

/// Appends an array's memory to a file, keeping the error's type.
func writeBytes<Element: BitwiseCopyable>(
  of elements: [Element], to file: PosixFile
) throws(DataError) {
  var failure: DataError?
  unsafe elements.withUnsafeBytes { bytes in
    do throws(DataError) { try unsafe file.append(bytes) } catch { failure = error }
  }
  if let failure { throw failure }
}
