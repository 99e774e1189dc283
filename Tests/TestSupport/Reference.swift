import Datasets
import Foundation

/// Golden numbers of an independent implementation: one safetensors file with its parameters.
///
/// The folder is taken from the environment variable `AUTOLOSS_REFERENCE`, else it is the copy in
/// `Tests/Fixtures/reference`. Sizes and hyper-parameters come from the files themselves.
public struct Reference: Sendable {
  /// The file, for tests that want exact types.
  public let file: SafetensorsFile
  /// The name it was loaded by, for messages.
  public let name: String
  /// The hyper-parameters as JSON text.
  public let metaText: String

  /// Loads "models/dfm", "losses_binary" and the like.
  public static func load(_ name: String) throws -> Reference {
    let file = try SafetensorsFile(path: url("\(name).safetensors").path)
    return Reference(file: file, name: name, metaText: file.metadata["meta"] ?? "{}")
  }

  /// The place of a file in the reference folder.
  public static func url(_ path: String) -> URL {
    folder.appendingPathComponent(path)
  }

  /// The reference folder.
  public static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["AUTOLOSS_REFERENCE"], !path.isEmpty {
      return URL(fileURLWithPath: path)
    }
    return checkout.appendingPathComponent("Tests/Fixtures/reference")
  }()

  /// Names ("models/dfm") of the files of a subfolder whose name starts with `prefix`, sorted.
  public static func names(in subfolder: String, prefix: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url(subfolder).path)
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".safetensors") }
      .map { "\(subfolder)/\($0.dropLast(".safetensors".count))" }
      .sorted()
  }

  /// The hyper-parameters as a tree of dictionaries, arrays, numbers and strings.
  public func meta() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(metaText.utf8))
    return value as? [String: Any] ?? [:]
  }

  /// The hyper-parameters decoded as `Value`.
  public func meta<Value: Decodable>(as: Value.Type) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(metaText.utf8))
  }

  /// Names of all tensors, sorted.
  public var names: [String] { file.tensors.map(\.name).sorted() }

  /// The shape of a tensor, or nil where there is none of this name.
  public func shape(_ name: String) -> [Int]? { file.tensor(name)?.shape }

  /// A tensor as single-precision numbers; doubles and integers are rounded.
  public func floats(_ name: String) throws -> [Float] {
    if file.tensor(name)?.type == .float32 { return try file.elements(of: name) }
    return try file.doubles(of: name).map { Float($0) }
  }

  /// A tensor as double-precision numbers, whatever its type.
  public func doubles(_ name: String) throws -> [Double] { try file.doubles(of: name) }

  /// An integer tensor.
  public func integers(_ name: String) throws -> [Int64] { try file.integers(of: name) }
}

/// The root of the checkout these tests were built from.
public let checkout: URL = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
