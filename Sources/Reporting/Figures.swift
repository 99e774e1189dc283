import Foundation

/// Numbers as people read them; the same on every machine and in every locale.
public enum Figures {
  /// A whole number with thousands apart: `1,086,810`.
  public static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// A rate with three figures: `226 k/s`.
  public static func rate(_ perSecond: Double) -> String { short(perSecond, unit: "/s") }

  /// A size in decimal units: `1.20 GB`.
  public static func bytes(_ value: Int) -> String { short(Double(value), unit: "B") }

  /// An amount of arithmetic: `580 kflop`.
  public static func operations(_ value: Double) -> String { short(value, unit: "flop") }

  /// A duration: `9.8 s`, `2 min 03 s`, `3 h 07 min`; `?` when it is not known.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    if seconds < 59.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
    return "\(whole / 3600) h \(padded(whole % 3600 / 60)) min"
  }

  /// With a fixed number of decimals.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    return String(format: "%.\(decimals)f", value)
  }

  private static func short(_ value: Double, unit: String) -> String {
    guard value.isFinite else { return "? \(unit)" }
    var scaled = value
    var prefix = ""
    for next in ["k", "M", "G", "T"] where scaled.magnitude >= 999.5 {
      scaled /= 1000
      prefix = next
    }
    let whole = prefix.isEmpty && scaled == scaled.rounded()
    let decimals = whole || scaled.magnitude >= 99.95 ? 0 : scaled.magnitude >= 9.995 ? 1 : 2
    return "\(fixed(scaled, decimals)) \(prefix)\(unit)"
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
