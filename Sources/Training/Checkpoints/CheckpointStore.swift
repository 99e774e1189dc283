import Datasets
import Foundation

/// Saves the state of a run and finds it again.
///
/// A checkpoint is a folder that appears by one rename after all its files are on the disk, the
/// manifest last; what a crash leaves behind has no manifest or another name and is never used.
struct CheckpointStore {
  let folder: RunFolder
  let parts: RunParts
  let dataHash: String

  /// Where a run stands beside its parameters.
  struct Position: Sendable, Equatable {
    var step: Int
    var epoch: Int
    var appliedStepsOfEpoch: Int
    var earlyStopping: EarlyStopping
  }

  /// Saves the present state while training stands still, and lets the pointers name it; returns
  /// its size in bytes.
  func save(_ position: Position, as pointers: [RunFolder.Pointer]) throws -> Int {
    let capture = RunCapture(parts)
    capture.begin()
    defer { capture.release() }
    return try write(capture, position, as: pointers)
  }

  /// Writes a captured state and lets the pointers name it once it is on the disk; returns its size
  /// in bytes. The capture is closed, and what could not be finished removed, however it ends.
  func write(
    _ capture: RunCapture, _ position: Position, as pointers: [RunFolder.Pointer]
  ) throws -> Int {
    defer { capture.source.close() }
    let place = folder.checkpoint(step: position.step)
    let temporary = place.appendingPathExtension("tmp")
    try? FileManager.default.removeItem(at: temporary)
    let bytes: Int
    do {
      bytes = try write(capture, position, into: temporary)
    } catch {
      // A full disk needs the room; the checkpoints before this one are untouched.
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
    // A state saved before is moved aside first, so that a crash leaves one of the two whole.
    let replaced = place.appendingPathExtension("replaced")
    if FileManager.default.fileExists(atPath: place.path) {
      try? FileManager.default.removeItem(at: replaced)
      try Folder.rename(place.path, to: replaced.path)
    }
    try Folder.rename(temporary.path, to: place.path)
    try? FileManager.default.removeItem(at: replaced)
    for pointer in pointers { try folder.set(pointer, toStep: position.step) }
    return bytes
  }

  /// Writes all files of a checkpoint, the manifest last; returns the size of the others.
  private func write(
    _ capture: RunCapture, _ position: Position, into temporary: URL
  ) throws -> Int {
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    let tensors = try CheckpointTensors(parts: parts).write(capture, to: temporary.path)
    let files = try Self.files(in: temporary, tensors)
    let manifest = CheckpointManifest(
      step: position.step, configuration: parts.configuration.canonicalText, dataHash: dataHash,
      earlyStopping: position.earlyStopping, epoch: position.epoch,
      appliedStepsOfEpoch: position.appliedStepsOfEpoch, files: files)
    try writeDurably(
      Self.encoder.encode(manifest), to: temporary.appendingPathComponent(Self.manifestName))
    return files.reduce(0) { $0 + $1.bytes }
  }

  /// Removes the oldest checkpoints, but not the `count` newest, `others` and those that a pointer
  /// names.
  func prune(keeping count: Int, and others: Set<Int> = []) throws {
    let named = others.union(RunFolder.Pointer.allCases.compactMap { folder.step(of: $0) })
    for step in folder.checkpointSteps().dropLast(max(count, 1)) where !named.contains(step) {
      // Who is killed on the way must not leave half of it under its own name.
      let place = folder.checkpoint(step: step)
      let ending = place.appendingPathExtension("tmp")
      try? FileManager.default.removeItem(at: ending)
      try Folder.rename(place.path, to: ending.path)
      try FileManager.default.removeItem(at: ending)
    }
  }

  /// Fills the parameters from the checkpoint with `step` steps done, after checking that it is
  /// whole and belongs to this run.
  func load(step: Int) throws -> Position {
    let manifest = try verifiedManifest(step: step)
    if manifest.dataHash != dataHash {
      throw foreign(
        step,
        "it was made with other data (\(manifest.dataHash.prefix(12)), now "
          + "\(dataHash.prefix(12)))")
    }
    let present = parts.configuration.canonicalText
    if manifest.configuration != present {
      throw foreign(
        step,
        "it was made with another configuration: "
          + Self.firstDifference(manifest.configuration, present))
    }
    try CheckpointTensors(parts: parts).read(from: folder.checkpoint(step: step).path)
    parts.store.resume(at: manifest.step)
    return Position(
      step: manifest.step, epoch: manifest.epoch,
      appliedStepsOfEpoch: manifest.appliedStepsOfEpoch, earlyStopping: manifest.earlyStopping)
  }

  /// Fills the parameters from the newest checkpoint that is whole; nil when there is none at all.
  ///
  /// A damaged one is passed over with a notice as long as an older one may be whole; it is an
  /// error when all are damaged, or when one belongs to another run.
  func loadNewest(notice: (String) -> Void) throws -> Position? {
    let steps = folder.checkpointSteps()
    if steps.isEmpty, FileManager.default.fileExists(atPath: folder.checkpoints.path) {
      // A folder that cannot be listed must not pass for one without checkpoints.
      _ = try FileManager.default.contentsOfDirectory(atPath: folder.checkpoints.path)
    }
    var newest: DamagedCheckpoint?
    for step in steps.reversed() {
      do {
        return try load(step: step)
      } catch let error as DamagedCheckpoint {
        newest = newest ?? error
        guard step != steps.first else { break }
        notice("the checkpoint \(error.path) is damaged: \(error.reason); looking for an older one")
      }
    }
    if let newest { throw allDamaged(newest) }
    return nil
  }

  /// To begin again is for people to decide: the work of days may be there to be restored.
  private func allDamaged(_ newest: DamagedCheckpoint) -> Failure {
    let name = URL(fileURLWithPath: newest.path).lastPathComponent
    return Failure(
      "no checkpoint of the run is whole; the newest, \(name), is damaged: \(newest.reason)",
      at: folder.checkpoints.path,
      remedy: "restore one from a copy, or begin again: with another --out, or in this folder "
        + "after removing its checkpoints", exitCode: .badData)
  }

  private func foreign(_ step: Int, _ reason: String) -> Failure {
    Failure(
      "the checkpoint cannot be resumed: \(reason)", at: folder.checkpoint(step: step).path,
      remedy: "use the run's own configuration and data, or another --out",
      exitCode: .configuration)
  }
}

/// A checkpoint that is torn or altered.
struct DamagedCheckpoint: Explained {
  let path: String
  let reason: String
  var what: String { "the checkpoint is damaged: \(reason)" }
  var place: String? { path }
  var remedy: String { "let checkpoints/final name another checkpoint, or train again" }
  var exitCode: ExitCode { .badData }
}

extension CheckpointStore {
  static let manifestName = "MANIFEST.json"

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // An AUC of rows of one class is not a number, which JSON has no word for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// The manifest of a checkpoint whose files all have the sizes and hashes that it names.
  func verifiedManifest(step: Int) throws -> CheckpointManifest {
    try Self.verifiedManifest(at: folder.checkpoint(step: step))
  }

  /// The manifest of the checkpoint in `url`, after comparing sizes and hashes.
  static func verifiedManifest(at url: URL) throws -> CheckpointManifest {
    func damaged(_ reason: String) -> DamagedCheckpoint {
      DamagedCheckpoint(path: url.path, reason: reason)
    }
    guard let data = try? Data(contentsOf: url.appendingPathComponent(manifestName)) else {
      throw damaged("it has no \(manifestName)")
    }
    guard let manifest = try? decoder.decode(CheckpointManifest.self, from: data) else {
      throw damaged("its \(manifestName) cannot be read")
    }
    guard manifest.format == CheckpointManifest.currentFormat else {
      let known = CheckpointManifest.currentFormat
      throw damaged("its format is \(manifest.format), this build reads \(known)")
    }
    for file in manifest.files {
      guard file.name == URL(fileURLWithPath: file.name).lastPathComponent else {
        throw damaged("the manifest names a file outside the folder")
      }
      let path = url.appendingPathComponent(file.name).path
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      guard size == file.bytes else {
        throw damaged("\(file.name) has \(size ?? 0) bytes instead of \(file.bytes)")
      }
      guard try SHA256.file(path) == file.sha256 else {
        throw damaged("\(file.name) does not have the hash that the manifest names")
      }
    }
    return manifest
  }

  private static func files(
    in folder: URL, _ tensors: [String: [Tensor]]
  ) throws -> [CheckpointManifest.File] {
    try tensors.keys.sorted().map { name in
      let path = folder.appendingPathComponent(name).path
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      let shapes = (tensors[name] ?? []).map { ($0.name, $0.shape) }
      return CheckpointManifest.File(
        name: name, bytes: size ?? 0, sha256: try SHA256.file(path),
        tensors: Dictionary(uniqueKeysWithValues: shapes))
    }
  }

  private static func firstDifference(_ old: String, _ new: String) -> String {
    let (olds, news) = (old.split(separator: "\n"), new.split(separator: "\n"))
    // A key may be in one of them alone.
    if let was = olds.first(where: { !news.contains($0) }) {
      let key = was.prefix { $0 != ":" } + ":"
      return "it has `\(was)`, now \(news.first { $0.hasPrefix(key) }.map { "`\($0)`" } ?? "not")"
    }
    return news.first { !olds.contains($0) }.map { "it does not have `\($0)`" } ?? "another version"
  }
}
