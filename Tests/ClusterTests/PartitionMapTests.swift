import Cluster
import Testing

@Suite struct PartitionMapTests {
  static let counts = Array(1...PartitionMap.serverLimit)

  @Test(arguments: counts)
  func everyPartHasOneOwner(servers: Int) {
    let map = PartitionMap(servers: servers)
    var owners = Array(repeating: -1, count: PartitionMap.partitionCount)
    for seat in 0..<servers {
      for part in map.partitions(of: seat) {
        #expect(owners[part] == -1, "two seats own part \(part)")
        owners[part] = seat
      }
    }
    #expect(owners == owners.indices.map(map.owner(of:)))
    #expect(owners == owners.sorted(), "neighbouring parts go to one seat")
  }

  @Test(arguments: counts)
  func theSharesAreLevel(servers: Int) {
    let map = PartitionMap(servers: servers)
    let sizes = (0..<servers).map { map.partitions(of: $0).count }
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    #expect((sizes.min() ?? 0) >= PartitionMap.partitionCount / PartitionMap.serverLimit)
  }

  @Test func oneServerOwnsAll() {
    #expect(PartitionMap(servers: 1).partitions(of: 0) == 0..<256)
    #expect(PartitionMap(servers: 3).partitions(of: 1) == 86..<171)
  }

  @Test func aMapIsAFunctionOfTheNumberOfServers() {
    #expect(PartitionMap(servers: 5) == PartitionMap(servers: 5))
    #expect(PartitionMap(servers: 5) != PartitionMap(servers: 6))
  }

  @Test func mistakesTrap() async {
    await #expect(processExitsWith: .failure) { _ = PartitionMap(servers: 0) }
    await #expect(processExitsWith: .failure) { _ = PartitionMap(servers: 65) }
    await #expect(processExitsWith: .failure) { _ = PartitionMap(servers: 2).owner(of: 256) }
    await #expect(processExitsWith: .failure) { _ = PartitionMap(servers: 2).partitions(of: 2) }
  }
}
