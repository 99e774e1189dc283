import Foundation
import Kernels
import TestSupport
import Testing

@testable import Datasets

/// A file of one header and `data` zero bytes.
private func bytes(_ header: String, data: Int) -> [UInt8] {
  let length = header.utf8.count
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
    + [UInt8](repeating: 0, count: data)
}

private func entry(_ name: String, _ type: String, _ shape: String, _ begin: Int, _ end: Int)
  -> String
{
  "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
}

@Suite struct SafetensorsFileTests {
  @Test func writtenTensorsAreReadBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.safetensors")
    let floats = (0..<1000).map { Float($0) * 0.5 }
    let writer = try SafetensorsWriter(
      path: path,
      tensors: [
        Tensor(name: "ids", type: .int64, shape: [2]),
        Tensor(name: "rows", type: .float32, shape: [10, 100]),
        Tensor(name: "bytes", type: .uint8, shape: [3]),
        Tensor(name: "empty", type: .float32, shape: [0, 5]),
        Tensor(name: "scalar", type: .float64, shape: []),
      ],
      metadata: ["meta": "{\"a\": \"é\\n\"}", "b": ""])
    try writer.write("rows", View(Array(floats[600...])), at: 600)
    try writer.write("rows", View(Array(floats[..<600])))
    try writer.write("ids", [Int64.min, 7])
    try writer.write("bytes", [1, 2, 255] as [UInt8])
    try writer.write("scalar", [Double.pi])
    try writer.finish()

    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == ["meta": "{\"a\": \"é\\n\"}", "b": ""])
    #expect(file.tensors.map(\.name) == ["ids", "scalar", "empty", "rows", "bytes"])
    #expect(try file.elements(of: "rows") == floats)
    #expect(try file.integers(of: "ids") == [.min, 7])
    #expect(try file.integers(of: "bytes") == [1, 2, 255])
    #expect(try file.doubles(of: "scalar") == [.pi])
    #expect(try file.elements(of: "empty", as: Float.self) == [])
    let part = Floats(count: 5)
    try file.read("rows", from: 995, into: part)
    #expect(part.array == Array(floats[995...]))
    #expect(throws: DataError.self) { try file.read("rows", from: 996, into: part) }
    #expect(throws: DataError.self) { try file.elements(of: "rows", as: Double.self) }
    #expect(throws: DataError.self) { try file.elements(of: "nobody", as: Double.self) }
  }

  @Test(arguments: [
    (
      "a hole",
      bytes(
        "{" + entry("a", "F32", "1", 0, 4) + "," + entry("b", "F32", "1", 8, 12) + "}", data: 12)
    ),
    (
      "overlap",
      bytes("{" + entry("a", "F32", "2", 0, 8) + "," + entry("b", "F32", "1", 4, 8) + "}", data: 8)
    ),
    (
      "a key twice",
      bytes("{" + entry("a", "F32", "1", 0, 4) + "," + entry("a", "F32", "1", 4, 8) + "}", data: 8)
    ),
    ("a short file", bytes("{" + entry("a", "F32", "2", 0, 8) + "}", data: 7)),
    ("a long file", bytes("{" + entry("a", "F32", "2", 0, 8) + "}", data: 9)),
    ("an unknown type", bytes("{" + entry("a", "F31", "2", 0, 8) + "}", data: 8)),
    ("a wrong size", bytes("{" + entry("a", "F32", "3", 0, 8) + "}", data: 8)),
    ("an overflow", bytes("{" + entry("a", "F32", "4611686018427387904,4", 0, 0) + "}", data: 0)),
    ("a negative size", bytes("{" + entry("a", "F32", "-1", 0, 4) + "}", data: 4)),
    ("a fraction", bytes("{" + entry("a", "F32", "1.0", 0, 4) + "}", data: 4)),
    ("no object", bytes("[1, 2, 3]", data: 0)),
    ("space in front", bytes(" {}      ", data: 0)),
    ("text after it", bytes("{} {}      ", data: 0)),
    ("metadata of numbers", bytes("{\"__metadata__\":{\"a\":1}}", data: 0)),
    ("no bytes", []),
    ("a length beyond the file", [255, 0, 0, 0, 0, 0, 0, 0, 123, 125]),
    ("a length beyond 100 MB", [255, 255, 255, 255, 255, 255, 255, 255, 123, 125]),
  ])
  func brokenFilesAreRefused(_ what: String, _ contents: [UInt8]) throws {
    let error = try #require(throws: DataError.self) {
      try SafetensorsFile(contents: contents, name: "x.safetensors")
    }
    #expect(error.kind == .corrupt)
    #expect(error.place == "x.safetensors")
  }

  @Test func mutatedFilesNeverCrash() throws {
    let header =
      "{\"__metadata__\":{\"m\":\"\\u00e9\"}," + entry("a", "F32", "2,3", 0, 24) + ","
      + entry("b", "I64", "", 24, 32) + "}   "
    let good = bytes(header, data: 32)
    _ = try SafetensorsFile(contents: good, name: "good")
    var refused = 0
    for trial in 0..<5000 {
      let mutated = mutate(good, trial: trial)
      do {
        let file = try SafetensorsFile(contents: mutated, name: "mutated")
        for tensor in file.tensors { _ = try? file.doubles(of: tensor.name) }
      } catch { refused += 1 }
    }
    #expect(refused > 2500)
  }

  @Test func missingFileIsNamed() throws {
    let error = try #require(throws: DataError.self) { try SafetensorsFile(path: "/nowhere/x") }
    #expect(error.kind == .missing)
    #expect(error.description.contains("/nowhere/x"))
  }

  @Test func referenceFilesOpen() throws {
    for name in try Reference.names(in: "models") {
      let reference = try Reference.load(name)
      #expect(reference.names.contains("logits_eval"))
      #expect(try reference.meta()["batch"] as? Int == reference.shape("y")?[0])
    }
  }
}
