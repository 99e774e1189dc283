import ArgumentParser
import Datasets
import Foundation
import Training

/// Errors of every module as explained ones.
enum Explanation {
  /// What to print, or nil for what the argument parser itself prints (help and usage errors).
  static func of(_ error: any Error) -> (any Explained)? {
    if let explained = error as? any Explained {
      // Some errors have a description of their own; the tool always tells them in three lines.
      return Failure(
        explained.what, at: explained.place, remedy: explained.remedy,
        exitCode: explained.exitCode)
    }
    if let error = error as? RunFailure { return of(error.end) }
    if let error = error as? DataError { return of(error) }
    if let error = error as? CocoaError { return of(error) }
    guard Autoloss.exitCode(for: error) == .failure else { return nil }
    return Failure(
      "\(error)", remedy: "report this with the command line: it should have been explained",
      exitCode: .internalFault)
  }

  /// What Foundation could not do with a file or folder.
  private static func of(_ error: CocoaError) -> Failure {
    Failure(
      error.localizedDescription, at: error.filePath ?? error.url?.path,
      remedy: "check the path, its permissions and the free space of the disk",
      exitCode: .inputOutput)
  }

  private static func of(_ error: DataError) -> Failure {
    let code: Training.ExitCode =
      switch error.kind {
      case .missing: .missingInput
      case .malformed, .corrupt: .badData
      case .exists: .cannotCreate
      case .system: .inputOutput
      }
    return Failure(
      "\(error.operation): \(error.problem)", at: error.place, remedy: error.remedy,
      exitCode: code)
  }
}
