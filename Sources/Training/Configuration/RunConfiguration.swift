import Models
import Search

/// Everything that a run is told, with the defaults of a plain run.
///
/// A pure value: `ConfigurationKey.all` lists its keys, `ConfigurationResolver` fills it from a
/// file, the environment and flags, and `yaml` writes it so that reading gives the same value.
public struct RunConfiguration: Sendable, Equatable {
  /// The layout of configuration files that this build reads.
  public static let schemaVersion = 1

  /// The folder of the run; absolute once resolved.
  public var out = "run"
  /// A strategy, such as `fixed:LOSS` or `autoloss`.
  public var loss = "autoloss"
  /// What to learn from.
  public var data = Data()
  /// The recommender network.
  public var model = Model()
  /// How losses are chosen.
  public var search = Search()
  /// How the network is trained.
  public var train = Train()
  /// When states are saved.
  public var checkpoint = Checkpoint()
  /// Several processes.
  public var cluster = Cluster()
  /// What is told on stderr.
  public var log = Log()

  /// The defaults.
  public init() {}
}

extension RunConfiguration {
  /// What to learn from.
  public struct Data: Sendable, Equatable {
    /// The folder that `prepare` wrote; empty means not given.
    public var path = ""
  }

  /// The recommender network.
  public struct Model: Sendable, Equatable {
    /// Which one.
    public var name = ModelKind.deepfm
    /// Numbers in the embedding of one value.
    public var embeddingWidth = 16
    /// Standard deviation that embeddings start with; 0 means Xavier-uniform.
    public var embeddingDeviation = 0.0
    /// Widths of the hidden layers.
    public var hidden = [128, 128]
    /// Share of hidden units dropped in training.
    public var dropout = 0.2
    /// Start of the first-order weights.
    public var linearInit = LinearStart.zeros
    /// What single models have to choose for themselves.
    public var particular = ParticularOptions()
  }

  /// Start of the first-order weights.
  public enum LinearStart: String, Sendable, CaseIterable {
    /// All zero.
    case zeros
    /// Drawn from the standard normal distribution.
    case normal
  }

  /// How losses are chosen. The defaults are those that helped and did no harm where it was
  /// measured (docs/search.md), not the paper's: a fixed objective at the end of a virtual step,
  /// bounded losses beside cross entropy, a small controller that learns fast.
  public struct Search: Sendable, Equatable {
    /// The losses to choose among, with parameters as in `focal:gamma=2`.
    public var candidates = ["ce", "mae", "gce"]
    /// Steps of the network between two updates of the controller (the paper's f).
    public var every = 7
    /// Steps that go on while the controller's gradient is computed; less than `every`.
    public var controllerDelay = 0
    /// The annealed temperature of the Gumbel softmax.
    public var temperature = Temperature()
    /// One-hot choices with straight-through gradients instead of soft weights.
    public var hard = false
    /// Whether the network's gradient flows through the controller's input.
    public var attached = false
    /// Whether choices on validation batches are noisy as in training.
    public var validationNoise = true
    /// ξ, the size of the virtual step of the network that the controller's updates look ahead by.
    public var virtualStep = 0.001
    /// How the network moves in that step.
    public var virtualRule = VirtualRule.sgd
    /// What the controller's updates lower.
    public var upper = UpperObjective.logloss
    /// What pairs count in `logloss+auc`.
    public var aucWeight = 1.0
    /// What the entropy of the controller's answers counts in its update.
    public var entropyBonus = 0.0
    /// The controller network.
    public var controller = Controller()
  }

  /// How losses are chosen as the paper has it.
  public static let paperSearch: Search = {
    var search = Search()
    search.candidates = ["focal", "kl", "hinge", "ce"]
    (search.virtualStep, search.upper) = (0, .paper)
    search.temperature.slope = 0.00005
    search.controller = Controller(
      hidden: [128, 128], batchNorm: true, dropout: 0.2, learningRate: 0.001)
    return search
  }()

  /// How the network moves in a virtual step of size ξ.
  public enum VirtualRule: String, Sendable, CaseIterable {
    /// Down the gradient.
    case sgd
    /// As its own Adam would, with ξ for the learning rate.
    case adam
  }

  /// The temperature max(floor, start − slope · step).
  public struct Temperature: Sendable, Equatable {
    /// At step 0.
    public var start = 1.0
    /// Decrease at each step.
    public var slope = 0.0
    /// Never below.
    public var floor = 0.01
  }

  /// The controller network.
  public struct Controller: Sendable, Equatable {
    /// The file of one that was trained before and stays as it is; empty means that it is learned.
    public var file = ""
    /// Widths of the hidden layers.
    public var hidden = [32, 32]
    /// Batch norm after each hidden layer.
    public var batchNorm = false
    /// Share of hidden units dropped.
    public var dropout = 0.0
    /// Of its Adam.
    public var learningRate = 0.01
    /// Of its Adam, coupled.
    public var weightDecay = 0.000001
  }

  /// How the network is trained.
  public struct Train: Sendable, Equatable {
    /// Examples of one update.
    public var batchSize = 2000
    /// Parts that a batch is cut into: the unit of work and of batch-norm statistics.
    public var slices = 4
    /// Passes over the training rows.
    public var epochs = 1
    /// Updates after which to stop; 0 means no limit.
    public var maxSteps = 0
    /// Step size of the optimizer.
    public var learningRate = 0.001
    /// Where it drops, as in `6000:0.1`: after so many steps, or epochs (`1ep:0.1`), to this part.
    public var learningRateDrops: [String] = []
    /// What it is multiplied by after each evaluation without a better model; 0 means nothing.
    public var plateauFactor = 0.0
    /// The update rule.
    public var optimizer = Optimizer.adam
    /// Strength of weight decay.
    public var weightDecay = 0.000001
    /// Step size of what is in no row; 0 means as `learningRate`.
    public var denseLearningRate = 0.0
    /// Strength of weight decay of what is in no row; below 0 means as `weightDecay`.
    public var denseWeightDecay = -1.0
    /// Steps, or epochs (`1ep`), in which the step size of what is in no row grows from 0.
    public var denseWarmUp = "0"
    /// CowClip's r, by which gradients of rows are bounded; 0 means that they are not.
    public var cowClip = 0.0
    /// CowClip's ζ.
    public var cowClipFloor = 0.00001
    /// How weight decay enters the update.
    public var decay = Decay.coupled
    /// Of everything random.
    public var seed = 1
    /// Compute threads; 0 means all.
    public var threads = 0
    /// Evaluations without a better validation AUC after which to stop; 0 means never.
    public var patience = 2
    /// Steps between evaluations; 0 means at the end of each epoch.
    public var evaluateEvery = 0
  }

  /// Names of update rules.
  public enum Optimizer: String, Sendable, CaseIterable {
    /// Adam in which every row decays at each step, as in a dense implementation.
    case adam
    /// Adam that touches only the rows of the batch.
    case lazyAdam
    /// Plain gradient descent.
    case sgd
  }

  /// How weight decay enters the update.
  public enum Decay: String, Sendable, CaseIterable {
    /// Added to the gradient.
    case coupled
    /// Taken from the weights beside the gradient (AdamW).
    case decoupled
  }

  /// When states are saved.
  public struct Checkpoint: Sendable, Equatable {
    /// Steps between checkpoints; 0 means not by steps.
    public var everySteps = 0
    /// Minutes between checkpoints; 0 means not by time.
    public var everyMinutes = 10.0
    /// How many of the latest are kept; the best is always kept.
    public var keep = 2
  }

  /// Several processes.
  public struct Cluster: Sendable, Equatable {
    /// Where the coordinator listens, such as `tcp://127.0.0.1:5570`; empty means not given.
    public var listen = ""
    /// The interface to listen on, when it is not the host of `listen`; empty means that it is.
    public var bind = ""
    /// The host told to workers; empty means the one by which they found the coordinator.
    public var advertise = ""
    /// The port for parameters and gradients; 0 means any free one.
    public var dataPort = 0
    /// Workers to wait for before the first step.
    public var expectWorkers = 1
    /// Threads of the coordinator that compute slices beside its workers.
    public var computeThreads = 0
    /// The folder of keys; empty means plain connections.
    public var keys = ""
    /// Processes that own the parameters; 0 means that the coordinator does.
    public var servers = 0
    /// How far steps may run into each other.
    public var mode = Mode.sync
    /// How many steps old the parameters may be that a step is computed from, where `mode` is
    /// `bounded`.
    public var staleness = 1
    /// How the parameters that a slice is computed from are rounded.
    public var pullValues = PulledValues.fp32
    /// How the gradients of a slice are rounded.
    public var pushValues = PushedValues.fp32
    /// Permits plain connections beyond loopback.
    public var insecure = false
    /// Seconds without progress after which a slice is given to another worker.
    public var leaseSeconds = 10.0
    /// Seconds to wait for the first or another worker before giving up.
    public var quorumSeconds = 60.0
  }

  /// What is told on stderr.
  public struct Log: Sendable, Equatable {
    /// The least severe messages shown.
    public var level = Level.info
    /// Lines for people or for machines.
    public var format = Format.text
  }

  /// How far the steps of a cluster may run into each other.
  public enum Mode: String, Sendable, CaseIterable {
    /// Each step is computed from the parameters that the step before left: a run is a function.
    case sync
    /// A step may be computed from parameters that are `staleness` steps old.
    case bounded
    /// A step is computed from whatever parameters there are.
    case async
  }

  /// How the parameters that a slice is computed from are rounded and sent.
  public enum PulledValues: String, Sendable, CaseIterable {
    /// Not at all.
    case fp32
    /// To half precision.
    case fp16
    /// To the upper half of single precision.
    case bf16
  }

  /// How the gradients of a slice are rounded and sent.
  public enum PushedValues: String, Sendable, CaseIterable {
    /// Not at all.
    case fp32
    /// To half precision with a scale.
    case fp16
    /// To the upper half of single precision.
    case bf16
    /// To 8-bit integers with a scale for each row, up or down by chance.
    case int8
  }

  /// Severities, most talkative first.
  public enum Level: String, Sendable, CaseIterable {
    /// Everything.
    case trace
    /// Inner workings.
    case debug
    /// The course of the run.
    case info
    /// Notable, but as it should be.
    case notice
    /// Something to look at.
    case warning
    /// Something failed.
    case error
    /// The run cannot go on.
    case critical
  }

  /// Forms of log lines.
  public enum Format: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line.
    case json
  }
}
