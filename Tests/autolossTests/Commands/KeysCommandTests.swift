import Foundation
import Testing

@Suite struct KeysCommandTests {
  @Test func makesKeysAndShowsNoSecret() throws {
    try CommandLineTool.withFolder { folder in
      let made = try CommandLineTool.run(
        ["keys", "generate", "--out", "keys", "--workers", "2"], in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      let added = try CommandLineTool.run(
        ["keys", "generate", "--out", "keys", "--name", "late"], in: folder)
      #expect(added.exitCode == 0, "\(added.errors)")
      let shown = try CommandLineTool.run(["keys", "show", "keys", "--json"], in: folder)
      #expect(shown.errors.isEmpty)
      let keys = try #require(
        try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]])
      let names = keys.compactMap { $0["name"] as? String }
      #expect(names == ["coordinator", "late", "server", "worker-1", "worker-2"])
      #expect(keys.allSatisfy { $0["secretMode"] as? String == "600" })
      for name in names {
        let text = try String(
          contentsOf: folder.appending(path: "keys/\(name).key"), encoding: .utf8)
        let secret = try #require(
          text.split(separator: "\n").first { $0.hasPrefix("secret ") }?.dropFirst(7))
        for output in [made.output, added.output, shown.output] {
          #expect(!output.contains(secret))
        }
      }
      let table = try CommandLineTool.run(["keys", "show", "keys"], in: folder).output
      for key in keys { #expect(table.contains(try #require(key["fingerprint"] as? String))) }
    }
  }

  @Test func warnsOfSecretsThatOthersCanRead() throws {
    try CommandLineTool.withFolder { folder in
      _ = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      let file = folder.appending(path: "keys/worker.key").path
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      let shown = try CommandLineTool.run(["keys", "show", "keys"], in: folder)
      #expect(shown.exitCode == 0)
      #expect(shown.errors.contains("others can read keys/worker.key (mode 644)"))
    }
  }

  @Test(
    arguments: [
      (["keys", "show", "nowhere"], 66),
      (["keys", "generate", "--out", "keys"], 73),
      (["keys", "generate", "--out", "keys", "--name", "../x"], 78),
      (["keys", "generate", "--out", "keys", "--name", "a", "--workers", "2"], 64),
      (["keys", "generate", "--out", "keys", "--workers", "0"], 64),
    ] as [([String], Int32)])
  func mistakesHaveTheirCode(arguments: [String], code: Int32) throws {
    try CommandLineTool.withFolder { folder in
      _ = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      let result = try CommandLineTool.run(arguments, in: folder)
      #expect(result.exitCode == code, "\(result.errors)")
      if code != 64 { #expect(result.errors.contains("  fix: ")) }
    }
  }

  /// Beyond loopback nothing starts without keys, unless it is asked for; then it is told loudly.
  @Test func nothingStartsUnprotectedByAccident() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      _ = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      let base = [
        "coordinator", "--data", "data", "--out", "run", "--listen", "tcp://0.0.0.0:0", "--set",
        "cluster.quorumSeconds=0.2",
      ]
      let refused = try CommandLineTool.run(base, in: folder)
      #expect(refused.exitCode == 78)
      #expect(refused.errors.contains("--keys"))
      let insecure = try CommandLineTool.run(base + ["--insecure"], in: folder)
      #expect(insecure.exitCode == 69)
      #expect(insecure.errors.contains("WARNING: connections over tcp://0.0.0.0:"))
      let keyed = try CommandLineTool.run(
        base + ["--out", "keyed"], in: folder, environment: ["AUTOLOSS_KEYS": "keys"])
      #expect(keyed.exitCode == 69, "\(keyed.errors)")
      #expect(!keyed.errors.contains("WARNING"))
      let file = folder.appending(path: "keys/coordinator.key").path
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
      let exposed = try CommandLineTool.run(
        base + ["--out", "exposed", "--keys", "keys"], in: folder)
      // Only files of root may be readable by a group.
      #expect(exposed.exitCode == (getuid() == 0 ? 69 : 78), "\(exposed.errors)")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      let open = try CommandLineTool.run(base + ["--out", "open", "--keys", "keys"], in: folder)
      #expect(open.exitCode == 78)
      #expect(open.errors.contains("chmod 600"))
    }
  }
}
