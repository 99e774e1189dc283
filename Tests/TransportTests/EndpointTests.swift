import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct EndpointTests {
  @Test(arguments: [
    ("tcp://127.0.0.1:5570", Endpoint.tcp(host: "127.0.0.1", port: 5570), true),
    ("tcp://localhost:0", .tcp(host: "localhost", port: 0), true),
    ("tcp://[::1]:80", .tcp(host: "::1", port: 80), true),
    ("tcp://node-01.cluster:65535", .tcp(host: "node-01.cluster", port: 65535), false),
    ("tcp://*:1", .tcp(host: "*", port: 1), false),
    ("tcp://0.0.0.0:1", .tcp(host: "0.0.0.0", port: 1), false),
    ("tcp://127.0.0.1.example:1", .tcp(host: "127.0.0.1.example", port: 1), false),
    ("inproc://data", .inproc(name: "data"), true),
  ])
  func readsAndWritesAddresses(text: String, endpoint: Endpoint, isLocal: Bool) throws {
    #expect(try Endpoint(text) == endpoint)
    #expect(endpoint.description == text)
    #expect(endpoint.isLocal == isLocal)
  }

  @Test(arguments: [
    ("", "begin with tcp://"), ("127.0.0.1:5570", "begin with tcp://"),
    ("http://host:80", "http:// is not a known kind"), ("tcp://host", "port is missing"),
    ("tcp://host:", "not a port"), ("tcp://host:70000", "not a port"),
    ("tcp://:5570", "host is missing"), ("tcp://::1:5570", "needs brackets"),
    ("tcp://ho st:1", "cannot contain \" \""), ("inproc://", "name is empty"),
  ])
  func saysWhatIsWrong(text: String, reason: String) {
    let error = #expect(throws: TransportError.self) { try Endpoint(text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func aStarIsTheHostThatWasReached() throws {
    let control = try Endpoint("tcp://node7:5570")
    #expect(try Endpoint("tcp://*:5571").reached(through: control) == Endpoint("tcp://node7:5571"))
    #expect(try Endpoint("tcp://other:1").reached(through: control) == Endpoint("tcp://other:1"))
    // So a socket that listens everywhere calls itself.
    for text in ["tcp://0.0.0.0:5571", "tcp://[::]:5571"] {
      #expect(try Endpoint(text).reached(through: control) == Endpoint("tcp://node7:5571"))
      #expect(try Endpoint(text).isEverywhere)
    }
    #expect(!control.isEverywhere)
  }
}

extension EndpointTests {
  /// WELCOME brings an address from the network: any text is an address or an explained error.
  @Test func anyTextIsSurvived() {
    let count = Int(ProcessInfo.processInfo.environment["AUTOLOSS_FUZZ_INPUTS"] ?? "") ?? 20_000
    let seeds = ["tcp://127.0.0.1:5570", "tcp://[::1]:80", "tcp://*:5571", "inproc://data"]
    var refused = 0
    for trial in 0..<count {
      let bytes = mutate(Array(seeds[trial % 4].utf8), trial: trial)
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        let endpoint = try Endpoint(text)
        #expect(try Endpoint(endpoint.description) == endpoint)
      } catch { refused += 1 }
    }
    #expect(refused > count / 8)
    print("fuzz: \(count) damaged addresses, \(refused) refused, none trapped")
  }
}
