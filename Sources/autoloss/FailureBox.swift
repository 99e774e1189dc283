import Training

/// Where the failure of a run began, in a frame that is found again in a long log.
enum FailureBox {
  /// Characters of a line between the frame's sides.
  private static let width = 74

  /// Such as
  ///
  ///     ┌ first failure ────────────────────────────
  ///     │ worker 3f2a9c01, rank 1, on n02
  ///     │ step 17, slice 3, at 2026-01-31T12:03:04Z
  ///     │ read shard: data/train-0.shard: …
  ///     └───────────────────────────────────────────
  static func text(_ first: FirstFailure) -> String {
    let title = "┌ first failure "
    let rule = String(repeating: "─", count: width)
    let body = ([who(first), place(first)] + lines(first.sentence)).map { "│ \($0)" }
    return ([title + rule.dropFirst(title.count - 2)] + body + ["└─" + rule])
      .joined(separator: "\n")
  }

  private static func who(_ first: FirstFailure) -> String {
    let name = first.name.isEmpty ? first.role : "\(first.role) \(first.name)"
    let rank = first.rank.isEmpty ? "" : ", rank \(first.rank)"
    return name + rank + (first.host.isEmpty ? "" : ", on \(first.host)")
  }

  private static func place(_ first: FirstFailure) -> String {
    var parts: [String] = []
    if let step = first.step { parts.append("step \(step)") }
    if let slice = first.slice { parts.append("slice \(slice)") }
    return (parts + ["at \(first.time)"]).joined(separator: ", ")
  }

  /// The words of a sentence on lines that fit; a path that is longer has a line of its own.
  private static func lines(_ sentence: String) -> [String] {
    var lines = [""]
    for word in sentence.split(whereSeparator: \.isWhitespace) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
