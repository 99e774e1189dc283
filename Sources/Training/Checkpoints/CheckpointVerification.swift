import Datasets
import Foundation

/// Whether checkpoints are what their manifests say, without loading them.
public enum CheckpointVerification {
  /// What was found of one checkpoint.
  public struct Finding: Sendable, Codable, Equatable {
    /// Its folder.
    public var path: String
    /// Whether sizes, hashes and shapes are those of the manifest.
    public var isWhole: Bool
    /// What is wrong with it; nil when nothing is.
    public var problem: String?
    /// Steps applied, as its manifest says; nil when that cannot be read.
    public var step: Int?
    /// How many files it has, the manifest left out.
    public var files: Int
    /// Their size.
    public var bytes: Int
    /// The pointers of the run that name it, as `latest`.
    public var pointers: [String]
  }

  /// Checks the checkpoint in the folder `path`, or all checkpoints of the run in it, the oldest
  /// first; a folder with neither is an error.
  public static func verify(_ path: String) throws -> [Finding] {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    if let run = run(of: url) { return [try finding(url, in: run)] }
    let folder = RunFolder(url)
    let steps = folder.checkpointSteps()
    guard !steps.isEmpty else {
      throw Failure(
        "there is no checkpoint", at: path,
        remedy: "name the folder of a run, or one of the folders in its `checkpoints`",
        exitCode: .missingInput)
    }
    return try steps.map { try finding(folder.checkpoint(step: $0), in: folder) }
  }

  /// The run to which a checkpoint's folder belongs, whole or not; nil when the folder is none.
  static func run(of checkpoint: URL) -> RunFolder? {
    guard RunFolder.step(of: checkpoint) != nil,
      FileManager.default.fileExists(atPath: checkpoint.path)
    else { return nil }
    return RunFolder(checkpoint.deletingLastPathComponent().deletingLastPathComponent())
  }

  private static func finding(_ url: URL, in run: RunFolder) throws -> Finding {
    let step = RunFolder.step(of: url)
    let pointers = RunFolder.Pointer.allCases.filter { step != nil && run.step(of: $0) == step }
    var finding = Finding(
      path: url.path, isWhole: false, files: 0, bytes: 0, pointers: pointers.map(\.rawValue))
    do {
      let manifest = try CheckpointStore.verifiedManifest(at: url)
      finding.step = manifest.step
      finding.files = manifest.files.count
      finding.bytes = manifest.files.reduce(0) { $0 + $1.bytes }
      for file in manifest.files where finding.problem == nil {
        finding.problem = try shapeProblem(file, in: url)
      }
      if manifest.step != step {
        finding.problem = "its manifest is that of step \(manifest.step)"
      }
      finding.isWhole = finding.problem == nil
    } catch let damage as DamagedCheckpoint {
      finding.problem = damage.reason
    } catch let error as DataError {
      finding.problem = "\(error.place): \(error.problem)"
    }
    return finding
  }

  /// What is wrong with the tensors of a file; nil when nothing is, or nothing is known of them.
  private static func shapeProblem(_ file: CheckpointManifest.File, in url: URL) throws -> String? {
    let found = try SafetensorsFile(path: url.appendingPathComponent(file.name).path).tensors
    guard let expected = file.tensors else { return nil }
    for tensor in found where expected[tensor.name] != tensor.shape {
      let known = expected[tensor.name].map { "\($0)" } ?? "none of that name"
      return "\(file.name) has the tensor \(tensor.name) \(tensor.shape), the manifest \(known)"
    }
    let missing = Set(expected.keys).subtracting(found.map(\.name)).sorted().first
    return missing.map { "\(file.name) lacks the tensor \($0)" }
  }
}
