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
    case .dcn:
      make("Wang et al., ADKDD 2017", "w' [x_L; MLP(E)], x_(l+1) = E (w_l' x_l) + b_l + x_l")
    case .dcnv2:
      make("Wang et al., WWW 2021", "w' [x_L; MLP(E)], x_(l+1) = E*(W_l x_l + b_l) + x_l")
    case .xdfm: make("Lian et al., KDD 2018", "b + sum w_i + CIN(E) + MLP(E)")
    case .afi:
      make("Song et al., CIKM 2019", "b + sum w_i + w' relu(attention(E W_a) + E W_r) + MLP(E)")
    case .afn:
      make("Cheng et al., AAAI 2020", "b + sum w_i + MLP(relu(expm1(W log1p(abs(E)))))")
    case .ncf: make("He et al., WWW 2017", "w' [e_u*e_v; MLP([e_u; e_v])]")
    case .finalmlp:
      make("Mao et al., AAAI 2023", "w_x' x + w_y' y + sum_h x_h' W_h y_h, x, y = MLP(E*gate)")
    case .masknet:
      make("Wang et al., DLP-KDD 2021", "MLP([relu(LN(W_k (mask_k(E)*LN(E))))])")
    }
  }

  private func make(_ paper: String, _ equation: String) -> ModelDescription {
    ModelDescription(paper: paper, equation: equation)
  }
}
