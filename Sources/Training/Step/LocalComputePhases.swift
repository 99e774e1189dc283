import Kernels
import Optimization

/// The tasks of each phase, taken by the threads one by one.
extension LocalCompute {
  /// Pieces that a catch-up or commit is cut into: enough for an even load on many threads.
  private var chunks: Int { threads * 4 }

  /// Works as `member` until the phase has no task left.
  func perform(_ phase: Int, member: Int) {
    guard let phase = Phase(rawValue: phase) else { preconditionFailure("no phase \(phase)") }
    let count = taskCount(phase)
    while let task = tasks.take(below: count) {
      errors.catching(task: task) { try perform(phase, task: task, member: member) }
    }
  }

  private func taskCount(_ phase: Phase) -> Int {
    switch phase {
    case .read: readCount
    case .catchUp, .commit: chunks
    case .compute: slices + readCount
    case .validate: slices
    case .evaluate: scoringTask?.batches ?? 0
    }
  }

  private func perform(_ phase: Phase, task: Int, member: Int) throws {
    let worker = members[member]
    switch phase {
    case .read: try read(task, worker)
    case .catchUp: parts.store.catchUp(current.plan, chunk: task, of: chunks)
    case .commit: parts.store.commit(current.plan, contributions, chunk: task, of: chunks)
    case .compute:
      if task < slices { try train(task, worker) } else { try read(task - slices, worker) }
    case .validate: validate(task, worker)
    case .evaluate: try scoringTask?.score(task, slot: scoring[member], worker, parts.store)
    }
  }

  private func train(_ slice: Int, _ worker: ComputeMember) throws {
    let slot = current.slices[slice]
    let store = parts.store
    store.read(slot.unique, into: worker.rows)
    worker.train(
      slot, step: step, dense: store.dense.weights, statistics: store.statistics,
      controller: parts.controller?.state)
    do {
      try store.validate(slot.contribution, slice: slice)
    } catch {
      throw Failure(error)
    }
  }

  private func validate(_ slice: Int, _ worker: ComputeMember) {
    guard let slot = validation?.slices[slice], let controller = parts.controller else { return }
    let store = parts.store
    store.peek(slot.unique, into: worker.rows)
    worker.validate(
      slot, step: step, dense: store.dense.weights, statistics: store.statistics,
      controller: controller.state)
  }
}

/// Reading ahead.
extension LocalCompute {
  /// Tasks: slices of the next batch, then slices of the next validation batch.
  private var readCount: Int {
    (reads.training == nil ? 0 : slices) + (reads.validation == nil ? 0 : slices)
  }

  private func read(_ task: Int, _ worker: ComputeMember) throws {
    if let step = reads.training, task < slices {
      try source.readTraining(
        step: step, slice: task, into: next.slices[task], index: worker.index)
      if unreadSlices.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        next.makePlan()
      }
    } else if let batch = reads.validation, let validation {
      let slice = task % slices
      try source.readValidation(
        batch: batch, slice: slice, into: validation.slices[slice], index: worker.index)
    }
  }
}
