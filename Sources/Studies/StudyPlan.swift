/// One training run of a study.
public struct StudyRun: Sendable, Equatable, Codable {
  /// Its name in files, none like it in the study: `deepfm-autoloss-seed1`.
  public var name: String
  /// What it is compared within: a model, and the data where there are two.
  public var group: String
  /// The model.
  public var model: String
  /// How it trains.
  public var method: StudyMethod
  /// Of everything random in it.
  public var seed: Int
  /// The folder of prepared data.
  public var data: String
  /// The run whose controller it is given; nil for most.
  public var controllerOf: String?
  /// The name of its folder, where it is not its own: a longer run goes on from a shorter one.
  public var folder: String?

  /// The name of the folder that it is made in.
  public var folderName: String { folder ?? name }
}

/// All runs of a study: a grid of models, methods and seeds.
public struct StudyPlan: Sendable, Equatable {
  /// Which study.
  public let kind: StudyKind
  /// The runs, in the order in which they are begun: seed by seed, so that a study that is stopped
  /// half-way has whole rows.
  public let runs: [StudyRun]
  /// The data that it is made for.
  public let data: [String]

  /// What a study is made for.
  public struct Options: Sendable, Equatable {
    /// The models; those of the paper where it is nil.
    public var models: [String]?
    /// Seeds 1, 2, ….
    public var seeds: Int
    /// The prepared data; of `planted` the folder of all its data sets.
    public var data: String
    /// Data that a controller is transferred to as well.
    public var targetData: String?
    /// Steps between updates, for `frequency`.
    public var frequencies = StudyKind.usualFrequencies
    /// The weights that BOHB's search found for a model, as `weights:0.7,0.3`, for `table2`; models
    /// that are not here have no such row.
    public var searchedWeights: [String: String] = [:]

    /// Options; see the properties.
    public init(models: [String]? = nil, seeds: Int, data: String, targetData: String? = nil) {
      (self.models, self.seeds, self.data) = (models, seeds, data)
      self.targetData = targetData
    }
  }

  /// The runs of a study.
  public init(_ kind: StudyKind, _ options: Options) {
    self.kind = kind
    let models = options.models ?? kind.usualModels
    let seeds = 1...max(options.seeds, 1)
    let groups = Self.groups(kind, models, options)
    runs = seeds.flatMap { seed in groups.flatMap { $0.runs(seed: seed) } }
    data = kind == .planted ? [options.data] : Set(runs.map(\.data)).sorted()
  }

  /// The groups in their order.
  public var groups: [String] { Self.unique(runs.map(\.group)) }

  /// The methods of a group in their order.
  public func methods(of group: String) -> [StudyMethod] {
    var names: Set<String> = []
    return runs.filter { $0.group == group && names.insert($0.method.name).inserted }
      .map(\.method)
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

/// One model on one data set, and how it is trained there.
private struct Group {
  var name: String
  var model: String
  var data: String
  var methods: [StudyMethod]
  /// The group whose controllers are given to this one.
  var source: String?
  /// The problem whose data sets, one of each seed, lie in `data`; nil for data that is the same.
  var noise: PlantedNoise?

  func runs(seed: Int) -> [StudyRun] {
    methods.map { method in
      StudyRun(
        name: Self.run(name, method.name, seed), group: name, model: model, method: method,
        seed: seed, data: noise?.folder(in: data, seed: seed) ?? data,
        controllerOf: method.isTransferred
          ? source.map { Self.run($0, method.loss, seed) } : nil)
    }
  }

  private static func run(_ group: String, _ method: String, _ seed: Int) -> String {
    "\(group)-\(method)-seed\(seed)"
  }
}

extension StudyPlan {
  private static func groups(
    _ kind: StudyKind, _ models: [String], _ options: Options
  ) -> [Group] {
    let methods: [StudyMethod] =
      switch kind {
      case .table2:
        [.focal, .kl, .hinge, .crossEntropy, .meLU, .darts, .slf, .autoLoss]
      case .table3: [.equalWeights, .softmaxWeights, .autoLoss]
      case .efficiency: [.crossEntropy, .equalWeights, .meLU, .darts, .slf, .autoLoss]
      case .frequency: options.frequencies.map { .every($0) }
      case .planted: [.crossEntropy, .absolute, .equalWeights, .firstOrder, .autoLoss]
      case .transfer: []
      }
    switch kind {
    case .transfer: return transfer(models, options)
    case .planted:
      return models.flatMap { model in
        PlantedNoise.allCases.map { noise in
          Group(
            name: models.count == 1 ? noise.rawValue : "\(model)-\(noise.rawValue)", model: model,
            data: options.data, methods: methods, noise: noise)
        }
      }
    default:
      return models.map { model in
        var methods = methods
        if kind == .table2, let weights = options.searchedWeights[model] {
          // Where the paper has it: after MeLU.
          methods.insert(.bohb(weights), at: (methods.firstIndex(of: .meLU) ?? 0) + 1)
        }
        return Group(name: model, model: model, data: options.data, methods: methods)
      }
    }
  }

  /// The first model lends its controllers to the others, and to itself on the other data.
  private static func transfer(_ models: [String], _ options: Options) -> [Group] {
    guard let lender = models.first else { return [] }
    let borrowed: [StudyMethod] = [
      .crossEntropy, .slf.transferred, .autoLoss.transferred, .autoLoss.learnedThere,
    ]
    var groups = [
      Group(
        name: lender, model: lender, data: options.data,
        methods: [.crossEntropy, .slf, .autoLoss])
    ]
    for model in models.dropFirst() {
      groups.append(
        Group(name: model, model: model, data: options.data, methods: borrowed, source: lender))
    }
    if let data = options.targetData {
      groups.append(
        Group(
          name: "\(lender)-elsewhere", model: lender, data: data, methods: borrowed,
          source: lender))
    }
    return groups
  }
}
