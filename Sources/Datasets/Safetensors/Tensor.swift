/// The element types of safetensors.
public enum TensorType: String, Sendable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case boolean = "BOOL"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .boolean: 1
    }
  }
}

/// A Swift type whose memory is that of a tensor element (little endian).
public protocol TensorElement: BitwiseCopyable {
  /// The element type in the file.
  static var tensorType: TensorType { get }
}

extension Double: TensorElement {
  /// `float64`.
  public static var tensorType: TensorType { .float64 }
}

extension Float: TensorElement {
  /// `float32`.
  public static var tensorType: TensorType { .float32 }
}

extension Int64: TensorElement {
  /// `int64`.
  public static var tensorType: TensorType { .int64 }
}

extension Int32: TensorElement {
  /// `int32`.
  public static var tensorType: TensorType { .int32 }
}

extension Int16: TensorElement {
  /// `int16`.
  public static var tensorType: TensorType { .int16 }
}

extension Int8: TensorElement {
  /// `int8`.
  public static var tensorType: TensorType { .int8 }
}

extension UInt64: TensorElement {
  /// `uint64`.
  public static var tensorType: TensorType { .uint64 }
}

extension UInt32: TensorElement {
  /// `uint32`.
  public static var tensorType: TensorType { .uint32 }
}

extension UInt16: TensorElement {
  /// `uint16`.
  public static var tensorType: TensorType { .uint16 }
}

extension UInt8: TensorElement {
  /// `uint8`.
  public static var tensorType: TensorType { .uint8 }
}

/// The name, type and shape of a tensor in a safetensors file.
public struct Tensor: Sendable, Equatable {
  /// Unique in its file.
  public let name: String
  /// Type of the elements.
  public let type: TensorType
  /// Sizes of the dimensions, row-major; empty for a scalar.
  public let shape: [Int]

  /// Describes a tensor; sizes are not negative and their product fits an `Int`.
  public init(name: String, type: TensorType, shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "a tensor's sizes cannot be negative")
    self.name = name
    self.type = type
    self.shape = shape
  }

  /// How many elements it has; 1 for a scalar.
  public var elementCount: Int { shape.reduce(1, *) }
  /// How many bytes the elements take.
  public var byteCount: Int { elementCount * type.byteCount }
}
