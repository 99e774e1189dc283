import TestSockets
import Testing

/// The link that spoils others must itself do what it says.
@Suite struct ChaosProxyTests {
  /// Two ends of a connection through a proxy: one that connected, one that listens.
  private static func withPair(
    _ faults: LinkFaults = .init(), _ body: (ChaosProxy, TCPSocket, TCPSocket) throws -> Void
  ) throws {
    let listener = try #require(TCPSocket.listening())
    let proxy = try #require(ChaosProxy(to: listener.port))
    defer { proxy.end() }
    proxy.faults = faults
    let near = try #require(TCPSocket(port: proxy.port, patienceSeconds: 10))
    let far = try #require(listener.accepted())
    try body(proxy, near, far)
  }

  private static let words: [UInt8] = Array(0..<200)

  @Test func bytesPassBothWays() throws {
    try Self.withPair { proxy, near, far in
      near.send(Self.words)
      #expect(far.receive(200) == Self.words)
      far.send(Self.words.reversed())
      #expect(near.receive(200) == Self.words.reversed())
      #expect(proxy.passed(.up) == 200 && proxy.passed(.down) == 200)
      #expect(proxy.connections == 1)
    }
  }

  @Test func bytesAreLate() throws {
    var faults = LinkFaults()
    faults.delayMilliseconds = 100
    try Self.withPair(faults) { _, near, far in
      let begin = ContinuousClock.now
      near.send(Self.words)
      #expect(far.receive(200) == Self.words)
      #expect(begin.duration(to: .now) >= .milliseconds(99))
    }
  }

  @Test func bytesAreSlow() throws {
    var faults = LinkFaults()
    faults.bytesPerSecond = 100_000
    try Self.withPair(faults) { _, near, far in
      let begin = ContinuousClock.now
      let many = [UInt8](repeating: 7, count: 40_000)
      near.send(many)
      #expect(far.receive(40_000) == many)
      // A tenth of a second's worth may pass at once.
      #expect(begin.duration(to: .now) >= .milliseconds(290))
    }
  }

  @Test func oneByteChanges() throws {
    try Self.withPair { proxy, near, far in
      proxy.plan(.corrupt(mask: 4), afterBytes: 10, .up)
      near.send(Self.words)
      var changed = Self.words
      changed[10] ^= 4
      #expect(far.receive(200) == changed)
      #expect(proxy.planned == 0)
    }
  }

  @Test func connectionsAreCut() throws {
    try Self.withPair { proxy, near, _ in
      proxy.cut()
      #expect(near.isCutOff())
    }
    try Self.withPair { proxy, near, _ in
      proxy.plan(.cut, afterBytes: 150, .up)
      near.send(Self.words)
      #expect(near.isCutOff())
    }
  }

  @Test func whatIsFrozenArrivesLater() throws {
    var faults = LinkFaults()
    faults.frozen = [.up]
    try Self.withPair(faults) { proxy, near, far in
      near.send(Self.words)
      far.send(Self.words)
      #expect(near.receive(200) == Self.words)
      #expect(proxy.passed(.up) == 0)
      proxy.faults = LinkFaults()
      #expect(far.receive(200) == Self.words)
    }
  }

  @Test func connectionsAreRefusedForAWhile() throws {
    try Self.withPair { proxy, _, _ in
      proxy.faults.refuses = true
      var isRefused = false
      for _ in 0..<1000 where !isRefused { isRefused = TCPSocket(port: proxy.port) == nil }
      #expect(isRefused)
      proxy.faults.refuses = false
      var isBack = false
      for _ in 0..<100_000 where !isBack { isBack = TCPSocket(port: proxy.port) != nil }
      #expect(isBack)
    }
  }
}
