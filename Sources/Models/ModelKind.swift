import Graph

/// The models by the names that commands and configurations use: those of pytorch-fm's `get_model`,
/// but for `deepfm` and the three that it has not, `dcnv2`, `finalmlp` and `masknet`.
public enum ModelKind: String, Sendable, CaseIterable {
  /// `LR`.
  case lr
  /// `FM`.
  case fm
  /// `HOFM`.
  case hofm
  /// `FFM`.
  case ffm
  /// `FNN`.
  case fnn
  /// `WideAndDeep`.
  case wd
  /// `IPNN`.
  case ipnn
  /// `OPNN`.
  case opnn
  /// `NFM`.
  case nfm
  /// `FNFM`.
  case fnfm
  /// `DeepFM`.
  case deepfm
  /// `AFM`.
  case afm
  /// `DCN`.
  case dcn
  /// `DCNv2`.
  case dcnv2
  /// `XDeepFM`.
  case xdfm
  /// `AutoInt`.
  case afi
  /// `AFN`.
  case afn
  /// `NCF`.
  case ncf
  /// `FinalMLP`.
  case finalmlp
  /// `MaskNet`.
  case masknet

  /// The model with these options.
  public func network(_ options: ModelOptions) -> any Network {
    switch self {
    case .lr: LR(options)
    case .fm: FM(options)
    case .hofm: HOFM(options)
    case .ffm: FFM(options)
    case .fnn: FNN(options)
    case .wd: WideAndDeep(options)
    case .ipnn: IPNN(options)
    case .opnn: OPNN(options)
    case .nfm: NFM(options)
    case .fnfm: FNFM(options)
    case .deepfm: DeepFM(options)
    case .afm: AFM(options)
    case .dcn: DCN(options)
    case .dcnv2: DCNv2(options)
    case .xdfm: XDeepFM(options)
    case .afi: AutoInt(options)
    case .afn: AFN(options)
    case .ncf: NCF(options)
    case .finalmlp: FinalMLP(options)
    case .masknet: MaskNet(options)
    }
  }

  /// The model traced and planned for fields of this schema.
  public func program(_ options: ModelOptions, schema: FeatureSchema) -> Program {
    Program(tracing: network(options), schema: schema)
  }

  /// How many numbers training learns for fields with so many values each.
  public func parameterCount(_ options: ModelOptions, fieldSizes: [Int]) -> Int {
    let schema = FeatureSchema(fieldSizes: fieldSizes)
    let program = program(options, schema: schema)
    return program.denseCount + schema.rowCount * program.rowWidth
  }
}

extension ModelKind {
  /// Names that are understood as well: pytorch-fm's `dfm`.
  public static let otherNames: [String: ModelKind] = ["dfm": .deepfm]

  /// The options that not every model has, by their names in configurations, and the models that
  /// have them.
  public static let particularOptions: [(name: String, models: [ModelKind])] = [
    ("order", [.hofm]),
    ("kernel", [.opnn]),
    ("attentionWidth", [.afm]),
    ("crossLayers", [.dcn, .dcnv2]),
    ("cinWidths", [.xdfm]),
    ("cinSplit", [.xdfm]),
    ("heads", [.afi, .finalmlp]),
    ("headWidth", [.afi]),
    ("attentionLayers", [.afi]),
    ("logNeurons", [.afn]),
    ("userField", [.ncf, .finalmlp]),
    ("itemField", [.ncf, .finalmlp]),
    ("gateWidth", [.finalmlp]),
    ("maskBlocks", [.masknet]),
    ("blockWidth", [.masknet]),
    ("maskRatio", [.masknet]),
  ]
}
