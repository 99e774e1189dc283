import Cluster

/// Parameters that are one number: each step adds what its slices make of the parameters that they
/// were computed from, so that one that is lost, doubled or stale changes all that follow.
struct SimulatedModel {
  /// The parameters by their version, along the history that counts.
  private(set) var parameters: [UInt64: UInt64] = [0: 1]
  /// What has come for steps that are not made yet.
  private var sums: [UInt64: UInt64] = [:]

  /// Adds the gradient of a slice, computed from parameters of `version`; false where none are.
  mutating func add(step: UInt64, slice: Int, version: UInt64) -> Bool {
    guard let parameters = parameters[version] else { return false }
    sums[step, default: 0] &+= Self.mixed(parameters ^ Self.mixed(step << 8 | UInt64(slice)))
    return true
  }

  /// Makes a step.
  mutating func commit(_ step: UInt64) {
    let sum = sums.removeValue(forKey: step) ?? 0
    parameters[step + 1] = Self.mixed((parameters[step] ?? 0) &+ sum)
  }

  /// Goes back to the parameters of `version`, of which a checkpoint is.
  mutating func restore(_ version: UInt64) {
    parameters = parameters.filter { $0.key <= version }
    sums = [:]
  }

  /// The same without a cluster: every slice once, from the parameters of its step.
  static func alone(steps: UInt64, slices: Int) -> SimulatedModel {
    var model = SimulatedModel()
    for step in 0..<steps {
      for slice in 0..<slices { _ = model.add(step: step, slice: slice, version: step) }
      model.commit(step)
    }
    return model
  }

  /// SplitMix64's finisher (Steele et al., OOPSLA 2014).
  private static func mixed(_ word: UInt64) -> UInt64 {
    var word = word &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
