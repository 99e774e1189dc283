/// A set of values that belong together; what it leaves out keeps its default.
public enum Recipe: String, Sendable, CaseIterable {
  /// What Zhao et al., KDD 2021, state of their runs, and what their library does where they are
  /// silent.
  case paper
  /// How the field trains such models when it wants their best: the BARS benchmark's DeepFM.
  case tuned

  /// Its values as a configuration file, which is kept beside this one.
  public var yaml: String {
    switch self {
    case .paper: String(decoding: PackageResources.paper_yaml, as: UTF8.self)
    case .tuned: String(decoding: PackageResources.tuned_yaml, as: UTF8.self)
    }
  }
}
