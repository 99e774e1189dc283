import Foundation
import Yams

extension ConfigurationResolver {
  /// Takes the values of a YAML file; relative paths in it belong to its folder.
  ///
  /// Throws with code 66 when the file is missing, else with 78 and `file:line:column`.
  public mutating func read(file path: String) throws(ConfigurationError) {
    let whole = Self.absolute(path, in: workingFolder)
    let text: String
    do {
      text = try String(contentsOfFile: whole, encoding: .utf8)
    } catch {
      let isThere = FileManager.default.fileExists(atPath: whole)
      throw ConfigurationError(
        key: nil,
        problem: isThere
          ? "the configuration is not readable UTF-8 text" : "no such configuration file",
        place: path, remedy: "check the path after --config",
        exitCode: isThere ? .configuration : .missingInput)
    }
    let folder = (whole as NSString).deletingLastPathComponent
    try read(yaml: text, named: path, folder: folder)
  }

  /// Takes the values of a recipe, the weakest source of all.
  public mutating func read(recipe: Recipe) throws(ConfigurationError) {
    try read(yaml: recipe.yaml, named: "the recipe \(recipe.rawValue)", folder: workingFolder)
  }

  /// Takes the values of YAML text. `name` stands in errors; relative paths belong to `folder`.
  public mutating func read(yaml: String, named name: String, folder: String)
    throws(ConfigurationError)
  {
    guard let root = try YAMLText.compose(yaml, named: name), !root.isEmpty else { return }
    guard case .mapping(let mapping) = root else {
      throw ConfigurationError(
        key: nil, problem: "expected keys and values, found \(root.found)",
        place: "\(name):1:1", remedy: "write for example `train: {batchSize: 2000}`")
    }
    try take(mapping, section: "", file: name, folder: folder)
  }

  private mutating func take(
    _ mapping: Node.Mapping, section: String, file: String, folder: String
  ) throws(ConfigurationError) {
    for (keyNode, node) in mapping {
      let name = keyNode.scalar?.string ?? keyNode.found
      let path = section.isEmpty ? name : "\(section).\(name)"
      let origin = Self.origin(of: keyNode, in: file)
      if path == "schemaVersion" {
        try checkSchema(node, at: Self.origin(of: node, in: file))
      } else if let key = ConfigurationKey.named(path) {
        let place = Self.origin(of: node, in: file)
        guard let value = key.type.value(of: node) else {
          throw Self.mismatch(key, found: node.found, at: place)
        }
        try assign(key, value, place, folder: folder, found: value.yaml)
      } else if !ConfigurationKey.children(of: path).isEmpty {
        guard case .mapping(let inner) = node else {
          if node.isEmpty { continue }
          throw ConfigurationError(
            key: path, problem: "expected a section, found \(node.found)",
            place: Self.origin(of: node, in: file).description,
            remedy: "its keys: " + ConfigurationKey.children(of: path).joined(separator: ", "))
        }
        try take(inner, section: path, file: file, folder: folder)
      } else {
        throw Self.unknown(path, at: origin)
      }
    }
  }

  private func checkSchema(_ node: Node, at origin: ConfigurationOrigin)
    throws(ConfigurationError)
  {
    let known = RunConfiguration.schemaVersion
    guard node.plainText != String(known) else { return }
    throw ConfigurationError(
      key: "schemaVersion", problem: "this build reads version \(known), found \(node.found)",
      place: origin.description, remedy: "use the release of autoloss that wrote the file")
  }

  private static func origin(of node: Node, in file: String) -> ConfigurationOrigin {
    .file(file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }
}
