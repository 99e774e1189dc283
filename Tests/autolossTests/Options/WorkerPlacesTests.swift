import ArgumentParser
import Testing
import Training

@testable import autoloss

@Suite struct WorkerPlacesTests {
  static let environment = [
    "AUTOLOSS_COORDINATOR": "tcp://c.example:5570", "AUTOLOSS__DATA__PATH": "/data",
    "AUTOLOSS__CLUSTER__INSECURE": "true",
  ]

  @Test func theEnvironmentIsEnough() throws {
    let places = try WorkerPlaces.parse([])
    #expect(try places.address(Self.environment) == "tcp://c.example:5570")
    #expect(try places.folder(Self.environment) == "/data")
    #expect(places.allowsInsecure(Self.environment))
    #expect(!places.allowsInsecure([:]))
  }

  @Test func flagsWin() throws {
    let places = try WorkerPlaces.parse(["--coordinator", "tcp://d:1", "--data", "d"])
    #expect(try places.address(Self.environment) == "tcp://d:1")
    #expect(try places.folder(Self.environment) == "d")
  }

  @Test func slurmIsAskedLast() throws {
    let slurm = ["SLURM_JOB_ID": "12", "SLURM_JOB_NODELIST": "n[01-03,07]"]
    let places = try WorkerPlaces.parse([])
    #expect(try places.address(slurm) == "tcp://n01:20024")
    #expect(try places.address(slurm.merging(Self.environment) { $1 }) == "tcp://c.example:5570")
  }

  @Test func saysWhatIsMissing() throws {
    let places = try WorkerPlaces.parse([])
    let address = #expect(throws: Failure.self) { try places.address([:]) }
    #expect(address?.exitCode == .usage)
    #expect(address?.remedy.contains("--coordinator") == true)
    let folder = #expect(throws: Failure.self) { try places.folder([:]) }
    #expect(folder?.remedy.contains("--data") == true)
  }
}
