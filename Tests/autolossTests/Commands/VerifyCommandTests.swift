import Foundation
import Testing

@Suite struct VerifyCommandTests {
  @Test func oneLineForEachCheckpointAndACodeForDamage() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      let whole = try CommandLineTool.run(["verify", "run"], in: folder)
      #expect(whole.exitCode == 0, "\(whole.errors)")
      let lines = whole.output.split(separator: "\n")
      let checkpoints = folder.appending(path: "run/checkpoints")
      let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
        .filter { $0.hasPrefix("step-") }.sorted()
      #expect(lines.count == names.count)
      #expect(zip(lines, names).allSatisfy { $0.hasPrefix("whole    ") && $0.contains($1) })
      #expect(lines.last?.contains("(latest") == true)
      let last = try #require(names.last)
      let model = checkpoints.appending(path: "\(last)/model.safetensors")
      try Data(contentsOf: model).dropLast(3).write(to: model)
      let torn = try CommandLineTool.run(["verify", "run", "--json"], in: folder)
      #expect(torn.exitCode == 65)
      #expect(torn.errors.contains("1 of \(names.count) checkpoints is damaged"), "\(torn.errors)")
      let found =
        try JSONSerialization.jsonObject(with: Data(torn.output.utf8)) as? [[String: Any]]
      #expect(found?.map { $0["isWhole"] as? Bool } == names.map { $0 != last })
      let problem = found?.last?["problem"] as? String
      #expect(problem?.contains("model.safetensors has ") == true)
      let single = try CommandLineTool.run(["verify", "run/checkpoints/\(last)"], in: folder)
      #expect(single.exitCode == 65)
      #expect(single.output.hasPrefix("damaged  "))
      #expect(try CommandLineTool.run(["verify", "data"], in: folder).exitCode == 66)
    }
  }
}
