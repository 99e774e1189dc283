/// A chart of lines over one axis as an SVG picture that stands for itself.
///
/// Texts and axes take the colour of the page around it, so that it can be read on light and dark.
public struct LineChart: Sendable, Equatable {
  /// One line: what it shows and where it goes. Points that are not finite leave a gap.
  public struct Line: Sendable, Equatable {
    /// Its name in the legend.
    public var name: String
    /// x and y of its points, x ascending.
    public var points: [(x: Double, y: Double)]
    /// How it is drawn.
    public var style: Style

    /// How a line is drawn.
    public enum Style: Sendable {
      /// Through its points.
      case plain
      /// With a dot at each of them.
      case marked
      /// Thin and broken, to compare others with.
      case guide
    }

    /// A line of these points.
    public init(_ name: String, _ points: [(x: Double, y: Double)], style: Style = .plain) {
      (self.name, self.points, self.style) = (name, points, style)
    }

    /// Whether two lines have one name and look, and the same points.
    public static func == (left: Line, right: Line) -> Bool {
      left.name == right.name && left.style == right.style
        && left.points.elementsEqual(right.points) { $0 == $1 }
    }
  }

  /// What it shows.
  public var title: String
  /// What x is.
  public var horizontal: String
  /// The lines; the colours are given in their order.
  public var lines: [Line]
  /// The values of y that it shows; those of the lines where it is nil.
  public var range: ClosedRange<Double>?

  /// A chart of these lines.
  public init(
    _ title: String, horizontal: String, lines: [Line], range: ClosedRange<Double>? = nil
  ) {
    (self.title, self.horizontal, self.lines, self.range) = (title, horizontal, lines, range)
  }

  /// So many points of a line are drawn at most; of longer ones neighbours are averaged.
  static let mostPoints = 400
  /// Colours that people who see few colours can tell apart (Okabe and Ito).
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c00", "#7f7f7f",
  ]
  private static let (width, height) = (640.0, 300.0)
  private static let (left, right, top, bottom) = (64.0, 16.0, 14.0, 46.0)

  /// The picture with its title and legend, as one HTML figure.
  public var html: String {
    let legend = lines.enumerated().map { place, line in
      "<span><svg width=\"22\" height=\"8\" aria-hidden=\"true\"><path d=\"M0 4H22\" "
        + "\(Self.look(place, line.style)) stroke-width=\"3\"/></svg> "
        + "\(HTMLText.escaped(line.name))</span>"
    }
    return "<figure><figcaption>\(HTMLText.escaped(title))</figcaption>\(svg)"
      + "<p class=\"legend\">\(legend.joined(separator: " "))</p></figure>"
  }

  /// The picture alone.
  var svg: String {
    let drawn = lines.map { Self.thinned($0.points) }
    let finite = drawn.joined().filter { $0.x.isFinite && $0.y.isFinite }
    let spanX = Self.span(finite.map(\.x), nil)
    let spanY = Self.span(finite.map(\.y), range)
    let frame = Frame(x: spanX, y: spanY)
    var parts = [
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
        + "aria-label=\"\(HTMLText.escaped(title))\">"
    ]
    for tick in Self.ticks(spanY) {
      let y = frame.place(y: tick)
      parts.append(
        "<path d=\"M\(Self.left) \(y)H\(Self.width - Self.right)\" class=\"grid\"/>"
          + "<text x=\"\(Self.left - 8)\" y=\"\(y)\" class=\"y\">\(Self.label(tick))</text>")
    }
    for tick in Self.ticks(spanX) {
      let x = frame.place(x: tick)
      parts.append(
        "<path d=\"M\(x) \(Self.height - Self.bottom)v4\" class=\"axis\"/>"
          + "<text x=\"\(x)\" y=\"\(Self.height - Self.bottom + 18)\" class=\"x\">"
          + "\(Self.label(tick))</text>")
    }
    parts.append(
      "<path d=\"M\(Self.left) \(Self.height - Self.bottom)H\(Self.width - Self.right)\" "
        + "class=\"axis\"/><text x=\"\((Self.left + Self.width - Self.right) / 2)\" "
        + "y=\"\(Self.height - 8)\" class=\"x\">\(HTMLText.escaped(horizontal))</text>")
    for (place, (line, points)) in zip(lines, drawn).enumerated() {
      let look = Self.look(place, line.style)
      parts.append(
        "<path d=\"\(frame.path(points))\" fill=\"none\" \(look) stroke-width=\"2\" "
          + "stroke-linecap=\"round\"/>")
      guard line.style == .marked else { continue }
      parts.append(
        "<path d=\"\(frame.dots(points))\" fill=\"none\" \(look) stroke-width=\"8\" "
          + "stroke-linecap=\"round\"/>")
    }
    return parts.joined() + "</svg>"
  }

  /// Where values lie in the picture, in tenths of its units.
  private struct Frame {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>

    func place(x value: Double) -> Double {
      let share = (value - x.lowerBound) / (x.upperBound - x.lowerBound)
      return rounded(
        LineChart.left + share * (LineChart.width - LineChart.left - LineChart.right))
    }

    func place(y value: Double) -> Double {
      let share = (value - y.lowerBound) / (y.upperBound - y.lowerBound)
      return rounded(
        LineChart.height - LineChart.bottom - min(max(share, 0), 1)
          * (LineChart.height - LineChart.top - LineChart.bottom))
    }

    /// A path through the points, begun anew after each gap; a lone point is a dot.
    func path(_ points: [(x: Double, y: Double)]) -> String {
      var (text, isDrawing) = ("", false)
      for point in points {
        guard point.x.isFinite, point.y.isFinite else {
          isDrawing = false
          continue
        }
        text += "\(isDrawing ? "L" : "M")\(place(x: point.x)) \(place(y: point.y))"
        if !isDrawing { text += "h0" }
        isDrawing = true
      }
      return text
    }

    /// A dot at each point.
    func dots(_ points: [(x: Double, y: Double)]) -> String {
      points.filter { $0.x.isFinite && $0.y.isFinite }
        .map { "M\(place(x: $0.x)) \(place(y: $0.y))h0" }.joined()
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
  }

  /// Colour and breaks of a line; those beyond the last colour are broken.
  private static func look(_ place: Int, _ style: Line.Style) -> String {
    let isGuide = style == .guide
    let colour = isGuide ? "currentColor" : colours[place % colours.count]
    return "stroke=\"\(colour)\""
      + (isGuide || place >= colours.count ? " stroke-dasharray=\"6 4\"" : "")
  }

  /// What the values span; never nothing.
  static func span(_ values: [Double], _ wanted: ClosedRange<Double>?) -> ClosedRange<Double> {
    if let wanted, wanted.lowerBound < wanted.upperBound { return wanted }
    guard let low = values.min(), let high = values.max() else { return 0...1 }
    if low == high {
      // Enough to be a step between numbers as large as these.
      let margin = max(0.5, abs(low) * 1e-6)
      return low - margin...high + margin
    }
    return low...high
  }

  /// Round numbers inside the span, three to nine of them.
  static func ticks(_ span: ClosedRange<Double>) -> [Double] {
    var step = 1.0
    let wanted = (span.upperBound - span.lowerBound) / 8
    guard wanted.isNormal else { return [] }
    while step > wanted { step /= 10 }
    while step * 10 <= wanted { step *= 10 }
    if let factor = [1.0, 2, 5, 10].first(where: { step * $0 >= wanted }) { step *= factor }
    let first = (span.lowerBound / step).rounded(.up)
    let last = (span.upperBound / step).rounded(.down)
    return first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
  }

  /// A tick as people write it.
  static func label(_ value: Double) -> String {
    if abs(value) >= 1e15 { return "\(value)" }
    if abs(value) >= 1000 { return Figures.count(Int(value)) }
    let decimals = (0...6).first { abs(value * power($0) - (value * power($0)).rounded()) < 1e-6 }
    return Figures.fixed(value, decimals ?? 6)
  }

  private static func power(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { product, _ in product * 10 }
  }

  /// At most `mostPoints` points; each stands for as many neighbours as the others.
  static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let group = (points.count + mostPoints - 1) / mostPoints
    guard group > 1 else { return points }
    return stride(from: 0, to: points.count, by: group).map { first in
      let members = points[first..<min(first + group, points.count)]
      let finite = members.filter { $0.y.isFinite }
      let count = Double(max(finite.count, 1))
      return (
        x: members.reduce(0) { $0 + $1.x } / Double(members.count),
        y: finite.isEmpty ? .nan : finite.reduce(0) { $0 + $1.y } / count
      )
    }
  }
}
