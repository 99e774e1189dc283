import Foundation

/// Which run this is, and how often its coordinator has been started.
///
/// Every message carries both, so that what an earlier start left on its way is recognised.
struct JobIdentity: Codable, Equatable, Sendable {
  /// Random, drawn at the first start.
  var job: UInt64
  /// 1 at the first start, one more at each later one.
  var generation: UInt32

  /// Notes one more start in the run folder and returns it.
  static func next(in folder: RunFolder) throws -> JobIdentity {
    let url = folder.job
    var identity = JobIdentity(job: UInt64.random(in: 1...UInt64.max), generation: 0)
    if let data = try contents(of: url) {
      guard
        let kept = try? JSONDecoder().decode(JobIdentity.self, from: data),
        kept.generation < .max
      else {
        throw Failure(
          "the file that counts the coordinator's starts is damaged", at: url.path,
          remedy: "remove it if no worker of this run is alive", exitCode: .badData)
      }
      identity = kept
    }
    identity.generation += 1
    try writeDurably(try JSONEncoder().encode(identity), to: url)
    return identity
  }

  /// What the file holds; nil when there is none, which is not the same as one that is kept shut.
  private static func contents(of url: URL) throws -> Data? {
    do {
      return try Data(contentsOf: url)
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return nil
    } catch {
      throw Failure(
        "the file that counts the coordinator's starts cannot be read: "
          + error.localizedDescription, at: url.path,
        remedy: "let this user read it, or remove it if no worker of this run is alive",
        exitCode: .inputOutput)
    }
  }
}
