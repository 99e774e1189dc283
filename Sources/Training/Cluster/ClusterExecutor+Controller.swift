import Search
import Transport

/// Updating the controller: with rows that servers own, and beside the steps of workers.
extension ClusterExecutor {
  /// How long a gradient may take before the run gives up, and before it is mentioned.
  private static let patienceMilliseconds: UInt64 = 600_000
  private static let quietMilliseconds: UInt64 = 10_000

  func refresh(_ batch: BatchSlots, and other: BatchSlots?) throws {
    guard let fleet else { return }
    try waitForServers()
    try whileBusy(with: "rows of the servers for the controller") {
      let slices = batch.slices + (other?.slices ?? [])
      try fleet.refresh(slices.map(\.unique), serve: serve)
    }
  }

  /// Begins the gradient that belongs beside `step`, while the parameters are at its version.
  /// Workers compute the step by then, so that even the copying costs little.
  func beginControllerGradient(of step: Int) throws {
    guard let delayed, let batch = compute.validationBatch(beside: step) else { return }
    try delayed.begin(step: step, batch: batch, refresh: refresh)
  }

  func settleController() throws -> StrategySums? {
    guard let delayed, let step = delayed.step else { return nil }
    let began = Uptime.milliseconds
    var mentioned = began
    try whileBusy(with: "the controller's gradient of step \(step)") {
      while !delayed.isDone {
        // Even a run that is to stop waits: what is saved has the gradient.
        try listen()
        let now = Uptime.milliseconds
        guard now - began < Self.patienceMilliseconds else {
          throw Failure(
            "the controller's gradient was not computed within \((now - began) / 1000) s",
            at: "coordinator, step \(step)",
            remedy: "give the coordinator more processors, or set search.controllerDelay=0",
            exitCode: .internalFault)
        }
        if now - mentioned >= Self.quietMilliseconds {
          mentioned = now
          tell("the run waits for the controller's gradient of step \(step)")
        }
      }
    }
    delayed.keep()
    return compute.takeControllerSums()
  }
}
