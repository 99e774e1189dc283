import Datasets
import Foundation
import Search

/// A trained controller in a file of its own: `controller.safetensors` of a run.
///
/// A run that is given one keeps a copy in its folder and goes on with that, wherever the original
/// is by then; V itself stands in the run's checkpoints too.
struct ControllerFile {
  private let file: SafetensorsFile
  private var path: String { file.path }

  /// Opens the file `path`; throws where it is missing, torn, or no controller.
  init(path: String) throws {
    file = try SafetensorsFile(path: path)
    guard file.metadata[Self.strategy] != nil else {
      throw Failure(
        "the file holds no controller, or one of a build that did not note whose it is", at: path,
        remedy: "name `controller.safetensors` of a finished run with a searched loss",
        exitCode: .configuration)
    }
  }

  private static let (strategy, classes, candidates) = ("strategy", "classes", "candidates")

  /// What a file says of the controller in it.
  static func metadata(of strategy: Strategy) -> [String: String] {
    [
      Self.strategy: strategy.kind.name, classes: String(strategy.classes),
      candidates: strategy.candidates.map(\.description).joined(separator: ";"),
    ]
  }
}

/// Where a run finds it.
extension ControllerFile {
  /// The controller that a run in `folder` is given: the copy that it keeps, or at its beginning
  /// the file that `configuration` names; nil where it names none.
  static func find(_ configuration: RunConfiguration, in folder: RunFolder) throws -> Self? {
    let path = configuration.search.controller.file
    guard !path.isEmpty else { return nil }
    let kept = folder.givenController.path
    guard FileManager.default.fileExists(atPath: kept) else { return try Self(path: path) }
    if FileManager.default.fileExists(atPath: path),
      try SHA256.file(path) != SHA256.file(kept)
    {
      throw Failure(
        "the run began with another controller than search.controller.file holds", at: path,
        remedy: "name the file that it began with, or choose another --out",
        exitCode: .configuration)
    }
    return try Self(path: kept)
  }

  /// Keeps a copy of `given` in the claimed folder; throws where the run there began with a
  /// controller of its own, or with a file and now is given none.
  static func keep(_ given: Self?, in folder: RunFolder) throws {
    let kept = folder.givenController
    let isKept = FileManager.default.fileExists(atPath: kept.path)
    guard let given else {
      guard isKept else { return }
      throw Failure(
        "the run began with the controller of a file, and none is given", at: kept.path,
        remedy: "set search.controller.file as before (the file may be gone), or choose another"
          + " --out", exitCode: .configuration)
    }
    if isKept { return }
    guard folder.checkpointSteps().isEmpty else {
      throw Failure(
        "the run began with a controller of its own and cannot go on with that of a file",
        at: given.path, remedy: "leave search.controller.file out, or choose another --out",
        exitCode: .configuration)
    }
    try writeDurably(try Data(contentsOf: URL(fileURLWithPath: given.path)), to: kept)
  }
}

/// What it fits.
extension ControllerFile {
  /// Throws, in one sentence, where the controller is none for `strategy`: another strategy, other
  /// classes or candidates, another shape.
  func check(_ strategy: Strategy) throws {
    guard let program = strategy.controller else {
      throw refusal(
        "\(strategy.name) has no controller that a file could hold",
        "leave search.controller.file out, or choose another loss")
    }
    let kind = file.metadata[Self.strategy] ?? ""
    guard kind == strategy.kind.name else {
      throw refusal(
        "the controller is one of `\(kind)`, the run's strategy is `\(strategy.kind.name)`",
        "set loss=\(kind), or name another file")
    }
    let classes = file.metadata[Self.classes] ?? "?"
    guard classes == String(strategy.classes) else {
      throw refusal(
        "the controller was trained for labels of \(classes) classes, the data has "
          + "\(strategy.classes)", "name the controller of a run on data of the same task")
    }
    let theirs = (file.metadata[Self.candidates] ?? "").split(separator: ";").map(String.init)
    let ours = strategy.candidates.map(\.description)
    guard theirs == ours else {
      throw refusal(
        "the controller weighs \(theirs.count) losses (\(theirs.joined(separator: ", "))), "
          + "search.candidates lists \(ours.count) (\(ours.joined(separator: ", ")))",
        "set search.candidates=[\(theirs.joined(separator: ","))]")
    }
    let shapes =
      program.parameters.map { ($0.name, $0.shape) }
      + program.statistics.map { ($0.name, [$0.width]) }
    guard Set(parameterNames) == Set(shapes.map(\.0)),
      shapes.allSatisfy({ file.tensor($0.0)?.shape == $0.1 })
    else { throw otherShape() }
  }

  /// The tensors of V and its statistics: those of the file but for what updates it.
  private var parameterNames: [String] {
    file.tensors.map(\.name).filter { name in
      name != "updates" && !["optimizer.", "pending"].contains(where: name.hasPrefix)
    }
  }

  /// Copies V and its running statistics into `controller`, whose strategy was checked.
  func fill(_ controller: ControllerParameters) throws { try controller.read(from: file) }

  private func otherShape() -> Failure {
    var widths: [String] = []
    while let width = file.tensor("fc\(widths.count + 1).weight")?.shape.first {
      widths.append(String(width))
    }
    let hasBatchNorm = file.tensor("bn1.weight") != nil
    let list = widths.joined(separator: ",")
    return refusal(
      "the controller has hidden layers [\(list)] \(hasBatchNorm ? "with" : "without") batch norm, "
        + "which is not what search.controller says",
      "set search.controller.hidden=[\(list)] and search.controller.batchNorm=\(hasBatchNorm)")
  }

  private func refusal(_ what: String, _ remedy: String) -> Failure {
    Failure(what, at: path, remedy: remedy, exitCode: .configuration)
  }
}

extension ControllerParameters {
  /// Fills V and its running statistics from a checkpoint's file.
  func read(from file: SafetensorsFile) throws {
    for part in dense.parts {
      try file.read(part.name, into: dense.weights.slice(part.offset, part.width))
    }
    for statistic in statisticParts {
      try file.read(statistic.name, into: statistics.slice(statistic.offset, statistic.width))
    }
  }
}
