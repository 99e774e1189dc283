/// Looks whether every tag that is opened is closed again, in order.
struct XMLCheck {
  /// What is wrong, or nil.
  let problem: String?

  init(_ text: String) {
    var open: [Substring] = []
    var rest = text[...]
    var found: String?
    while found == nil, let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else {
        found = "a tag without an end"
        break
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
      if tag.hasPrefix("/") {
        if open.popLast() != name { found = "</\(name)> closes nothing" }
      } else if !tag.hasSuffix("/"), !tag.hasPrefix("!"), name != "meta" {
        open.append(name)
      }
    }
    problem = found ?? (open.isEmpty ? nil : "<\(open[0])> is left open")
  }
}
