import Foundation
import Kernels

/// On what a run was made: everything outside configuration and data that can matter.
struct RunEnvironment: Codable, Sendable {
  var host: String
  var operatingSystem: String
  var processor: String
  var processors: Int
  var blasKernel: String
  var blasConfiguration: String
  var threads: Int
  var dataHash: String
  var started: String

  /// The environment of this process.
  static func current(_ setup: RunSetup) -> RunEnvironment {
    let blas = BlasSetup.current()
    let process = ProcessInfo.processInfo
    return RunEnvironment(
      host: process.hostName, operatingSystem: process.operatingSystemVersionString,
      processor: processorName(), processors: process.activeProcessorCount,
      blasKernel: blas.core, blasConfiguration: blas.configuration, threads: setup.threads,
      dataHash: setup.dataset.manifest.dataHash, started: Date().ISO8601Format())
  }

  /// Pretty JSON with sorted keys.
  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }

  private static func processorName() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }
}
