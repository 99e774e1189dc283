import Graph

/// The models by the names that commands and configurations use.
public enum ModelKind: String, Sendable, CaseIterable {
  /// `DeepFM`.
  case deepfm
  /// `IPNN`.
  case ipnn

  /// The model with these options.
  public func network(_ options: ModelOptions) -> any Network {
    switch self {
    case .deepfm: DeepFM(options)
    case .ipnn: IPNN(options)
    }
  }

  /// The model traced and planned for fields of this schema.
  public func program(_ options: ModelOptions, schema: FeatureSchema) -> Program {
    Program(tracing: network(options), schema: schema)
  }
}
