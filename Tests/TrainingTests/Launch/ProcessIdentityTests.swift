import Testing

@testable import Training

@Suite struct ProcessIdentityTests {
  @Test(
    arguments: [
      ([:], ""), (["SLURM_PROCID": "3", "RANK": "9"], "3"), (["JOB_COMPLETION_INDEX": "0"], "0"),
      (["AUTOLOSS_RANK": "a", "SLURM_PROCID": "3"], "a"), (["SLURM_PROCID": "", "RANK": "1"], "1"),
    ] as [([String: String], String)])
  func ranksAreThoseOfTheScheduler(environment: [String: String], rank: String) {
    #expect(ProcessIdentity(environment).rank == rank)
  }

  @Test func eachHasAnotherName() {
    let names = Set((0..<100).map { _ in ProcessIdentity([:]).name })
    #expect(names.count == 100 && names.allSatisfy { $0.count == 8 })
  }

  @Test func nodesOfSlurmMayBeOneMachine() {
    #expect(ProcessIdentity(["SLURMD_NODENAME": "n2"]).host == "n2")
    #expect(ProcessIdentity([:]).host == HostName.present)
    #expect(!HostName.present.isEmpty)
  }

  @Test func aFailureOfItsOwnNamesIt() {
    let identity = ProcessIdentity(["RANK": "4"])
    let failure = identity.failure(role: "worker", "it broke")
    #expect(failure.name == identity.name && failure.rank == "4" && failure.role == "worker")
    #expect(failure.sentence == "it broke" && failure.time.hasSuffix("Z"))
  }
}
