import Datasets
import Foundation

/// The folder of one run and the names of what lies in it.
public struct RunFolder: Sendable, Equatable {
  /// The folder itself.
  public let url: URL

  /// The folder at `url`, which need not exist yet.
  public init(_ url: URL) { self.url = url.standardizedFileURL }

  /// The configuration that reproduces the run.
  public var configuration: URL { url.appendingPathComponent("config.resolved.yaml") }
  /// One JSON object per event.
  public var metrics: URL { url.appendingPathComponent("metrics.jsonl") }
  /// Versions, processor and seeds of the run.
  public var environment: URL { url.appendingPathComponent("env.json") }
  /// Of a coordinator: the run's number and how often it was started.
  var job: URL { url.appendingPathComponent("job.json") }
  /// The controller of the model that the finished run stands for, for other runs to take.
  public var controller: URL { url.appendingPathComponent(CheckpointTensors.controllerFile) }
  /// The controller that the run was given, where it was given one.
  var givenController: URL { url.appendingPathComponent("controller.given.safetensors") }
  /// The folder of checkpoints and pointers to them.
  public var checkpoints: URL { url.appendingPathComponent("checkpoints") }

  /// The folder of the checkpoint with `step` steps done.
  func checkpoint(step: Int) -> URL {
    let digits = String(step)
    let padding = String(repeating: "0", count: max(0, 9 - digits.count))
    return checkpoints.appendingPathComponent("step-\(padding)\(digits)")
  }

  /// The step of the checkpoint whose folder this is, going by its name.
  static func step(of checkpoint: URL) -> Int? { step(named: checkpoint.lastPathComponent) }

  private static func step(named name: String) -> Int? {
    name.hasPrefix("step-") ? Int(name.dropFirst("step-".count)) : nil
  }

  /// The steps of the checkpoint folders present, ascending.
  func checkpointSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)) ?? []
    return names.compactMap(Self.step(named:)).sorted()
  }

  /// True when a run has been started here.
  var isUsed: Bool {
    FileManager.default.fileExists(atPath: configuration.path) || !checkpointSteps().isEmpty
  }
}

extension RunFolder {
  /// A named way to a checkpoint: a small text file that holds its folder's name.
  public enum Pointer: String, Sendable, CaseIterable {
    /// The newest state, from which a run resumes.
    case latest
    /// The state that did best on the validation rows.
    case best
    /// The model that the finished run stands for.
    case final
  }

  /// The step that a pointer names, or nil when it does not exist.
  func step(of pointer: Pointer) -> Int? {
    let url = checkpoints.appendingPathComponent(pointer.rawValue)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
    let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return Self.step(named: name)
  }

  /// Makes a pointer name a checkpoint; after a crash it names the old one or the new one.
  func set(_ pointer: Pointer, toStep step: Int) throws {
    let name = checkpoint(step: step).lastPathComponent
    try writeDurably(
      Data("\(name)\n".utf8), to: checkpoints.appendingPathComponent(pointer.rawValue))
  }

  /// Removes a pointer if it is there.
  func remove(_ pointer: Pointer) throws {
    let url = checkpoints.appendingPathComponent(pointer.rawValue)
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    try FileManager.default.removeItem(at: url)
  }

  /// Lays the controller of the checkpoint with `step` steps done, if it has one, beside the
  /// checkpoints.
  func publishController(step: Int) throws {
    let file = checkpoint(step: step).appendingPathComponent(CheckpointTensors.controllerFile)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    try writeDurably(try Data(contentsOf: file), to: controller)
  }

  /// Takes away what `publishController` laid there.
  func withdrawController() throws {
    guard FileManager.default.fileExists(atPath: controller.path) else { return }
    try FileManager.default.removeItem(at: controller)
  }

  /// Creates the folders.
  func create() throws {
    do {
      try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        "the run folder cannot be created: \(error.localizedDescription)", at: url.path,
        remedy: "choose another folder with --out", exitCode: .cannotCreate)
    }
  }
}

/// Replaces a small file so that a crash leaves the old contents or the new.
func writeDurably(_ data: Data, to url: URL) throws {
  let temporary = url.appendingPathExtension("tmp")
  try data.write(to: temporary)
  try PosixFile(reading: temporary.path).synchronise()
  try Folder.rename(temporary.path, to: url.path)
}
