/// Finds the name that was probably meant.
public enum Spelling {
  /// The nearest of `names`, the first among equals; nil when none is near.
  ///
  /// Near is an edit distance of at most a third of the longer name, or a common beginning that
  /// is all of one of the two.
  public static func nearest(_ name: String, _ names: [String]) -> String? {
    let typed = Array(name.lowercased().unicodeScalars)
    guard !typed.isEmpty else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in names {
      let known = Array(candidate.lowercased().unicodeScalars)
      var distance = editDistance(typed, known)
      if distance * 3 > max(typed.count, known.count) {
        guard typed.starts(with: known) || known.starts(with: typed) else { continue }
        // Worse than any name within reach of a few slips, and the less is missing the better.
        distance += 100
      }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// A phrase to put into an error, empty when no name is near.
  public static func hint(_ name: String, _ names: [String]) -> String {
    nearest(name, names).map { " (did you mean \"\($0)\"?)" } ?? ""
  }

  /// How many insertions, deletions and exchanges lead from one to the other (Levenshtein 1966).
  private static func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[second.count]
  }
}
