import Testing

@testable import Cluster

@Suite struct OwnerLinksTests {
  private static let names = OwnerLinks.names(
    data: "tcp://10.0.0.1:5571", servers: ["tcp://10.0.0.2:7", "tcp://10.0.0.3:8"])

  @Test func ownersAreCalledByPlaceAndAddress() {
    #expect(
      Self.names == [
        "the coordinator at tcp://10.0.0.1:5571", "server 1 of 2 at tcp://10.0.0.2:7",
        "server 2 of 2 at tcp://10.0.0.3:8",
      ])
  }

  @Test func anAbsenceIsToldOnceAndSoIsItsEnd() {
    var links = OwnerLinks(Self.names, at: 1000)
    #expect(links.note([true, false, false], at: 2000).isEmpty)
    #expect(links.note([true, true, false], at: 5999).isEmpty && links.missed == nil)
    let told = links.note([true, true, false], at: 6000)
    #expect(told.count == 1)
    #expect(told.first?.hasPrefix("no connection to server 2 of 2 at tcp://10.0.0.3:8 f") == true)
    #expect(links.missed == "server 2 of 2 at tcp://10.0.0.3:8 (not connected)")
    #expect(links.note([true, true, false], at: 60_000).isEmpty)
    #expect(
      links.note([true, true, true], at: 60_001)
        == ["connected to server 2 of 2 at tcp://10.0.0.3:8"])
    #expect(links.missed == nil && links.note([true, true, true], at: 70_000).isEmpty)
  }

  /// A connection that breaks has its five seconds again.
  @Test func aBreakBeginsAnew() {
    var links = OwnerLinks(Self.names, at: 0)
    #expect(links.note([true, true, true], at: 100).isEmpty)
    #expect(links.note([false, true, false], at: 9000).isEmpty)
    #expect(links.note([false, true, false], at: 13_999).isEmpty)
    #expect(links.note([false, true, false], at: 14_000).count == 2)
    #expect(links.missed == "the coordinator at tcp://10.0.0.1:5571 and 1 more (not connected)")
  }
}
