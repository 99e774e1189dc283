extension ConfigurationKey {
  /// Every key, in the order of files and pages.
  public static let all: [ConfigurationKey] =
    top + model + particular + search + lookAhead + controller + train + checkpoint + cluster + log

  private static let top: [ConfigurationKey] = [
    .text("out", \.out, type: .path, .surroundings, "folder of the run"),
    .text("data.path", \.data.path, type: .path, .surroundings, "folder that `prepare` wrote"),
    .text(
      "loss", \.loss, .model,
      "the strategy: `fixed:LOSS`, `autoloss` or another of `autoloss strategies`, such as"
        + " `weights:0.7,0.3`"),
  ]

  private static let model: [ConfigurationKey] = [
    .choice("model.name", \.model.name, .model, "the recommender network"),
    .integer(
      "model.embeddingWidth", \.model.embeddingWidth, 1...1024, .model,
      "numbers in the embedding of one value"),
    .number(
      "model.embeddingDeviation", \.model.embeddingDeviation, .atLeast(0), .model,
      "standard deviation that embeddings start with; 0 means Xavier-uniform over the whole table"),
    .integers(
      "model.hidden", \.model.hidden, 1...65536, .model, "widths of the hidden layers"),
    .number(
      "model.dropout", \.model.dropout, .from(0, below: 1), .model,
      "share of hidden units dropped in training"),
    .choice(
      "model.linearInit", \.model.linearInit, .model,
      "start of the first-order weights: all zero, or standard normal"),
  ]

  /// Those that not every model has: `ModelKind.particularOptions`.
  private static let particular: [ConfigurationKey] = [
    .integer("model.order", \.model.particular.order, 2...8, .model, "highest order of `hofm`"),
    .choice(
      "model.kernel", \.model.particular.kernel, .model,
      "weight of a pair of embeddings in `opnn`: a matrix, a vector or a number"),
    .integer(
      "model.attentionWidth", \.model.particular.attentionWidth, 1...1024, .model,
      "width of the hidden layer of the attention of `afm`"),
    .integer(
      "model.crossLayers", \.model.particular.crossLayers, 1...64, .model,
      "layers of the cross network of `dcn` and `dcnv2`"),
    .integers(
      "model.cinWidths", \.model.particular.cinWidths, 1...1024, .model,
      "vectors in each layer of the compressed interaction network of `xdfm`"),
    .flag(
      "model.cinSplit", \.model.particular.cinSplit, .model,
      "whether its layers but the last hand only half of their vectors on, and sum the others"),
    .integer(
      "model.heads", \.model.particular.heads, 1...64, .model,
      "heads of the attention of `afi` and of the fusion of `finalmlp`"),
    .integer(
      "model.headWidth", \.model.particular.headWidth, 1...1024, .model,
      "numbers in a vector of one head of `afi`"),
    .integer(
      "model.attentionLayers", \.model.particular.attentionLayers, 1...64, .model,
      "layers of attention of `afi`"),
    .integer(
      "model.logNeurons", \.model.particular.logNeurons, 1...65536, .model,
      "logarithmic neurons of `afn`"),
    .integer(
      "model.userField", \.model.particular.userField, 0...65536, .model,
      "the user's field of `ncf` and `finalmlp`, counted from 1; 0 means the first of two"
        + " (`ncf`) or a learned context (`finalmlp`)"),
    .integer(
      "model.itemField", \.model.particular.itemField, 0...65536, .model,
      "the item's field in the same way; 0 means the second of two (`ncf`)"),
    .integer(
      "model.gateWidth", \.model.particular.gateWidth, 1...65536, .model,
      "width of the hidden layer of the gates of `finalmlp`"),
    .integer(
      "model.maskBlocks", \.model.particular.maskBlocks, 1...64, .model, "blocks of `masknet`"),
    .integer(
      "model.blockWidth", \.model.particular.blockWidth, 1...65536, .model,
      "numbers that come out of a block of `masknet`"),
    .number(
      "model.maskRatio", \.model.particular.maskRatio, .above(0, below: 64), .model,
      "width of the hidden layer of a mask of `masknet`, as a multiple of the embedding's"),
  ]

  private static let search: [ConfigurationKey] = [
    .texts(
      "search.candidates", \.search.candidates, .model,
      "losses to choose among, with parameters as in `focal:gamma=2`"),
    .integer(
      "search.every", \.search.every, 1...1_000_000, .model,
      "steps between two updates of the controller (the paper's f)"),
    .integer(
      "search.controllerDelay", \.search.controllerDelay, 0...999_999, .model,
      "steps that go on while an update is computed, which then moves the controller; less than"
        + " `search.every`"),
    .number(
      "search.temperature.start", \.search.temperature.start, .above(0), .model,
      "temperature of the Gumbel softmax at step 0"),
    .number(
      "search.temperature.slope", \.search.temperature.slope, .atLeast(0), .model,
      "its decrease at each step"),
    .number(
      "search.temperature.floor", \.search.temperature.floor, .above(0), .model,
      "its least value"),
    .flag(
      "search.hard", \.search.hard, .model,
      "one-hot choices with straight-through gradients instead of soft weights"),
    .flag(
      "search.attached", \.search.attached, .model,
      "whether the network's gradient flows through the controller's input"),
    .flag(
      "search.validationNoise", \.search.validationNoise, .model,
      "whether choices are noisy in the controller's own update too"),
  ]

  private static let lookAhead: [ConfigurationKey] = [
    .number(
      "search.virtualStep", \.search.virtualStep, .atLeast(0), .model,
      "size of the network's step by which the controller's updates look ahead (the paper's ξ); 0"
        + " is first order. It does not drop with `train.learningRateDrops`"),
    .choice(
      "search.virtualRule", \.search.virtualRule, .model,
      "how the network moves in that step: down the gradient (`sgd`), or as its own `adam` would,"
        + " with ξ for the learning rate"),
    .choice(
      "search.upper", \.search.upper, .model,
      "what these updates lower on validation rows: `paper` (the weighted losses), `normalised`"
        + " (the same of losses of one scale), `logloss` or `logloss+auc`, which need a"
        + " `search.virtualStep`"),
    .number(
      "search.aucWeight", \.search.aucWeight, .atLeast(0), .model,
      "what the loss of pairs counts in `logloss+auc`"),
    .number(
      "search.entropyBonus", \.search.entropyBonus, .atLeast(0), .model,
      "what the entropy of the controller's answers counts in `paper` and `normalised`"),
  ]

  private static let controller: [ConfigurationKey] = [
    .text(
      "search.controller.file", \.search.controller.file, type: .path, .surroundings,
      "`controller.safetensors` of another run, whose controller weighs the losses and is not"
        + " updated; empty means that it is learned"),
    .integers(
      "search.controller.hidden", \.search.controller.hidden, 1...65536, .model,
      "widths of the controller's hidden layers"),
    .flag(
      "search.controller.batchNorm", \.search.controller.batchNorm, .model,
      "batch norm after each of them"),
    .number(
      "search.controller.dropout", \.search.controller.dropout, .from(0, below: 1), .model,
      "share of their units dropped"),
    .number(
      "search.controller.learningRate", \.search.controller.learningRate, .above(0), .model,
      "step size of the controller's Adam"),
    .number(
      "search.controller.weightDecay", \.search.controller.weightDecay, .atLeast(0), .model,
      "weight decay of the controller's Adam"),
  ]

  private static let train: [ConfigurationKey] = [
    .integer(
      "train.batchSize", \.train.batchSize, 1...16_777_216, .model, "examples of one update"),
    .integer(
      "train.slices", \.train.slices, 1...64, .model,
      "parts of a batch: the unit of work and of batch-norm statistics"),
    .integer(
      "train.epochs", \.train.epochs, 1...1_000_000, .length, "passes over the training rows"),
    .integer(
      "train.maxSteps", \.train.maxSteps, 0...(.max), .length,
      "updates after which to stop; 0 means no limit"),
    .number(
      "train.learningRate", \.train.learningRate, .above(0), .model,
      "step size of the optimizer"),
    .texts(
      "train.learningRateDrops", \.train.learningRateDrops, .model,
      "where it drops: `6000:0.1` after 6000 steps to a tenth, `1ep:0.5` after an epoch to half"),
    .number(
      "train.plateauFactor", \.train.plateauFactor, .from(0, below: 1), .model,
      "what the rate is multiplied by after each evaluation without a better model; 0 means nothing"
    ),
    .choice(
      "train.optimizer", \.train.optimizer, .model,
      "update rule: `adam` decays every row at each step, `lazyAdam` only the rows of the batch"),
    .number(
      "train.weightDecay", \.train.weightDecay, .atLeast(0), .model, "strength of weight decay"),
    .number(
      "train.denseLearningRate", \.train.denseLearningRate, .atLeast(0), .model,
      "step size of all that is no embedding or other row; 0 means as `train.learningRate`"),
    .number(
      "train.denseWeightDecay", \.train.denseWeightDecay, .atLeast(-1), .model,
      "weight decay of all that is no embedding or other row; below 0 means as `train.weightDecay`"
    ),
    .text(
      "train.denseWarmUp", \.train.denseWarmUp, .model,
      "in how many steps (`500`) or epochs (`1ep`) that step size grows evenly from 0; `0` means at"
        + " once"),
    .number(
      "train.cowClip", \.train.cowClip, .atLeast(0), .model,
      "CowClip for large batches: how long a row's gradient may be for each occurrence in the "
        + "batch, in lengths of the row; 0 means as long as it is"),
    .number(
      "train.cowClipFloor", \.train.cowClipFloor, .atLeast(0), .model,
      "how long that gradient may be for each occurrence at least"),
    .choice(
      "train.decay", \.train.decay, .model,
      "weight decay added to the gradient, or taken from the weights beside it"),
    .integer("train.seed", \.train.seed, 0...(.max), .model, "seed of everything random"),
    .integer(
      "train.threads", \.train.threads, 0...1024, .surroundings,
      "compute threads; 0 means all; never changes the result"),
    .integer(
      "train.patience", \.train.patience, 0...1_000_000, .selection,
      "evaluations without a better model before stopping; 0 means never stop"),
    .integer(
      "train.evaluateEvery", \.train.evaluateEvery, 0...(.max), .selection,
      "steps between evaluations; 0 means at the end of each epoch"),
  ]

  private static let checkpoint: [ConfigurationKey] = [
    .integer(
      "checkpoint.everySteps", \.checkpoint.everySteps, 0...(.max), .surroundings,
      "steps between checkpoints; 0 means not by steps"),
    .number(
      "checkpoint.everyMinutes", \.checkpoint.everyMinutes, .atLeast(0), .surroundings,
      "minutes between checkpoints; 0 means not by time"),
    .integer(
      "checkpoint.keep", \.checkpoint.keep, 1...1_000_000, .surroundings,
      "how many of the latest are kept; the best is always kept"),
  ]

  private static let cluster: [ConfigurationKey] = [
    .text(
      "cluster.listen", \.cluster.listen, .surroundings,
      "where the coordinator listens, such as `tcp://127.0.0.1:5570`"),
    .text(
      "cluster.bind", \.cluster.bind, .surroundings,
      "address or device to listen on, `*` for all, when it is not the host of `cluster.listen`"),
    .text(
      "cluster.advertise", \.cluster.advertise, .surroundings,
      "host told to workers, when it is not the one by which they find the coordinator"),
    .integer(
      "cluster.dataPort", \.cluster.dataPort, 0...65535, .surroundings,
      "port for parameters and gradients, beside that of `cluster.listen`; 0 means any free one"),
    .integer(
      "cluster.expectWorkers", \.cluster.expectWorkers, 0...65536, .surroundings,
      "workers to wait for before the first step"),
    .integer(
      "cluster.computeThreads", \.cluster.computeThreads, 0...1024, .surroundings,
      "threads of the coordinator that compute slices beside its workers, without `cluster.servers`"
    ),
    .text(
      "cluster.keys", \.cluster.keys, type: .path, .surroundings,
      "folder of keys that `autoloss keys generate` wrote; empty means plain connections"),
    .integer(
      "cluster.servers", \.cluster.servers, 0...64, .surroundings,
      "processes that own the parameters; 0 means the coordinator does; never changes the result"),
    .choice(
      "cluster.mode", \.cluster.mode, .surroundings,
      "how old the parameters may be that a step is computed from; all but `sync` change the result"
    ),
    .integer(
      "cluster.staleness", \.cluster.staleness, 1...64, .surroundings,
      "steps that parameters may be old in `bounded` mode"),
    .choice(
      "cluster.pullValues", \.cluster.pullValues, .model,
      "how parameters are rounded that a slice is computed from, to send fewer bytes"),
    .choice(
      "cluster.pushValues", \.cluster.pushValues, .model,
      "how the gradients of a slice are rounded, to send fewer bytes"),
    .flag(
      "cluster.insecure", \.cluster.insecure, .surroundings,
      "permit plain connections beyond loopback"),
    .number(
      "cluster.leaseSeconds", \.cluster.leaseSeconds, .above(0, below: 1e6), .surroundings,
      "seconds without progress after which a slice goes to another worker; a worker without any "
        + "for six times as long, and 60 at least, is sent away"),
    .number(
      "cluster.quorumSeconds", \.cluster.quorumSeconds, .above(0, below: 1e6), .surroundings,
      "seconds to wait for the first or another worker before giving up"),
  ]

  private static let log: [ConfigurationKey] = [
    .choice("log.level", \.log.level, .surroundings, "least severe messages on stderr"),
    .choice("log.format", \.log.format, .surroundings, "log lines for people or machines"),
  ]
}
