import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct JobIdentityTests {
  @Test func everyStartOfARunHasItsGeneration() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.url)
    let starts = try (1...4).map { _ in try JobIdentity.next(in: folder) }
    #expect(starts.map(\.generation) == [1, 2, 3, 4])
    #expect(Set(starts.map(\.job)).count == 1)
    let other = try TemporaryFolder()
    let another = try JobIdentity.next(in: RunFolder(other.url))
    #expect(another.generation == 1)
    #expect(another.job != starts[0].job)
  }

  /// JSON numbers must not lose bits of a job on the way.
  @Test(arguments: [1, (1 << 53) + 1, .max] as [UInt64])
  func anyJobComesBack(job: UInt64) throws {
    let temporary = try TemporaryFolder()
    try JSONEncoder().encode(JobIdentity(job: job, generation: 7))
      .write(to: temporary.url.appendingPathComponent("job.json"))
    let next = try JobIdentity.next(in: RunFolder(temporary.url))
    #expect(next == JobIdentity(job: job, generation: 8))
  }

  @Test func aDamagedFileIsExplained() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.url.appendingPathComponent("job.json")
    try Data("{}".utf8).write(to: url)
    let error = #expect(throws: Failure.self) {
      try JobIdentity.next(in: RunFolder(temporary.url))
    }
    #expect(error?.exitCode == .badData)
    #expect(error?.place == url.path)
    #expect(try Data(contentsOf: url) == Data("{}".utf8))
  }

  /// A start that cannot be counted must not become the first start of another run.
  @Test func aFileThatIsKeptShutIsExplained() throws {
    let temporary = try TemporaryFolder()
    let url = temporary.url.appendingPathComponent("job.json")
    // A folder of that name: no permission keeps a superuser from reading a file.
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    let error = #expect(throws: Failure.self) {
      try JobIdentity.next(in: RunFolder(temporary.url))
    }
    #expect(error?.exitCode == .inputOutput)
    #expect(error?.place == url.path)
    #expect(error?.remedy.contains("remove it") == true)
  }
}
