/// What others have published for the same cell of a table, on their data.
public struct PublishedFigure: Sendable, Equatable, Codable {
  /// Area under the ROC curve.
  public var auc: Double?
  /// Mean log loss in nats.
  public var logloss: Double?
}

/// Published figures on Criteo, 8:1:1, values that occur ten times, embeddings of 16 numbers.
public enum PublishedFigures {
  /// What tables say of where the figures come from.
  public static let note = """
    "paper" is Zhao et al., KDD 2021, on Criteo (tables 2 and 3); "tuned" is CE as the BARS \
    benchmark tuned it on the same rows (Criteo_x4_001). They compare with runs on Criteo alone.
    """

  /// What tables of more than two classes say of them.
  public static let ratingsNote = """
    The paper's ratings of five classes are those of MovieLens 20M, all its methods between 1.2236 \
    and 1.2320 in logloss; no figure of single cells stands here.
    """

  /// What the paper has for a model and a method; nil where it has none.
  public static func paper(model: String, method: String) -> PublishedFigure? {
    paper[model]?[method]
  }

  /// Methods of the paper's tables that are not among `methods`, though the study has them.
  static func absent(
    _ kind: StudyKind, among methods: [StudyMethod]
  ) -> [(name: String, title: String)] {
    let name = StudyMethod.bohbName
    guard kind == .table2, !methods.contains(where: { $0.name == name }) else { return [] }
    return [(name, "BOHB (left out)")]
  }

  /// The best that is known of a model with cross entropy; nil where nothing is.
  public static func tuned(model: String) -> PublishedFigure? {
    tuned[model].map { PublishedFigure(auc: $0.0, logloss: $0.1) }
  }

  private static let paper: [String: [String: PublishedFigure]] = [
    "deepfm": [
      "focal": PublishedFigure(auc: 0.8046), "kl": PublishedFigure(auc: 0.8042),
      "hinge": PublishedFigure(auc: 0.8049),
      "ce": PublishedFigure(auc: 0.8056, logloss: 0.4457),
      "melu": PublishedFigure(auc: 0.8063), "bohb": PublishedFigure(auc: 0.8065),
      "darts": PublishedFigure(auc: 0.8067), "slf": PublishedFigure(auc: 0.8081),
      "al1": PublishedFigure(auc: 0.8052, logloss: 0.4460),
      "al2": PublishedFigure(auc: 0.8083, logloss: 0.4422),
      "autoloss": PublishedFigure(auc: 0.8092, logloss: 0.4416),
      "every-7": PublishedFigure(auc: 0.8092, logloss: 0.4416),
    ],
    "ipnn": [
      "al1": PublishedFigure(auc: 0.8081, logloss: 0.4431),
      "al2": PublishedFigure(auc: 0.8102, logloss: 0.4416),
      "autoloss": PublishedFigure(auc: 0.8108, logloss: 0.4409),
      "every-7": PublishedFigure(auc: 0.8108, logloss: 0.4409),
    ],
  ]

  private static let tuned: [String: (Double, Double)] = [
    "lr": (0.7934, 0.4568), "fm": (0.8086, 0.4431), "ffm": (0.8113, 0.4407),
    "afm": (0.8060, 0.4455), "hofm": (0.8107, 0.4411), "nfm": (0.8093, 0.4424),
    "fnn": (0.8140, 0.4380), "wd": (0.8142, 0.4377), "ipnn": (0.8142, 0.4378),
    "deepfm": (0.8143, 0.4376), "dcn": (0.8144, 0.4376), "xdfm": (0.8143, 0.4376),
    "afi": (0.8132, 0.4390), "afn": (0.8115, 0.4402), "dcnv2": (0.8145, 0.4376),
    "finalmlp": (0.8146, 0.4374),
  ]
}
