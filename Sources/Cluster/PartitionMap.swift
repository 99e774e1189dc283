/// Which server owns which of the 256 hash-parts of the rows.
///
/// A map is a function of the number of servers alone, so that all sides can make it; which process
/// sits in which seat is told apart from it. Neighbouring hash-parts go to one server.
public struct PartitionMap: Equatable, Sendable {
  /// How many hash-parts there are.
  public static let partitionCount = 256
  /// The most servers that a run can have.
  public static let serverLimit = 64

  /// How many servers share the parameters.
  public let servers: Int

  /// The map of so many servers, 1 to 64.
  public init(servers: Int) {
    precondition(servers >= 1 && servers <= Self.serverLimit, "a map is for 1 to 64 servers")
    self.servers = servers
  }

  /// The seat that owns a hash-part.
  public func owner(of partition: Int) -> Int {
    precondition(partition >= 0 && partition < Self.partitionCount, "there is no such hash-part")
    return partition * servers / Self.partitionCount
  }

  /// The hash-parts of a seat.
  public func partitions(of seat: Int) -> Range<Int> {
    precondition(seat >= 0 && seat < servers, "there is no seat \(seat)")
    func first(_ seat: Int) -> Int { (seat * Self.partitionCount + servers - 1) / servers }
    return first(seat)..<first(seat + 1)
  }
}
