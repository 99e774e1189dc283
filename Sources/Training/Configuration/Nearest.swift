import Objectives

/// Guesses what a misspelt name was meant to be.
enum Nearest {
  /// The candidate closest to `name`; nil when none is close.
  ///
  /// Case, `_` and `-` do not count, and initials are understood (`lr` for `learningRate`); else
  /// the spelling decides. Ties go to the earlier candidate.
  static func match(_ name: String, among candidates: [String]) -> String? {
    let wanted = folded(name)
    if let same = candidates.first(where: { folded($0) == wanted }) { return same }
    if let short = candidates.first(where: { initials($0) == wanted }) { return short }
    return Spelling.nearest(name, candidates)
  }

  private static func folded(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  private static func initials(_ name: String) -> String {
    let later = name.dropFirst().filter(\.isUppercase)
    return later.isEmpty ? name : (name.prefix(1) + later).lowercased()
  }
}

extension ConfigurationKey {
  /// The known path closest to `path`: with the same section first, then with the same last name
  /// anywhere.
  static func nearest(to path: String) -> String? {
    let parts = path.split(separator: ".").map(String.init)
    guard let name = parts.last else { return nil }
    let section = parts.dropLast().joined(separator: ".")
    let siblings = children(of: section)
    if let sibling = Nearest.match(name, among: siblings) {
      return section.isEmpty ? sibling : "\(section).\(sibling)"
    }
    let lastNames = all.map { String($0.path.split(separator: ".").last ?? "") }
    guard let same = Nearest.match(name, among: lastNames) else {
      return Nearest.match(path, among: all.map(\.path))
    }
    return all.first { $0.path == same || $0.path.hasSuffix(".\(same)") }?.path
  }

  /// The names of keys and sections directly in `section` (empty for the top).
  static func children(of section: String) -> [String] {
    let prefix = section.isEmpty ? "" : section + "."
    var names: [String] = []
    for key in all where key.path.hasPrefix(prefix) {
      let name = String(key.path.dropFirst(prefix.count).prefix { $0 != "." })
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}
