/// What a search varies: configuration keys with ranges of values.
public struct TuningSpace: Sendable, Equatable {
  /// A key and the values that are tried for it.
  public struct Dimension: Sendable, Equatable {
    /// The key's path.
    public let key: String
    /// Its values.
    public let range: TuningRange

    /// A key with a range.
    public init(_ key: String, _ range: TuningRange) { (self.key, self.range) = (key, range) }
  }

  /// The keys in their order in the file.
  public let dimensions: [Dimension]

  /// A space of these keys.
  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  /// Weights of `candidates`, the same for all examples.
  public static func weights(of candidates: [String]) -> TuningSpace {
    TuningSpace([Dimension("loss", .simplex(candidates))])
  }

  /// How many coordinates a point has.
  public var coordinateCount: Int { dimensions.reduce(0) { $0 + $1.range.coordinateCount } }

  /// Whether weights of losses vary, which come with their candidates.
  public var hasWeights: Bool {
    dimensions.contains { if case .simplex = $0.range { true } else { false } }
  }

  /// The value of each key at a point, as text.
  public func values(_ point: [Double]) -> [(key: String, text: String)] {
    precondition(point.count == coordinateCount, "a point needs all coordinates")
    var rest = point[...]
    return dimensions.map { dimension in
      let count = dimension.range.coordinateCount
      defer { rest = rest.dropFirst(count) }
      return (dimension.key, dimension.range.text(Array(rest.prefix(count))))
    }
  }

  /// What `ConfigurationResolver.apply(assignment:)` takes for a point. The losses that weights are
  /// of come with the weights.
  public func assignments(_ point: [Double]) -> [String] {
    let candidates = dimensions.compactMap { dimension -> String? in
      guard case .simplex(let losses) = dimension.range else { return nil }
      return "search.candidates=[\(losses.joined(separator: ","))]"
    }
    return candidates + values(point).map { "\($0.key)=\($0.text)" }
  }
}

extension TuningSpace: CustomStringConvertible {
  /// A line for each key: two spaces with equal texts draw the same.
  public var description: String {
    dimensions.map { "\($0.key): \($0.range)\n" }.joined()
  }
}
