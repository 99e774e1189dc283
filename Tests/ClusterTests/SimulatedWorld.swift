/// How bad the world of one simulation is.
struct Weather {
  var drop = 0.0
  var duplicate = 0.0
  var delayMilliseconds: UInt64 = 3
  /// Faults a simulated second, of each kind below, while the chaos lasts.
  var workerKills = 0.0
  var disconnects = 0.0
  var freezes = 0.0
  var partitions = 0.0
  var coordinatorKills = 0.0
  /// Workers that are asked to leave, by a signal or by `drain`.
  var leaves = 0.0
  /// Of one machine's clock, up to twenty seconds ahead, as when it was asleep.
  var clockJumps = 0.0
  /// How many computations never return.
  var hangs = 0.0
  /// The coordinator does nothing for a while, as in an evaluation.
  var absences = 0.0
  var serverKills = 0.0
  /// Of a server's control connection.
  var serverDisconnects = 0.0
  var serverFreezes = 0.0
  /// Between a server and the coordinator.
  var serverPartitions = 0.0
  /// Between a server and a worker.
  var linkPartitions = 0.0
  var chaosMilliseconds: UInt64 = 20_000

  /// Whether the coordinator is always there to notice a death in time.
  var noticesDeaths: Bool { absences == 0 && clockJumps == 0 }

  /// Whether no server can seem to be lost.
  var keepsServers: Bool {
    [
      coordinatorKills, clockJumps, serverKills, serverDisconnects, serverFreezes, serverPartitions,
    ]
    .allSatisfy { $0 == 0 }
  }
}

/// Things to happen, by time; those of one time in the order in which they were added.
struct Agenda<Element> {
  private var heap: [(time: UInt64, number: UInt64, element: Element)] = []
  private var number: UInt64 = 0

  var count: Int { heap.count }

  mutating func add(_ time: UInt64, _ element: Element) {
    number += 1
    heap.append((time, number, element))
    var child = heap.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (UInt64, Element)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let least = children.min(by: { precedes($0, $1) }), precedes(least, parent) else {
        return (first.time, first.element)
      }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    (heap[left].time, heap[left].number) < (heap[right].time, heap[right].number)
  }
}
