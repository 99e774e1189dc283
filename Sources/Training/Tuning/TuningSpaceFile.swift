import Foundation
import Objectives
import Optimization
import Search
import Yams

/// Reads the YAML file that says what a search varies: a configuration with ranges in place of
/// values; docs/tuning.md explains it.
public enum TuningSpaceFile {
  /// Throws with code 66 when the file is missing, else with 78 and `file:line:column`.
  public static func read(_ path: String) throws(ConfigurationError) -> TuningSpace {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ConfigurationError(
        key: nil, problem: "no such search space", place: path,
        remedy: "check the path after --space", exitCode: .missingInput)
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ConfigurationError(
        key: nil, problem: "the search space is not readable UTF-8 text", place: path,
        remedy: "check the path after --space")
    }
    return try space(yaml: text, named: path)
  }

  /// The space that YAML text describes; `name` stands in errors.
  static func space(yaml: String, named name: String) throws(ConfigurationError) -> TuningSpace {
    let root = try YAMLText.compose(yaml, named: name)
    guard case .mapping(let mapping) = root, !mapping.isEmpty else {
      throw ConfigurationError(
        key: nil, problem: "expected keys with ranges, found \(root?.found ?? "nothing")",
        place: "\(name):1:1", remedy: example)
    }
    var entries: [(TuningEntry, TuningRange)] = []
    try take(mapping, section: "", file: name, into: &entries)
    let space = TuningSpace(entries.map { .init($0.key.path, $1) })
    if space.hasWeights, let (entry, _) = entries.first(where: { $0.0.key.path == candidates }) {
      throw entry.error(
        "the simplex of `loss` says which losses there are",
        remedy: "leave search.candidates out of the search space")
    }
    return space
  }

  fileprivate static let candidates = "search.candidates"

  private static let example = "write for example `train.learningRate: {log-uniform: [1e-4, 1e-2]}`"

  private static func take(
    _ mapping: Node.Mapping, section: String, file: String,
    into entries: inout [(TuningEntry, TuningRange)]
  ) throws(ConfigurationError) {
    for (keyNode, node) in mapping {
      let name = keyNode.scalar?.string ?? keyNode.found
      let path = section.isEmpty ? name : "\(section).\(name)"
      if let key = ConfigurationKey.named(path) {
        let entry = TuningEntry(key: key, node: node, file: file)
        if entries.contains(where: { $0.0.key.path == path }) {
          throw entry.error("the key is given twice", remedy: "give it once")
        }
        entries.append((entry, try entry.range()))
      } else if !ConfigurationKey.children(of: path).isEmpty, case .mapping(let inner) = node {
        try take(inner, section: path, file: file, into: &entries)
      } else {
        let mark = keyNode.mark
        throw ConfigurationResolver.unknown(
          path, at: .file(file, line: mark?.line ?? 1, column: mark?.column ?? 1))
      }
    }
  }
}

/// A key of that file and what stands there.
private struct TuningEntry {
  let key: ConfigurationKey
  let node: Node
  let file: String

  private enum Kind: String, CaseIterable {
    case uniform, integer, choice, simplex
    case logUniform = "log-uniform"
    case logInteger = "log-integer"
  }

  func error(
    _ problem: String, at node: Node? = nil, remedy: String
  ) -> ConfigurationError {
    let mark = (node ?? self.node).mark
    return ConfigurationError(
      key: key.path, problem: problem, place: "\(file):\(mark?.line ?? 1):\(mark?.column ?? 1)",
      remedy: remedy)
  }

  func range() throws(ConfigurationError) -> TuningRange {
    guard key.reach == .model || key.reach == .selection, key.path != "train.seed" else {
      throw error(
        "a search cannot vary it: it is not part of what a model depends on",
        remedy: "take it out of the search space, and set it for all runs with --set")
    }
    guard key.path != "train.batchSize" else {
      throw error(
        "a search cannot vary it: budgets are steps, so trials would see different numbers of rows",
        remedy: "take it out of the search space, and set it for all runs with --set")
    }
    guard case .mapping(let mapping) = node, mapping.count == 1, let (name, value) = mapping.first,
      let kind = name.scalar.flatMap({ Kind(rawValue: $0.string) })
    else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(
        "expected a range, found \(node.found)",
        remedy: "write one of \(kinds), as in"
          + " `\(key.path): {\(kinds.prefix { $0 != "," }): [0, 1]}`")
    }
    guard case .sequence(let nodes) = value else {
      throw error("expected a list, found \(value.found)", at: value, remedy: remedy(kind))
    }
    let range = try range(kind, Array(nodes), value)
    try check(range, value)
    return range
  }

  private func remedy(_ kind: Kind) -> String {
    switch kind {
    case .uniform, .logUniform: "write the least and the largest number, as in [0.1, 0.5]"
    case .integer, .logInteger: "write the least and the largest whole number, as in [1, 8]"
    case .choice: "write two or more values, as in [8, 16, 32]"
    case .simplex: "write two or more losses, as in [focal, ce]"
    }
  }

  private func range(
    _ kind: Kind, _ nodes: [Node], _ list: Node
  ) throws(ConfigurationError) -> TuningRange {
    let texts = nodes.compactMap(Self.text)
    let numbers = nodes.compactMap { $0.plainText.flatMap { Double($0) } }.filter(\.isFinite)
    // What is larger has no exact place among the coordinates.
    let whole = nodes.compactMap { $0.plainText.flatMap { Int($0) } }.filter {
      (-1 << 52...1 << 52).contains($0)
    }
    switch kind {
    case .uniform where Self.isPair(numbers, of: nodes): return .uniform(numbers[0], numbers[1])
    case .logUniform where Self.isPair(numbers, of: nodes) && numbers[0] > 0:
      return .logUniform(numbers[0], numbers[1])
    case .integer where Self.isPair(whole, of: nodes): return .integer(whole[0]...whole[1])
    case .logInteger where Self.isPair(whole, of: nodes) && whole[0] > 0:
      return .logInteger(whole[0]...whole[1])
    case .choice where texts.count == nodes.count && texts.count > 1 && Self.differ(texts):
      return .choice(texts)
    case .simplex where texts.count == nodes.count && texts.count > 1: return .simplex(texts)
    case .logUniform, .logInteger:
      throw error("expected two numbers above 0, ascending", at: list, remedy: remedy(kind))
    case .uniform, .integer:
      throw error("expected two numbers, ascending", at: list, remedy: remedy(kind))
    case .choice, .simplex:
      throw error("expected different values", at: list, remedy: remedy(kind))
    }
  }

  private static func isPair<Number: Comparable>(_ numbers: [Number], of nodes: [Node]) -> Bool {
    nodes.count == 2 && numbers.count == 2 && numbers[0] < numbers[1]
  }

  private static func differ(_ texts: [String]) -> Bool { Set(texts).count == texts.count }

  /// A value as the command line would have it; lists with commas.
  private static func text(_ node: Node) -> String? {
    guard case .sequence(let nodes) = node else { return node.isEmpty ? nil : node.scalar?.string }
    let items = nodes.compactMap(\.scalar?.string)
    return items.count == nodes.count ? "[\(items.joined(separator: ","))]" : nil
  }

  /// Every value must be one that the key takes.
  private func check(_ range: TuningRange, _ list: Node) throws(ConfigurationError) {
    switch range {
    case .simplex(let losses): try check(weights: losses, list)
    case .choice(let texts):
      for text in texts { try check(text, list) }
    case .uniform, .logUniform: try check(range, whole: false, list)
    case .integer, .logInteger: try check(range, whole: true, list)
    }
  }

  /// What lies between two numbers is of the key's type, or else the ends tell nothing about it.
  private func check(
    _ range: TuningRange, whole: Bool, _ list: Node
  ) throws(ConfigurationError) {
    let (takesNumbers, takesWhole) =
      switch key.type {
      case .number: (true, true)
      case .integer, .integers: (false, true)
      default: (false, false)
      }
    guard whole ? takesWhole : takesNumbers else {
      throw error(
        "expected \(key.type), found a range of \(whole ? "whole " : "")numbers", at: list,
        remedy: takesWhole ? "write integer or log-integer" : "write choice, with its values")
    }
    for end in [0.0, 1] { try check(range.text([end]), list) }
  }

  private func check(_ text: String, _ list: Node) throws(ConfigurationError) {
    guard let value = key.type.value(ofText: text), key.type.admits(value) else {
      throw error(
        "expected \(key.type), found \"\(text)\"", at: list,
        remedy: "\(key.path) means: \(key.summary)")
    }
    if let problem = problem(of: value) {
      throw error(
        problem, at: list, remedy: "see `autoloss config reference` for what \(key.path) takes")
    }
  }

  /// What is wrong with a text, whatever other keys say; nil where nothing is.
  private func problem(of value: ConfigurationValue) -> String? {
    switch (key.path, value) {
    case ("loss", .text(let text)): return Self.problem(ofStrategy: text)
    case (TuningSpaceFile.candidates, .texts(let texts)):
      for text in texts {
        do { _ = try Loss(text) } catch { return "\(error)" }
      }
    case ("train.learningRateDrops", .texts(let texts)):
      for text in texts where LearningRateDrop(text, stepsPerEpoch: 1) == nil {
        return "\"\(text)\" does not say when the rate drops to what part of it"
      }
    case ("train.denseWarmUp", .text(let text)):
      if StepCount.read(text, stepsPerEpoch: 1) == nil {
        return "\"\(text)\" is no number of steps or epochs"
      }
    default: break
    }
    return nil
  }

  private static func problem(ofStrategy text: String) -> String? {
    do { try Strategy.check(text, candidates: Loss.paperCandidates) } catch {
      switch error {
      // These depend on search.candidates.
      case .weightCount, .candidateCount, .repeatedCandidate: return nil
      default: return "\(error)"
      }
    }
    return nil
  }

  private func check(weights losses: [String], _ list: Node) throws(ConfigurationError) {
    guard key.path == "loss" else {
      throw error(
        "a simplex is for the key loss, the weights of losses", at: list,
        remedy: "write `loss: {simplex: [focal, kl, hinge, ce]}`")
    }
    do {
      var candidates: [Loss] = []
      for text in losses { candidates.append(try Loss(text)) }
      try Strategy.check("al1", candidates: candidates)
    } catch {
      throw self.error("\(error)", at: list, remedy: "see `autoloss losses` for all losses")
    }
  }
}
