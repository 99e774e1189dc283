import Objectives

/// What the controller's update lowers on validation batches.
public enum UpperObjective: String, Sendable, Codable, CaseIterable {
  /// Σ_i p_i ℓ_i, as in the paper: whatever the labels say, the smallest loss wins at ξ = 0.
  case paper
  /// Cross entropy; the weights act on it through the virtual step alone.
  case logloss
  /// Cross entropy and λ times the logistic loss of all pairs of a slice, a surrogate of 1 − AUC.
  case loglossAndAUC = "logloss+auc"
  /// Σ_i p_i (ℓ_i − m_i) / s_i with mean and deviation of each candidate over the slice: no loss
  /// wins by its scale.
  case normalised

  /// Whether it is the same whatever the weights are, and needs a virtual step to see them.
  public var isFixed: Bool { self == .logloss || self == .loglossAndAUC }

  /// What it consists of, where it is fixed: λ belongs to the second.
  var losses: [Loss] {
    switch self {
    case .paper, .normalised: []
    case .logloss: [.crossEntropy]
    case .loglossAndAUC: [.crossEntropy, .pairLogistic]
    }
  }

  /// Whether it can be computed with labels of so many classes.
  public func allows(classes: Int) -> Bool {
    losses.allSatisfy { (try? $0.check(classes: classes)) != nil }
  }
}
