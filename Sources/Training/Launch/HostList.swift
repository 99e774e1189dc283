/// Slurm's short form of a list of hosts: `n[01-03,07],gpu1` stands for n01, n02, n03, n07, gpu1.
///
/// Read here so that nothing of Slurm has to be on the path of a process that it started.
enum HostList {
  /// Names that one list may stand for, against ranges written by mistake.
  static let limit = 65_536

  /// The names, in the order of the list; nil when the text is not such a list.
  ///
  /// Numbers keep their leading zeros. A name may have several brackets: the last runs fastest.
  static func expand(_ text: String) -> [String]? {
    guard let items = split(Substring(text)) else { return nil }
    var names: [String] = []
    for item in items {
      guard let more = expand(item: item), names.count + more.count <= limit else { return nil }
      names += more
    }
    return names
  }

  /// The items between the commas that stand outside brackets.
  private static func split(_ text: Substring) -> [Substring]? {
    var items: [Substring] = []
    var isInside = false
    var start = text.startIndex
    for place in text.indices {
      switch text[place] {
      case "[" where !isInside: isInside = true
      case "]" where isInside: isInside = false
      case "[", "]": return nil
      case "," where !isInside:
        items.append(text[start..<place])
        start = text.index(after: place)
      default: break
      }
    }
    items.append(text[start...])
    return isInside || items.contains("") ? nil : items
  }

  /// The names of one item, such as `n[01-03,07]`.
  private static func expand(item: Substring) -> [String]? {
    guard let open = item.firstIndex(of: "["), let close = item.firstIndex(of: "]") else {
      return [String(item)]
    }
    let head = item[..<open]
    guard let tails = expand(item: item[item.index(after: close)...]) else { return nil }
    var names: [String] = []
    let inner = item[item.index(after: open)..<close]
    for range in inner.split(separator: ",", omittingEmptySubsequences: false) {
      guard let numbers = numbers(range), names.count + numbers.count * tails.count <= limit else {
        return nil
      }
      for number in numbers { names += tails.map { "\(head)\(number)\($0)" } }
    }
    return names
  }

  /// The numbers of `7` or `01-03`, with their leading zeros.
  private static func numbers(_ range: Substring) -> [String]? {
    let ends = range.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = ends.first, let last = ends.last,
      let low = number(first), let high = number(last), low <= high, high - low < limit
    else { return nil }
    return (low...high).map { value in
      let digits = String(value)
      return String(repeating: "0", count: max(0, first.count - digits.count)) + digits
    }
  }

  private static func number(_ digits: Substring) -> Int? {
    digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
  }
}
