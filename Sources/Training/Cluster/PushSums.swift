import Cluster
import Messages
import Search

/// Sums of a unit's slices as the list of numbers that a push carries; for each slice counts of
/// all labels, loss, shares and, where a strategy learns from them, the candidates' losses.
enum PushSums {
  /// The list for the slices of a unit.
  static func list(_ slices: [StrategySums]) -> [Double] {
    slices.flatMap { $0.counts.map(Double.init) + [$0.loss] + $0.shares + $0.losses }
  }

  /// The sums of `list`, one a slice; nil when it does not fit the numbers of candidates and labels
  /// or is not plausible.
  static func sums(
    _ list: [Double], slices: Int, candidateCount: Int, classes: Int = 2,
    followsLosses: Bool = false
  ) -> [StrategySums]? {
    let lossStart = classes + 1 + classes * candidateCount
    let width = lossStart + (followsLosses ? candidateCount : 0)
    guard list.count == slices * width, list.allSatisfy(\.isFinite) else { return nil }
    var sums: [StrategySums] = []
    for slice in 0..<slices {
      let numbers = Array(list[slice * width..<(slice + 1) * width])
      let counts = numbers[..<classes].compactMap { UInt32(exactly: $0).map(Int.init) }
      guard counts.count == classes else { return nil }
      sums.append(
        StrategySums(
          counts: counts, loss: numbers[classes],
          shares: Array(numbers[(classes + 1)..<lossStart]), losses: Array(numbers[lossStart...])))
    }
    return sums
  }
}

/// How many examples the slices of each step have, as far as it is known here.
struct SliceSizes {
  /// The exact number, if the data are here.
  var exact: ((_ step: Int, _ slice: Int) -> Int)?
  /// No slice has more.
  var atMost: Int
  /// How many candidates the strategy has, and of how many classes labels are.
  var candidateCount: Int
  var classes = 2
  /// Whether the strategy learns from the candidates' losses.
  var followsLosses = false

  /// No unit of these slices has more examples.
  func limit(_ work: Work) -> Int {
    work.slices.reduce(0) { $0 + (rows(work.step, $1) ?? atMost) }
  }

  /// The sums that a delivery carries, or what is wrong with them.
  func sums(_ delivery: Delivery, _ work: Work) -> Result<[StrategySums], Defect> {
    guard
      let sums = PushSums.sums(
        delivery.sums, slices: work.slices.count, candidateCount: candidateCount,
        classes: classes, followsLosses: followsLosses)
    else { return .failure(Defect(sentence: "its sums for the log make no sense")) }
    for (slice, sum) in zip(work.slices, sums) {
      let rows = rows(work.step, slice)
      guard rows.map({ $0 == sum.rows }) ?? (sum.rows <= atMost) else {
        return .failure(
          Defect(
            sentence: "slice \(slice) is of \(sum.rows) examples where it has \(rows ?? atMost)"))
      }
    }
    return .success(sums)
  }

  /// What is wrong with a delivery, or nil.
  func defect(_ delivery: Delivery, _ work: Work) -> String? {
    if case .failure(let defect) = sums(delivery, work) { defect.sentence } else { nil }
  }

  /// The exact number of examples of a slice; nil where the data are not here.
  private func rows(_ step: UInt64, _ slice: Int) -> Int? {
    guard let exact else { return nil }
    // Any number may come as a step; one that no run reaches has no examples.
    return Int(exactly: step).map { exact($0, slice) } ?? 0
  }
}

extension SliceSizes {
  /// What is known of the slices of a run.
  init(_ parts: RunParts, exact: ((_ step: Int, _ slice: Int) -> Int)? = nil) {
    self.init(
      exact: exact, atMost: parts.sliceCapacity,
      candidateCount: parts.strategy.candidates.count, classes: parts.strategy.classes,
      followsLosses: parts.strategy.kind.learnsFrom == .losses)
  }
}

/// What is wrong with a message.
struct Defect: Error, Equatable {
  /// In words.
  var sentence: String
}
