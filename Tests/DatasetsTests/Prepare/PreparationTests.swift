import Foundation
import Glibc
import TestSupport
import Testing

@testable import Datasets

@Suite struct PreparationTests {
  private func prepare(
    _ inputs: [String], to name: String, threads: Int = 2, in folder: TemporaryFolder,
    _ adjust: (inout Preparation) -> Void = { _ in }
  ) throws -> (Manifest, [String: Data]) {
    var preparation = Preparation(inputs: inputs, output: folder.path(name))
    preparation.minimumCount = 3
    preparation.seed = 5
    preparation.groupRows = 256
    preparation.threads = threads
    preparation.blockByteCount = 1 << 14
    adjust(&preparation)
    let manifest = try preparation.run()
    return (manifest, try SampleTable.contents(folder.path(name)))
  }

  @Test func outputIsTheSameHoweverTheInputComes() throws {
    let folder = try TemporaryFolder()
    let lines = SampleTable.lines(3000)
    let plain = try SampleTable.write(lines, to: "all.tsv", in: folder)
    let (manifest, expected) = try prepare([plain], to: "plain", threads: 1, in: folder)
    #expect(manifest.rows == 3000)
    #expect(expected.keys.sorted().first == "test-00000.shard")
    try Dataset(folder: folder.path("plain")).verify()

    for (name, threads, blockByteCount) in [
      ("t2", 2, 1 << 14), ("t3", 3, 1 << 20), ("t5", 5, 4000),
    ] {
      let other = try prepare([plain], to: name, threads: threads, in: folder) {
        $0.blockByteCount = blockByteCount
      }
      #expect(other.1 == expected, "\(threads) threads")
      #expect(other.0 == manifest)
    }

    let parts = [
      try SampleTable.write(Array(lines[..<1111]), to: "part1.tsv", in: folder),
      try SampleTable.write(Array(lines[1111..<1112]), to: "part2.tsv", in: folder),
      try SampleTable.write(Array(lines[1112...]), to: "part3.tsv", in: folder),
    ]
    #expect(try prepare(parts, to: "parts", in: folder).1 == expected)
    for part in parts { try run("gzip", "-k", part) }
    let packed = parts.map { "\($0).gz" }
    #expect(try prepare(packed, to: "packed", in: folder).1 == expected)
    #expect(try prepare([packed[0], parts[1], packed[2]], to: "mixed", in: folder).1 == expected)

    try FileManager.default.createDirectory(
      atPath: folder.path("folder"), withIntermediateDirectories: true)
    for part in parts { try run("mv", part, folder.path("folder")) }
    #expect(try prepare([folder.path("folder")], to: "fromFolder", in: folder).1 == expected)

    // Windows line ends and a missing last line feed change nothing.
    let windows = Data(lines.joined(separator: "\r\n").utf8)
    try windows.write(to: URL(fileURLWithPath: folder.path("windows.tsv")))
    #expect(try prepare([folder.path("windows.tsv")], to: "windows", in: folder).1 == expected)
  }

  /// Labels of more classes than two come back, and the manifest counts them.
  @Test func labelsMayBeClasses() throws {
    let folder = try TemporaryFolder()
    let lines = SampleTable.lines(1000).enumerated().map { row, line in
      "\(row * row % 5)" + line.dropFirst()
    }
    let plain = try SampleTable.write(lines, to: "all.tsv", in: folder)
    let (manifest, _) = try prepare([plain], to: "k", in: folder) { $0.classes = 5 }
    #expect(manifest.classCount == 5 && manifest.positives == 400)
    // Squares end in 0, 1 or 4 modulo 5.
    #expect(manifest.labelCounts == [200, 400, 0, 0, 400])
    let dataset = try Dataset(folder: folder.path("k"))
    try dataset.verify()
    #expect(dataset.classes == 5 && dataset.manifest == manifest)
    for split in manifest.splits {
      let reader = SliceReader(
        dataset: dataset, split: split.split, batchSize: 1000, slices: 1, seed: 0,
        order: .sequential)
      let rows = SliceRows(capacity: 1000, columnCount: 39)
      try reader.read(epoch: 0, step: 0, slice: 0, into: rows)
      let counts = (0..<5).map { label in
        (0..<rows.count).count { rows.labels[$0] == Float(label) }
      }
      #expect(counts == split.labelCounts)
    }
    #expect(throws: DataError.self) {
      try prepare([plain], to: "narrow", in: folder) { $0.classes = 4 }
    }
  }

  @Test(arguments: [false, true])
  func pipesAreSpooled(isPacked: Bool) throws {
    let folder = try TemporaryFolder()
    let plain = try SampleTable.write(SampleTable.lines(2000), to: "all.tsv", in: folder)
    let expected = try prepare([plain], to: "plain", in: folder)
    if isPacked { try run("gzip", plain) }
    let source = isPacked ? "\(plain).gz" : plain
    let pipe = folder.path("pipe")
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "cat '\(source)' > '\(pipe)'"]
    try writer.run()
    let actual = try prepare([pipe], to: "piped", in: folder)
    writer.waitUntilExit()
    #expect(actual.1 == expected.1)
    #expect(actual.0.dataHash == expected.0.dataHash)
  }

  @Test(
    arguments: [
      (10, "0\t1\t2", nil, "3 columns instead of 40"),
      (1, "", nil, "the line is empty"),
      (7, "2" + String(repeating: "\t", count: 39), "label", "'2' is neither 0 nor 1"),
      (2000, "1\t\t\tx7" + String(repeating: "\t", count: 36), "I3", "'x7' is not an integer"),
      (5, "1\t12345678901234567" + String(repeating: "\t", count: 38), "I1", "is not an integer"),
      (5, "1\t-" + String(repeating: "\t", count: 38), "I1", "'-' is not an integer"),
      (5, "1\t1.5" + String(repeating: "\t", count: 38), "I1", "'1.5' is not an integer"),
      (9, "1" + String(repeating: "\t", count: 40), nil, "41 columns instead of 40"),
    ] as [(Int, String, String?, String)])
  func badLinesAreNamed(_ number: Int, _ line: String, _ field: String?, _ problem: String) throws {
    let folder = try TemporaryFolder()
    var lines = SampleTable.lines(2500)
    lines.insert(line, at: number - 1)
    // A later bad line must not win, whichever thread meets it first.
    lines.insert("bad", at: 2300)
    let path = try SampleTable.write(lines, to: "raw.tsv", in: folder)
    let error = try #require(throws: DataError.self) {
      try prepare([path], to: "data", threads: 3, in: folder)
    }
    #expect(error.kind == .malformed)
    #expect(error.place == "\(path):\(number)")
    #expect(error.problem.contains(problem))
    if let field { #expect(error.problem.contains("field \(field)")) }
    #expect(error.remedy.contains("--max-bad-rows"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["raw.tsv"])
  }

  @Test func badLinesAreSetAside() throws {
    let folder = try TemporaryFolder()
    let good = SampleTable.lines(2500)
    let clean = try prepare(
      [try SampleTable.write(good, to: "good.tsv", in: folder)], to: "clean", in: folder)
    var lines = good
    lines.insert("0\t1\t2", at: 2400)
    lines.insert("nothing", at: 50)
    let path = try SampleTable.write(lines, to: "raw.tsv", in: folder)
    let (manifest, files) = try prepare([path], to: "data", threads: 3, in: folder) {
      $0.maximumBadRows = 2
    }
    #expect(manifest.badRows == 2)
    #expect(manifest.rows == 2500)
    #expect(files == clean.1)
    let quarantine = try String(
      contentsOfFile: folder.path("data/bad-rows.tsv"), encoding: .utf8)
    #expect(
      quarantine == """
        \(path):51\t1 columns instead of 40\tnothing
        \(path):2402\t3 columns instead of 40\t0\t1\t2

        """)
    let error = try #require(throws: DataError.self) {
      try prepare([path], to: "other", threads: 3, in: folder) { $0.maximumBadRows = 1 }
    }
    #expect(error.place == "\(path):2402")
  }

  @Test func existingFoldersAreKept() throws {
    let folder = try TemporaryFolder()
    let path = try SampleTable.write(SampleTable.lines(100), to: "raw.tsv", in: folder)
    _ = try prepare([path], to: "data", in: folder)
    #expect(
      try #require(throws: DataError.self) {
        try prepare([path], to: "data", in: folder)
      }.kind == .exists)
    _ = try prepare([path], to: "data", in: folder) { $0.overwrite = true }
    // Even with leave to overwrite, a folder that holds something else stays.
    try FileManager.default.createDirectory(
      atPath: folder.path("home"), withIntermediateDirectories: true)
    _ = try SampleTable.write(["x"], to: "home/precious", in: folder)
    #expect(
      try #require(throws: DataError.self) {
        try prepare([path], to: "home", in: folder) { $0.overwrite = true }
      }.kind == .exists)
  }

  @Test func missingAndEmptyInputsAreNamed() throws {
    let folder = try TemporaryFolder()
    #expect(
      try #require(throws: DataError.self) {
        try prepare([folder.path("nobody.tsv")], to: "data", in: folder)
      }.kind == .missing)
    try Data().write(to: URL(fileURLWithPath: folder.path("empty.tsv")))
    #expect(
      try #require(throws: DataError.self) {
        try prepare([folder.path("empty.tsv")], to: "data", in: folder)
      }.problem == "there are no rows")
    try FileManager.default.createDirectory(
      atPath: folder.path("folder"), withIntermediateDirectories: false)
    let error = try #require(throws: DataError.self) {
      try prepare([folder.path("folder")], to: "data", in: folder)
    }
    #expect(error.problem == "there are no rows" && error.place == folder.path("folder"))
  }

  @Test func progressReachesTheEnd() throws {
    let folder = try TemporaryFolder()
    let path = try SampleTable.write(SampleTable.lines(2000), to: "raw.tsv", in: folder)
    let calls = Calls()
    var preparation = Preparation(inputs: [path], output: folder.path("data"))
    preparation.threads = 2
    preparation.blockByteCount = 1 << 14
    _ = try preparation.run { calls.add($0) }
    for phase in [Preparation.Progress.Phase.counting, .encoding] {
      let seen = calls.all.filter { $0.phase == phase }
      #expect(seen.count > 10)
      #expect(seen.last?.rows == 2000)
      #expect(seen.last?.bytes == seen.last?.totalBytes)
      #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.rows < $1.rows })
    }
  }
}

private final class Calls: @unchecked Sendable {
  private let lock = NSLock()
  private var list: [Preparation.Progress] = []
  func add(_ progress: Preparation.Progress) { lock.withLock { list.append(progress) } }
  var all: [Preparation.Progress] { lock.withLock { list } }
}
