/// Which of the controller's updates belong to a step.
extension LocalCompute {
  /// Steps between the parameters that the controller's gradient is taken at and its update.
  var controllerDelay: Int { parts.configuration.search.controllerDelay }

  /// The update of the controller whose gradient is taken at the version of `step`, if one is.
  ///
  /// It is done already, or its gradient is kept, where a run goes on that was stopped inside the
  /// step.
  func controllerUpdate(at step: Int) -> (batch: Int, isDone: Bool)? {
    let every = parts.configuration.search.every
    guard let controller = parts.validatedController, step % every == 0 else { return nil }
    let isDone = controller.updates > step / every || controller.pending?.step == step
    return (batch: step / every, isDone: isDone)
  }

  /// The validation batch whose gradient is computed beside `step`; always nil without a delay.
  func validationBatch(beside step: Int) -> Int? {
    guard controllerDelay > 0, let update = controllerUpdate(at: step), !update.isDone else {
      return nil
    }
    return update.batch
  }

  /// Whether the gradient of an earlier step is used for the controller's update before `step`.
  func usesKeptGradient(before step: Int) -> Bool {
    let delay = controllerDelay
    guard delay > 0, step >= delay, let controller = parts.validatedController else {
      return false
    }
    let (number, rest) = (step - delay).quotientAndRemainder(
      dividingBy: parts.configuration.search.every)
    return rest == 0 && controller.updates == number
  }

  /// What `step` will ask for; nothing beyond the end of the run.
  func reads(for step: Int) -> Reads {
    guard step < source.schedule.totalSteps else { return Reads() }
    return Reads(training: step, validation: controllerUpdate(at: step)?.batch)
  }
}
