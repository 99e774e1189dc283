import Kernels

/// What a checkpoint or a checksum is made of.
extension ParameterStore {
  /// How many rows are handed over at a time.
  private static var rowsAtOnce: Int { 4096 }

  /// Hands over all parameters and optimizer state in one canonical order, piece by piece: rows in
  /// the order of their ids, each [weights | states] as of this version; the dense weights and
  /// states; the running statistics; the version, as the bits of two numbers.
  ///
  /// The pieces are a function of what the store means: not of threads, chunks, or of which rows
  /// happen to have been caught up. A piece is valid until `body` returns.
  public func forEachCanonicalPiece<Failure: Error>(
    _ body: (Floats) throws(Failure) -> Void
  ) throws(Failure) {
    let used = rows.kernel.layout.lastStepOffset
    let buffer = Floats(count: Self.rowsAtOnce * used)
    var first = 0
    while first < rows.rowCount {
      let count = min(Self.rowsAtOnce, rows.rowCount - first)
      rows.kernel.peekAll(rows.memory, first: first, count: count, version: version, into: buffer)
      try body(buffer.slice(0, count * used))
      first += count
    }
    try body(dense.weights)
    try body(dense.state)
    try body(statistics)
    let bits = UInt64(version)
    try body(
      Floats([
        Float(bitPattern: UInt32(truncatingIfNeeded: bits)),
        Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32)),
      ]))
  }
}

/// The numbers of a row that a checkpoint keeps apart.
public enum RowSection: Sendable, Equatable {
  /// The part of the weights with this index in `RowTable.parts`.
  case part(Int)
  /// The optimizer's numbers with this index in `UpdateRule.stateNames`, for all weights.
  case state(Int)
}

/// Raw rows, as they lie in memory (not caught up), for checkpoints.
extension RowTable {
  /// How many numbers of a row the section has.
  public func width(of section: RowSection) -> Int {
    switch section {
    case .part(let index): parts[index].width
    case .state: width
    }
  }

  /// Copies a section of whole rows that lie one after the other in `raw`, as in `memory`, into
  /// `target`, [rows × width of the section].
  public func copy(_ section: RowSection, ofRaw raw: Floats, into target: Floats) {
    kernel.copySection(
      raw, offset: offset(of: section), width: width(of: section), first: 0,
      count: raw.count / rawWidth, into: target)
  }

  /// The reverse of `copy`.
  public func restore(_ section: RowSection, rows range: Range<Int>, from source: Floats) {
    kernel.setSection(
      memory, offset: offset(of: section), width: width(of: section), first: range.lowerBound,
      count: range.count, from: source)
  }

  /// Copies the versions up to which such rows are computed.
  public func copyLastSteps(ofRaw raw: Floats, into target: View<UInt32>) {
    kernel.copyLastSteps(raw, first: 0, count: raw.count / rawWidth, into: target)
  }

  /// The reverse of `copyLastSteps`.
  public func restoreLastSteps(rows range: Range<Int>, from source: View<UInt32>) {
    kernel.setLastSteps(memory, first: range.lowerBound, count: range.count, from: source)
  }

  func offset(of section: RowSection) -> Int {
    switch section {
    case .part(let index): return parts[index].offset
    case .state(let index):
      precondition(index >= 0 && index < rule.stateCount, "the rule has no state \(index)")
      return width * (1 + index)
    }
  }
}
