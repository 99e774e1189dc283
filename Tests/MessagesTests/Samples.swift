import Kernels

@testable import Messages

/// One message of each type at least, small, large and empty.
enum Samples {
  static func floats(_ count: Int) -> Floats { Floats((0..<count).map { Float($0) * 0.37 - 5 }) }

  static let identifiers = View<UInt32>([0, 1, 127, 128, 5000, 1_086_809, .max])

  static func rows(_ count: Int, _ codec: Codec = .float32) -> Parameters {
    Parameters(
      version: 1 << 40, controllerVersion: 9, codec: codec, rows: floats(17 * count),
      dense: floats(61), statistics: floats(4), controller: floats(9),
      controllerStatistics: floats(0))
  }

  static func push(
    _ count: Int, _ codec: Codec = .float32, counts: Bool = false
  ) -> Push {
    Push(
      idChecksum: 5, idCount: count,
      delivery: Delivery(version: 1 << 33, controllerVersion: 7, sums: [1.5, -.infinity, 0]),
      codec: codec, rowGradients: floats(17 * count), denseGradient: floats(61),
      batchStatistics: floats(4), occurrences: counts ? floats(count) : nil)
  }

  static var status: RunStatus {
    var status = RunStatus(
      job: 0xAB, generation: 2, step: 17, totalSteps: 400, epoch: 1, examplesPerSecond: 212_000,
      waitsFor: "step 17: slice 3 (3f2a9c01)",
      checkpoint: .init(step: 16, ageSeconds: 2.5, path: "/runs/run/checkpoints/step-000000016"),
      staleness: 0.5)
    status.workers = [
      .init(
        name: "3f2a9c01", rank: "1", host: "n02", capacity: 3, isDraining: true,
        leases: [.init(step: 17, slice: 3, attempt: 1, ageSeconds: 0.25)], slices: 68,
        slicesPerSecond: 12, silentSeconds: 0.1, waitsFor: "rows"),
      .init(
        name: "77b0c4de", rank: "", host: "", capacity: 1, isDraining: false, slices: 0,
        slicesPerSecond: 0, silentSeconds: 3, waitsFor: ""),
    ]
    status.servers = [
      .init(
        name: "0a1b2c3d", seat: 0, host: "n03", address: "tcp://n03:4711", version: 17,
        isLoaded: true, silentSeconds: 0.2, parameterBytes: 1 << 30),
      .init(
        name: "1a1b2c3d", seat: nil, host: "n04", address: "tcp://n04:4711", version: 0,
        isLoaded: false, silentSeconds: 0.2, parameterBytes: 0),
    ]
    return status
  }

  static let bodies: [Body] = [
    .hello(
      Hello(
        identity: 1 << 127 | 3, build: "0.1.0+abc", configurationHash: "", dataHash: "d4",
        vocabularyHash: "v5", blasKernel: "Haswell", capacity: 8, host: "n02", rank: "1")),
    .welcome(
      Welcome(
        configuration: "seed: 1\nname: \"größer\"\n", dataAddress: "tcp://*:5571",
        creditBytes: 1 << 40, rowCount: 1_086_810, rowWidth: 17, denseCount: 99_137,
        statisticsCount: 512)),
    .refuse(Notice(.otherData, "the worker's data is d4, the coordinator's is d5")),
    .leaseRequest(Report(capacity: 2, items: [])),
    .lease(LeaseTerms(milliseconds: 5000)),
    .wait("the commit of step 4"),
    .pull(Pull(ids: identifiers)),
    .pull(Pull(ids: View<UInt32>([]))),
    .rows(rows(3)),
    .rows(rows(20_000)),
    .rows(rows(3, .float16)),
    .rows(rows(20_000, .bfloat16)),
    .push(push(3)),
    .push(push(20_000)),
    .push(push(3, .scaledFloat16, counts: true)),
    .push(push(300, counts: true)),
    .push(push(3, .bfloat16)),
    .push(push(3, .scaledInt8)),
    .push(push(20_000, .scaledInt8)),
    .acknowledge,
    .reject(Notice(.oldGeneration, "")),
    .heartbeat(
      Report(
        capacity: 1,
        items: [
          .init(step: 9, slice: 3, sliceCount: 1, attempt: 1, progress: 1 << 50),
          .init(step: 10, slice: 60, sliceCount: 4, attempt: 0, progress: 0),
        ],
        waitsFor: "rows")),
    .failure(Notice(.badRecord, "shard 3, row 17: field 5 is not a number")),
    .stop(Notice(.done, "all steps are done")),
    .bye("SIGTERM"),
    .probe,
    .assign(
      Assignment(
        seat: 1, servers: 3, slices: 4, staleness: 2, configuration: "seed: 1\n",
        dataAddress: "tcp://10.0.0.1:5571", fieldSizes: [49, 101, 126],
        listLengths: [1, 5, 1])),
    .state(
      ServerReport(stage: 2, captured: 1 << 34, waitsFor: "step 7: 1 of 4 slices have not come")),
    .commit(CommitTerms()),
    .commit(CommitTerms(capture: 1 << 34, released: 1 << 33)),
    .fetch(Fetch(first: 1 << 33, count: 8192, withDense: true)),
    .fetch(Fetch(first: 8192, count: 4096, withDense: false, ofCapture: true)),
    .fetch(Fetch(ids: identifiers)),
    .contents(Contents(first: 16, rows: floats(640), dense: floats(61))),
    .restore(
      Contents(
        first: 0, isLast: true, rows: floats(64_000), dense: floats(61),
        denseState: floats(122), statistics: floats(4))),
    .delivered(Delivery(version: 12, controllerVersion: 3, sums: [1, .infinity])),
    // Of 64 slices and four candidates.
    .delivered(
      Delivery(version: 0, controllerVersion: 0, sums: (0..<64 * 11).map(Double.init))),
    .inquire(.status),
    .inquire(.drain),
    .inquire(.drainWorker("3f2a9c01")),
    .status(status),
    .answer(Notice(.unknownName, "no worker is called 3f2a9c01")),
    .cause(
      FirstFailure(
        role: "worker", name: "3f2a9c01", rank: "1", host: "n02", time: "2026-01-31T12:03:04Z",
        step: 17, slice: 3, sentence: "read shard: data/train-0.shard: group 7 is damaged")),
  ]
}

extension Payload {
  /// All bytes, for comparisons.
  var bytes: [UInt8] { parts.flatMap(\.array) }
}
