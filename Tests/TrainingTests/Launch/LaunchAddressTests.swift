import Testing
import Transport

@testable import Training

@Suite struct LaunchAddressTests {
  static let slurm = ["SLURM_JOB_ID": "12", "SLURM_JOB_NODELIST": "n[01-03,07]"]

  @Test func saysNothingWithoutVariables() throws {
    #expect(try LaunchAddress.read([:]) == nil)
    #expect(try LaunchAddress.read(["SLURM_JOB_ID": "12", "HOME": "/"]) == nil)
    #expect(try LaunchAddress.read(["AUTOLOSS_COORDINATOR": ""]) == nil)
  }

  @Test func takesSlurmsFirstNodeAndPortsFromTheJob() throws {
    let address = try #require(try LaunchAddress.read(Self.slurm))
    #expect(address.coordinator == "tcp://n01:20024")
    #expect(address.listen == "tcp://*:20024")
    #expect(address.advertise == "n01")
    #expect(address.dataPort == 20_025)
  }

  @Test(arguments: [
    ("0", "20000"), ("4999", "29998"), ("5000", "20000"), ("18446744073709551615", "23230"),
  ])
  func portsStayInTheirRange(job: String, port: String) throws {
    let address = try LaunchAddress.read(["SLURM_JOB_ID": job, "SLURM_JOB_NODELIST": "a"])
    #expect(address?.coordinator == "tcp://a:\(port)")
  }

  @Test func theOwnVariableWins() throws {
    let own = Self.slurm.merging(["AUTOLOSS_COORDINATOR": "tcp://c.example:5570"]) { $1 }
    let address = try #require(try LaunchAddress.read(own))
    #expect(address.coordinator == "tcp://c.example:5570")
    #expect(address.listen == "tcp://*:5570")
    #expect(address.advertise == "c.example")
    #expect(address.dataPort == 0)
  }

  @Test func loopbackStaysLoopback() throws {
    let address = try LaunchAddress.read(["AUTOLOSS_COORDINATOR": "tcp://127.0.0.1:5570"])
    #expect(address?.listen == "tcp://127.0.0.1:5570")
    #expect(address?.advertise == "")
  }

  @Test(arguments: ["c:5570", "tcp://c", "tcp://*:5570", "tcp://c:0", "inproc://c"])
  func refusesWhatNobodyCanConnectTo(text: String) {
    let error = #expect(throws: (any Error).self) {
      try LaunchAddress.read(["AUTOLOSS_COORDINATOR": text])
    }
    #expect((error as? any Explained)?.exitCode == .usage)
  }

  @Test(arguments: [("x", "n1"), ("12", "n[1"), ("12", "")])
  func refusesWhatSlurmNeverSays(job: String, nodes: String) {
    let error = #expect(throws: Failure.self) {
      try LaunchAddress.read(["SLURM_JOB_ID": job, "SLURM_JOB_NODELIST": nodes])
    }
    #expect(error?.remedy.contains("AUTOLOSS_COORDINATOR") == true)
  }

  @Test func aCoordinatorListensWhereTheSchedulerSaysItIs() throws {
    var resolver = ConfigurationResolver(workingFolder: "/w")
    try resolver.read(
      yaml: "cluster: {listen: 'tcp://127.0.0.1:1'}", named: "f.yaml", folder: "/f")
    try resolver.apply(launch: Self.slurm)
    let resolved = try resolver.resolve()
    #expect(resolved.configuration.cluster.listen == "tcp://*:20024")
    #expect(resolved.configuration.cluster.advertise == "n01")
    #expect(resolved.configuration.cluster.dataPort == 20_025)
    #expect(resolved.origin(of: "cluster.listen") == .environment("SLURM_JOB_ID"))
  }

  /// All three belong together: an own address is not told under the scheduler's name.
  @Test func anAddressOfItsOwnIsLeftAlone() throws {
    var resolver = ConfigurationResolver(workingFolder: "/w")
    try resolver.apply(flag: "--listen", to: "cluster.listen", "tcp://127.0.0.1:0")
    try resolver.apply(launch: Self.slurm)
    let cluster = try resolver.resolve().configuration.cluster
    #expect(cluster.listen == "tcp://127.0.0.1:0")
    #expect(cluster.advertise == "")
    #expect(cluster.dataPort == 0)
  }

  @Test func partsThatAFlagSaysStay() throws {
    var resolver = ConfigurationResolver(workingFolder: "/w")
    try resolver.apply(flag: "--data-port", to: "cluster.dataPort", "7")
    try resolver.apply(launch: Self.slurm)
    let cluster = try resolver.resolve().configuration.cluster
    #expect(cluster.listen == "tcp://*:20024")
    #expect(cluster.dataPort == 7)
  }
}
