import Kernels

/// The parameter rows of all feature ids, each beside its optimizer state, found by direct index.
///
/// A row is [weights | state | version it is computed up to], 64-byte aligned. Under rules with the
/// dense meaning an untouched row is behind; whoever reads goes through `catchUp` and `read`, or
/// through `peek`.
public final class RowTable: @unchecked Sendable {
  /// How many rows there are; ids are 0 ..< rowCount.
  public let rowCount: Int
  /// The named stretches of a row, in order, without gaps.
  public let parts: [ParameterPart]
  /// How rows move.
  public let rule: UpdateRule
  /// The loops over rows, which also know where the parts of a row lie.
  public let kernel: RowKernel
  /// All rows, `kernel.layout.stride` numbers each.
  public let memory: Floats

  /// The number of hash-parts, by which rows are owned and written to files.
  public static let partitionCount = 256

  /// Reserves the rows; they are zero until `initialise` has covered them. Gradients of each part
  /// of a row are bounded where `clip` is given.
  public init(
    rowCount: Int, parts: [ParameterPart], rule: UpdateRule, clip: GradientClip? = nil
  ) {
    precondition(rowCount >= 0 && rowCount <= Int(Int32.max), "too many rows for 32-bit ids")
    precondition(rule.warmUpSteps == 0, "the learning rate of rows does not grow step by step")
    self.rowCount = rowCount
    self.parts = parts
    self.rule = rule
    kernel = RowKernel(
      width: max(ParameterPart.extent(parts), 1), schedule: rule.schedule,
      clip: clip.map { clip in
        RowClip(
          ratio: clip.ratio, floor: clip.floor,
          parts: parts.map { $0.offset..<$0.offset + $0.width })
      })
    memory = Floats(count: rowCount * kernel.layout.stride)
  }

  /// The rows with their start values.
  public convenience init(
    rowCount: Int, parts: [ParameterPart], rule: UpdateRule, clip: GradientClip? = nil,
    seed: UInt64
  ) {
    self.init(rowCount: rowCount, parts: parts, rule: rule, clip: clip)
    initialise(0..<rowCount, seed: seed)
  }

  /// The number of weights of a row.
  public var width: Int { kernel.layout.width }

  /// Draws the start values of some rows; any thread may take any range.
  public func initialise(_ range: Range<Int>, seed: UInt64) {
    for (index, part) in parts.enumerated() {
      let stream = StartValues.rows(seed: seed, part: index)
      for row in range {
        let base = row * kernel.layout.stride + part.offset
        for lane in 0..<part.width {
          memory[base + lane] = part.initialisation.value(stream, example: row, lane: lane)
        }
      }
    }
  }

  /// The hash-part of a row: Murmur3's finaliser, so that neighbours spread.
  public static func partition(of row: UInt32) -> Int {
    var hash = row
    hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
    hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
    return Int((hash ^ hash >> 16) & UInt32(partitionCount - 1))
  }
}
