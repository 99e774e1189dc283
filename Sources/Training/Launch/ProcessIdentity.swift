import Foundation
import Messages

/// Who this process is in a run: drawn at its start, so that the first line of its log can say it.
public struct ProcessIdentity: Sendable {
  let number: PeerIdentity
  /// Its rank, as a scheduler numbers processes; a label only, or empty.
  public let rank: String
  let host: String

  /// Draws a new identity; host and rank are what the environment says.
  public init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    var generator = SystemRandomNumberGenerator()
    number = PeerIdentity.identity(using: &generator)
    rank =
      ["AUTOLOSS_RANK", "SLURM_PROCID", "JOB_COMPLETION_INDEX", "RANK"]
      .compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    // Several nodes of Slurm may be one machine.
    host = environment["SLURMD_NODENAME"] ?? HostName.present
  }

  /// The name by which logs call it: eight hexadecimal digits.
  public var name: String { number.shortName }

  /// A failure that began in this process, now.
  func failure(role: String, _ sentence: String) -> FirstFailure {
    FirstFailure(
      role: role, name: name, rank: rank, host: host, time: Date().ISO8601Format(),
      sentence: sentence)
  }
}

/// The name of this machine, without asking the network for it.
enum HostName {
  /// As the system has it; empty where it does not say.
  static var present: String {
    let text = try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }
}
