import Kernels
import Optimization

/// The parameters of a run at one step, held while they are written and training goes on.
final class RunCapture: @unchecked Sendable {
  // Unchecked: copies are written in `begin` alone, before a writing thread gets the capture.

  /// Rows, dense vector and statistics, where they come from: this process's store, or others who
  /// own them.
  private(set) var source: any ParameterCapture
  /// The controller, where the run has one.
  let controller: Controller?
  private let store: StoreCapture
  private let parts: RunParts

  /// V at the captured step, with its optimizer and running statistics.
  final class Controller {
    let weights: Floats
    let state: Floats
    let statistics: Floats
    fileprivate(set) var updates = 0
    /// The gradient that waits for its step, with what belongs to it; nil when none does.
    fileprivate(set) var pending: ControllerParameters.Pending?
    let gradient: Floats
    let statisticsSum: Floats

    fileprivate init(_ controller: ControllerParameters, keepsGradient: Bool) {
      gradient = Floats(count: keepsGradient ? controller.gradient.count : 0)
      statisticsSum = Floats(count: keepsGradient ? controller.statisticsSum.count : 0)
      weights = Floats(count: controller.dense.weights.count)
      state = Floats(count: controller.dense.state.count)
      statistics = Floats(count: controller.statistics.count)
    }
  }

  /// Reserves what a capture needs.
  init(_ parts: RunParts) {
    self.parts = parts
    store = parts.store.reserveCapture()
    source = store
    let keepsGradient = parts.configuration.search.controllerDelay > 0
    controller = parts.controller.map { Controller($0, keepsGradient: keepsGradient) }
  }

  /// Bytes of rows that this process changed before they were written.
  var keptBytes: Int { source === store ? store.keptBytes : 0 }

  /// Captures what the run holds now, or what is `fetched` of it; nobody may be changing it.
  func begin(_ fetched: FetchedCapture? = nil) {
    if let fetched {
      source = fetched
    } else {
      source = store
      store.begin()
    }
    guard let controller, let present = parts.controller else { return }
    controller.weights.copy(from: present.dense.weights)
    controller.state.copy(from: present.dense.state)
    controller.statistics.copy(from: present.statistics)
    controller.updates = present.updates
    controller.pending = present.pending
    guard present.pending != nil else { return }
    controller.gradient.copy(from: present.gradient)
    controller.statisticsSum.copy(from: present.statisticsSum)
  }

  /// Gives back what is not needed once everything is written.
  func release() {
    store.release()
    source = store
  }
}
