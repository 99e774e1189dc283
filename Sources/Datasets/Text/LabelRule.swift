/// What the texts of the label column mean.
///
/// Without `above`, `first` and `values` a label is written as the number of its class: 0, 1, …
public struct LabelRule: Sendable, Equatable, Codable {
  /// Where a number between two classes belongs.
  public enum Rounding: String, Sendable, Codable, CaseIterable {
    /// To the higher class.
    case up
    /// To the lower class; below the lowest, to that.
    case down
    /// To the nearer class, halves to the one with an even number; below the lowest, to that.
    case even
  }

  /// The label's column.
  public var column: String
  /// Numbers above it are label 1, others 0.
  public var above: Double?
  /// The number that is class 0.
  public var first: Double?
  /// The distance of the classes' numbers.
  public var step: Double?
  /// Where numbers between two classes belong; without it they are refused.
  public var rounding: Rounding?
  /// The texts of class 0, 1, …
  public var values: [String]?

  /// Describes labels; see the properties.
  public init(
    column: String, above: Double? = nil, first: Double? = nil, step: Double? = nil,
    rounding: Rounding? = nil, values: [String]? = nil
  ) {
    self.column = column
    self.above = above
    self.first = first
    self.step = step
    self.rounding = rounding
    self.values = values
  }

  /// How many classes the rule makes; nil where it leaves that open.
  public var classCount: Int? { above == nil ? values?.count : 2 }
}

/// Whether rows have labels.
enum LabelPresence {
  /// Every row must have one.
  case required
  /// A row may lack it, or its column: rows to predict.
  case optional
}

/// Reads labels of `classes` classes by a rule.
struct LabelReader: Sendable {
  private let rule: LabelRule
  private let classes: Int
  /// Whether +1 and −1 are labels too, as in libsvm's files.
  private let signed: Bool
  private let values: [[UInt8]: UInt8]

  init(_ rule: LabelRule, classes: Int, signed: Bool = false) {
    self.rule = rule
    self.classes = classes
    self.signed = signed && classes == 2
    values = Dictionary(
      (rule.values ?? []).prefix(classes).enumerated().map {
        (Array($1.utf8), UInt8(truncatingIfNeeded: $0))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The label that these bytes spell, or nil.
  func label(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> UInt8? {
    if rule.values != nil {
      return unsafe values[
        Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))]
    }
    if let above = rule.above {
      return unsafe decimal(base, range).map { $0 > above ? 1 : 0 }
    }
    if let first = rule.first, let step = rule.step {
      return unsafe decimal(base, range).flatMap { stepped($0, first: first, step: step) }
    }
    return unsafe plain(base, range)
  }

  private func stepped(_ value: Double, first: Double, step: Double) -> UInt8? {
    // Rounded before the first class is taken off, or even numbers would become odd.
    let shift = (first / step).rounded()
    let place = (value - first) / step + shift
    let whole =
      switch rule.rounding {
      case .up: place.rounded(.up)
      case .down: place.rounded(.down)
      case .even: place.rounded(.toNearestOrEven)
      case nil: place.rounded()
      }
    if rule.rounding == nil && abs(whole - place) > 1e-9 { return nil }
    var label = whole - shift
    if rule.rounding != nil && label < 0 && value > first - step { label = 0 }
    return label >= 0 && label < Double(classes) ? UInt8(label) : nil
  }

  private func plain(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> UInt8? {
    var range = range
    if signed, range.count == 2, unsafe base[range.lowerBound + 1] == UInt8(ascii: "1") {
      let sign = unsafe base[range.lowerBound]
      if sign == UInt8(ascii: "-") { return 0 }
      if sign == UInt8(ascii: "+") { range = range.lowerBound + 1..<range.upperBound }
    }
    guard range.count <= 3, let value = unsafe wholeNumber(base, range), value < classes
    else { return nil }
    return UInt8(value)
  }

  /// What a text that is no label fails to be, for messages: "neither 0 nor 1".
  var wanted: String {
    if let values = rule.values {
      return "none of \(values.prefix(classes).joined(separator: ", "))"
    }
    if rule.above != nil { return "not a number" }
    if let first = rule.first, let step = rule.step {
      let last = first + step * Double(classes - 1)
      return "none of the numbers from \(first) to \(last) in steps of \(step)"
    }
    return classes == 2 ? "neither 0 nor 1" : "no class from 0 to \(classes - 1)"
  }
}
