import Kernels
import Messages
import Testing

@testable import Transport

@Suite struct OutgoingQueueTests {
  static func frame(_ size: Int) -> Frame {
    Frame(header: Bytes(count: 64), payload: Bytes(count: size))
  }

  @Test func keepsOrderAndCount() {
    var queue = OutgoingQueue()
    var sizes: [Int] = []
    for round in 0..<1000 {
      let accepted = queue.add([Self.frame(round), Self.frame(round + 1)], limit: .max)
      #expect(accepted)
      if round % 3 != 0, let next = queue.next {
        sizes.append(next.payload.count)
        queue.removeFirst()
      }
    }
    while let next = queue.next {
      sizes.append(next.payload.count)
      queue.removeFirst()
    }
    #expect(sizes == (0..<1000).flatMap { [$0, $0 + 1] })
    #expect(queue.byteCount == 0 && queue.isEmpty)
  }

  @Test func boundsBytesButLetsOneLargeMessagePass() {
    var queue = OutgoingQueue()
    let (large, small) = ([Self.frame(1000)], [Self.frame(10)])
    #expect(queue.add(large, limit: 500) == true)
    #expect(queue.add(small, limit: 500) == false)
    queue.removeFirst()
    #expect(queue.add(small, limit: 500) == true)
    #expect(queue.byteCount == 74)
  }
}
