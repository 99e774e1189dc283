/// What must be equal on both sides for equal bits. An empty text is unknown and not compared.
public struct Fingerprint: Equatable, Sendable {
  /// The program's version, and the instructions that it was compiled for.
  public var build: String
  /// The hash of the resolved configuration.
  public var configuration: String
  /// The hash of the data's manifest.
  public var data: String
  /// The hash of the vocabulary.
  public var vocabulary: String
  /// OpenBLAS's kernels, which differ between kinds of processors in the last bits of products;
  /// left empty by a coordinator whose run need not be equal bit for bit.
  public var kernel: String

  /// Names everything.
  public init(
    build: String, configuration: String = "", data: String = "", vocabulary: String = "",
    kernel: String = ""
  ) {
    self.build = build
    self.configuration = configuration
    self.data = data
    self.vocabulary = vocabulary
    self.kernel = kernel
  }

  /// Why a worker with `theirs` cannot take part, in one sentence that names both sides.
  public func refusal(
    of theirs: Fingerprint, role: String = "worker"
  ) -> (code: RefusalCode, sentence: String)? {
    let pairs: [(RefusalCode, String, String, String, String)] = [
      (.otherBuild, "build", build, theirs.build, "install the same build on all hosts"),
      (
        .otherConfiguration, "configuration", configuration, theirs.configuration,
        "start the worker without a configuration: the coordinator sends it"
      ),
      (
        .otherData, "data", data, theirs.data,
        "copy the prepared folder of the coordinator, manifest included"
      ),
      (
        .otherVocabulary, "vocabulary", vocabulary, theirs.vocabulary,
        "copy the prepared folder of the coordinator, vocabulary included"
      ),
      (
        .otherKernel, "OpenBLAS kernel", kernel, theirs.kernel,
        "start the worker with OPENBLAS_CORETYPE=\(kernel) or, where its processor cannot, the "
          + "coordinator with OPENBLAS_CORETYPE=\(theirs.kernel)"
      ),
    ]
    for (code, name, ours, their, remedy) in pairs
    where !ours.isEmpty && !their.isEmpty && ours != their {
      return (code, "the \(role)'s \(name) is \(their), the coordinator's is \(ours); \(remedy)")
    }
    return nil
  }
}

/// Why a worker cannot take part.
public enum RefusalCode: Equatable, Sendable, CaseIterable {
  case otherBuild
  case otherConfiguration
  case otherData
  case otherVocabulary
  case otherKernel
}

/// Why one message of a worker is not accepted.
public enum RejectionCode: Equatable, Sendable, CaseIterable {
  /// The message belongs to an earlier start of the coordinator.
  case oldGeneration
  /// The worker has not introduced itself, or has been given up.
  case unknownWorker
  /// The message is about what is no unit of an open step.
  case wrongStep
  /// The losses were weighed by another version of the controller.
  case wrongController
  /// The content of the message is not usable; decided at the edge.
  case unusable
}

/// Why a worker stops.
public enum StopCode: Equatable, Sendable, CaseIterable {
  /// The run is finished.
  case done
  /// Somebody asked for the worker to leave.
  case drained
  /// The run was stopped after a checkpoint; it goes on when its coordinator is started again.
  case interrupted
  /// The run, or this worker, failed.
  case failed
}
