/// The problems of the study `planted`: rows of a planted model whose labels are made wrong on
/// purpose, where a search of losses should help and where it should not.
public enum PlantedNoise: String, Sendable, CaseIterable, Codable {
  /// Wrong labels 1 in training, right labels in validation: no single loss fits both labels.
  case oneSided = "one-sided"
  /// The same in validation too: nothing tells that labels are wrong.
  case noisyValidation = "noisy-validation"
  /// Both labels wrong in training, right in validation: a bounded loss fits.
  case symmetric
  /// The same rows with right labels.
  case clean
  /// Right labels that chance decides, as in click data.
  case ordinary

  /// What it is, in one sentence.
  public var summary: String {
    switch self {
    case .oneSided:
      "one-sided: 40 % of the training rows with label 0 have label 1; validation is right."
    case .noisyValidation: "noisy-validation: the same in validation rows too."
    case .symmetric:
      "symmetric: 30 % of the training rows have the other label; validation is right."
    case .clean: "clean: the same rows with right labels."
    case .ordinary: "ordinary: rows whose labels are a matter of chance, none of them wrong."
    }
  }

  /// For labels 0 and 1 the share of rows that get the other one.
  public var shares: [Double] {
    switch self {
    case .oneSided, .noisyValidation: [0.4, 0]
    case .symmetric: [0.3, 0.3]
    case .clean, .ordinary: []
    }
  }

  /// Whether validation rows have wrong labels too; test rows never do.
  public var reachesValidation: Bool { self == .noisyValidation }

  /// How strong the signal of the planted model is: at 6 its labels are nearly certain.
  public var signal: Double { self == .ordinary ? 1 : 6 }

  /// The data set of a seed, in the folder of all of them.
  public func folder(in root: String, seed: Int) -> String { "\(root)/\(rawValue)-seed\(seed)" }
}
