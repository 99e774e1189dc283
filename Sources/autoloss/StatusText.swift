import Reporting
import Training

/// How a run stands, for people.
enum StatusText {
  /// A few lines about the run, a table of its workers, one of its servers.
  static func text(_ status: RunStatus) -> String {
    var blocks = [run(status).joined(separator: "\n")]
    blocks.append(status.workers.isEmpty ? "no workers" : workers(status.workers).text)
    if !status.servers.isEmpty { blocks.append(servers(status.servers).text) }
    return blocks.joined(separator: "\n\n")
  }

  private static func run(_ status: RunStatus) -> [String] {
    var lines = [
      "run \(status.job), generation \(status.generation)",
      "step \(count(status.step)) of \(count(status.totalSteps)), "
        + "epoch \(count(status.epoch + 1)), \(Figures.rate(status.examplesPerSecond))",
      "waits for \(status.waitsFor)",
    ]
    if let saved = status.checkpoint {
      lines.append(
        "checkpoint of step \(count(saved.step)), \(ago(saved.ageSeconds)) old: \(saved.path)")
    } else {
      lines.append("no checkpoint yet")
    }
    if let staleness = status.staleness {
      lines.append("staleness \(Figures.fixed(staleness, 2)) steps")
    }
    return lines
  }

  private static func workers(_ workers: [RunStatus.Worker]) -> ResultTable {
    var table = ResultTable([
      "worker", "rank", "host", "holds", "slices", "rate", "silent", "waits for",
    ])
    for worker in workers {
      table.add([
        worker.name, worker.rank, worker.host, held(worker), count(worker.slices),
        "\(Figures.fixed(worker.slicesPerSecond, 1))/s", ago(worker.silentSeconds),
        worker.isDraining ? "\(worker.waitsFor), then leaves" : worker.waitsFor,
      ])
    }
    return table
  }

  /// Such as `2: 17/0-1 0.2 s, 17/3 0.1 s`: step, slices and age of each lease.
  private static func held(_ worker: RunStatus.Worker) -> String {
    let leases = worker.leases.prefix(4).map { lease in
      let last = lease.sliceCount > 1 ? "-\(lease.slice + lease.sliceCount - 1)" : ""
      return "\(lease.step)/\(lease.slice)\(last) \(ago(lease.ageSeconds))"
    }
    let more = worker.leases.count > leases.count ? ", …" : ""
    let list = leases.isEmpty ? "" : ": " + leases.joined(separator: ", ") + more
    return "\(worker.leases.count)\(list)"
  }

  private static func servers(_ servers: [RunStatus.Server]) -> ResultTable {
    var table = ResultTable([
      "server", "seat", "host", "address", "version", "parameters", "silent",
    ])
    for server in servers {
      table.add([
        server.name, server.seat.map(String.init) ?? "spare", server.host, server.address,
        server.isLoaded ? count(server.version) : "loading",
        Figures.bytes(Int(clamping: server.parameterBytes)), ago(server.silentSeconds),
      ])
    }
    return table
  }

  private static func count(_ value: UInt64) -> String { Figures.count(Int(clamping: value)) }

  private static func ago(_ seconds: Double) -> String { Figures.duration(seconds) }
}
