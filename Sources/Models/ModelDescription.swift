/// What `autoloss models` tells of a model.
public struct ModelDescription: Sendable {
  /// The paper in short.
  public let paper: String
  /// The logit in words of ASCII: w first-order weights, e embedding vectors, E all of them.
  public let equation: String
}

extension ModelKind {
  /// The paper and the equation of the model.
  public var description: ModelDescription {
    switch self {
    case .lr: make("Richardson et al., WWW 2007", "b + sum w_i")
    case .fm: make("Rendle, ICDM 2010", "b + sum w_i + sum_(i<j) <e_i, e_j>")
    case .hofm:
      make("Blondel et al., NIPS 2016", "b + sum w_i + sum_(m=2..order) ANOVA_m(e^m)")
    case .ffm: make("Juan et al., RecSys 2016", "b + sum w_i + sum_(i<j) <e_(i,j), e_(j,i)>")
    case .fnn: make("Zhang et al., ECIR 2016", "MLP(E)")
    case .wd: make("Cheng et al., DLRS 2016", "b + sum w_i + MLP(E)")
    case .ipnn: make("Qu et al., ICDM 2016", "MLP([E; <e_i, e_j>])")
    case .opnn: make("Qu et al., ICDM 2016", "MLP([E; e_j' K_ij e_i])")
    case .nfm:
      make("He and Chua, SIGIR 2017", "b + sum w_i + MLP(BN(sum_(i<j) e_i*e_j))")
    case .fnfm:
      make("Zhang et al., IEEE Access 2019", "b + sum w_i + MLP(BN([e_(i,j)*e_(j,i)]))")
    case .deepfm:
      make("Guo et al., IJCAI 2017", "b + sum w_i + sum_(i<j) <e_i, e_j> + MLP(E)")
    case .afm:
      make("Xiao et al., IJCAI 2017", "b + sum w_i + p' sum_(i<j) softmax(a)_ij e_i*e_j")
    }
  }

  private func make(_ paper: String, _ equation: String) -> ModelDescription {
    ModelDescription(paper: paper, equation: equation)
  }
}
