import Graph

/// The models by the names that commands and configurations use: those of pytorch-fm's `get_model`,
/// but for `deepfm`.
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
  /// The options that not every model has, by their names in configurations, and the models that
  /// have them.
  public static let particularOptions: [(name: String, models: [ModelKind])] = [
    ("order", [.hofm]),
    ("kernel", [.opnn]),
    ("attentionWidth", [.afm]),
  ]
}
