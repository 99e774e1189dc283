import Foundation
import Yams

/// Reading YAML with errors that name their place.
enum YAMLText {
  /// The document's root; nil for an empty document. Throws naming `file:line:column`.
  static func compose(_ yaml: String, named name: String) throws(ConfigurationError) -> Node? {
    do { return try Yams.compose(yaml: yaml) } catch { throw syntaxError(error, in: name) }
  }

  private static func syntaxError(_ error: any Error, in name: String) -> ConfigurationError {
    let (problem, mark): (String, Mark?) =
      switch error as? YamlError {
      case .scanner(let context, let problem, let mark, _),
        .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        ("\(problem) \(context?.text ?? "")", mark)
      case .duplicatedKeysInMapping(let keys, let context):
        ("the key \(keys.sorted().joined(separator: ", ")) is given twice", context.mark)
      default: ("\(error)", nil)
      }
    return ConfigurationError(
      key: nil, problem: problem.trimmingCharacters(in: .whitespacesAndNewlines),
      place: mark.map { "\(name):\($0.line):\($0.column)" } ?? name,
      remedy: "correct the YAML there")
  }
}
