import Foundation
import Testing

/// What may happen to a process while it saves: killed, out of room, told to stop. The checkpoint
/// before stays, and the run that goes on ends with the model of one that nothing happened to.
@Suite(.serialized) struct SavingProcessTests {
  /// A run of `steps` steps that saves after each, evaluates after every fifth.
  private struct Scene {
    let folder: URL
    let options: [String]

    init(_ folder: URL, steps: Int, loss: String = "fixed:ce", _ more: [String] = []) throws {
      self.folder = folder
      #expect(try RawRows.prepare(in: folder).exitCode == 0)
      options =
        [
          "--data", "data", "--batch-size", "100", "--loss", loss, "--epochs", "100", "--set",
          "train.maxSteps=\(steps)", "--set", "model.hidden=[64]", "--set", "train.patience=0",
          "--set", "checkpoint.everySteps=1", "--set", "checkpoint.keep=3", "--json",
        ] + more
    }

    /// The checksum of the run that nothing happens to.
    func checksumOfQuietRun() throws -> String {
      let result = try CommandLineTool.run(["train", "--out", "quiet"] + options, in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      return try checksum(result.output)
    }

    func checksum(_ output: String) throws -> String {
      try #require(try RawRows.object(output)["checksum"] as? String)
    }

    var command: [String] { ["train", "--out", "run", "--resume", "auto"] + options }

    func resumed() throws -> CommandLineTool.Result {
      try CommandLineTool.run(command, in: folder)
    }

    /// Names of unfinished things in the folder of checkpoints.
    func unfinished() -> [String] {
      let place = folder.appending(path: "run/checkpoints")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
      return names.filter { $0.hasSuffix(".tmp") }
    }

    func verification() throws -> CommandLineTool.Result {
      try CommandLineTool.run(["verify", "run"], in: folder)
    }
  }

  /// Killed at several moments of a save, again and again: what has a checkpoint's name is whole.
  @Test func whoIsKilledWhileSavingHasTheCheckpointBefore() throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder, steps: 150)
      let expected = try scene.checksumOfQuietRun()
      for milliseconds in [0, 1, 3, 6, 12] {
        let process = try LivingProcess(scene.command, in: folder)
        _ = try process.line(with: "checkpoint saved")
        // A save is under way as soon as its folder is there.
        let deadline = ContinuousClock.now + .seconds(10)
        while scene.unfinished().isEmpty, ContinuousClock.now < deadline {
          Thread.sleep(forTimeInterval: 0.0005)
        }
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
        process.send(SIGKILL)
        #expect(process.end() == SIGKILL)
        let verified = try scene.verification()
        #expect(verified.exitCode == 0, "\(verified.output)")
      }
      let last = try scene.resumed()
      #expect(last.exitCode == 0, "\(last.errors)")
      #expect(last.errors.contains("run resumed"))
      #expect(try scene.checksum(last.output) == expected)
      #expect(scene.unfinished().isEmpty)
    }
  }

  /// No file may grow to the size that the optimizer's file has.
  @Test func aLimitOnFilesEndsTheRunAndLeavesTheCheckpointBefore() throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder, steps: 60)
      let expected = try scene.checksumOfQuietRun()
      let begun = try LivingProcess(scene.command, in: folder)
      _ = try begun.line(with: "checkpoint saved")
      begun.send(SIGTERM)
      #expect(begun.end() == 75, "\(begun.errors)")
      // 200 KB in units of 512 bytes.
      let limited = try CommandLineTool.run(
        scene.command, in: folder, through: ["/bin/sh", "-c", "ulimit -f 400; exec \"$0\" \"$@\""])
      #expect(limited.exitCode == 74, "\(limited.errors)")
      #expect(limited.errors.contains("could not be written; that of step "), "\(limited.errors)")
      #expect(limited.errors.contains("optimizer.safetensors"))
      #expect(scene.unfinished().isEmpty)
      #expect(try scene.verification().exitCode == 0)
      let last = try scene.resumed()
      #expect(last.exitCode == 0, "\(last.errors)")
      #expect(try scene.checksum(last.output) == expected)
    }
  }

  /// A file system with room for one checkpoint and a half, where one may be mounted.
  @Test(.enabled(if: SmallDisk.isAvailable, "file systems may be mounted here"))
  func aFullDiskEndsTheRunAndLeavesTheCheckpointBefore() throws {
    try CommandLineTool.withFolder { folder in
      let scene = try Scene(folder, steps: 60)
      let expected = try scene.checksumOfQuietRun()
      let kept = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "quiet/checkpoints").path)
      let first = try #require(kept.first { $0.hasPrefix("step-") })
      let sizes = try FileManager.default.contentsOfDirectory(
        at: folder.appending(path: "quiet/checkpoints/\(first)"),
        includingPropertiesForKeys: [.fileSizeKey]
      ).map { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
      let full = try CommandLineTool.run(
        scene.command, in: folder, through: SmallDisk.shell(sizes.reduce(0, +) * 3 / 2 + 100_000))
      #expect(full.exitCode == 74, "\(full.errors)")
      #expect(full.errors.contains("could not be written; that of step "), "\(full.errors)")
      #expect(full.errors.contains("No space left on device"), "\(full.errors)")
      #expect(scene.unfinished().isEmpty)
      #expect(try scene.verification().exitCode == 0)
      let last = try scene.resumed()
      #expect(last.exitCode == 0, "\(last.errors)")
      #expect(last.errors.contains("run resumed"))
      #expect(try scene.checksum(last.output) == expected)
    }
  }
}

/// A small file system for the folder `run`, in a name space of its own.
enum SmallDisk {
  /// Runs a command with `run` on a file system of so many bytes, and keeps what it left there.
  static func shell(_ bytes: Int) -> [String] {
    let script = """
      mkdir -p run && mount -t tmpfs -o size=\(bytes) none run || exit 99
      "$0" "$@"; code=$?
      mkdir left && cp -r run/. left/ && umount run && cp -r left/. run/ && rm -r left
      exit $code
      """
    return ["/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-c", script]
  }

  /// Whether this machine lets us mount one.
  static let isAvailable: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = [
      "--map-root-user", "--mount", "/bin/sh", "-c", "mount -t tmpfs -o size=4096 none /mnt",
    ]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}
