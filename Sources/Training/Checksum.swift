import Datasets
import Kernels

extension RunParts {
  /// SHA-256 over all parameters and optimizer state of the model and the controller, in canonical
  /// order: a function of what they mean, not of files, threads or workers.
  func checksum() -> String {
    let hash = SHA256()
    store.forEachCanonicalPiece { hash.update($0) }
    if let controller {
      hash.update(controller.dense.weights)
      hash.update(controller.dense.state)
      hash.update(controller.statistics)
      hash.update([UInt64(controller.updates)])
    }
    return hash.finish()
  }
}
