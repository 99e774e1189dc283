import CZstd
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DecompressorTests {
  private func packed(_ bytes: [UInt8]) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let context = unsafe ZSTD_createCCtx()
    defer { unsafe ZSTD_freeCCtx(context) }
    // With a checksum, so that every damage can be seen.
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    let size = unsafe result.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_compress2(
          context, target.baseAddress, target.count, source.baseAddress, source.count)
      }
    }
    try #require(ZSTD_isError(size) == 0)
    return Array(result.prefix(size))
  }

  private func read(_ bytes: [UInt8], piece: Int) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.path("a.zst")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try ByteStreamTests.read(path, piece: piece)
  }

  @Test(arguments: [0, 1, 1000, 700_000, 3_000_000], [997, 1 << 20])
  func framesGiveTheirBytes(size: Int, piece: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    let frame = try packed(bytes)
    #expect(try read(frame, piece: piece) == bytes)
    // Frames follow each other, and one of another use is passed over, also at the beginning.
    let other: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    #expect(try read(other + frame + other + frame, piece: piece) == bytes + bytes)
  }

  @Test func damagedFramesAreNamed() throws {
    let good = try packed((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
    var changed = good
    for place in 20..<60 { changed[place] ^= 0x55 }
    for bytes in [Array(good.dropLast(1)), Array(good.prefix(20)), changed, good + [1, 2, 3]] {
      let error = try #require(throws: DataError.self) { try read(bytes, piece: 1000) }
      #expect(error.kind == .corrupt && error.problem.contains("the zstd stream"), "\(error)")
      #expect(error.remedy.contains("zstd -t"))
    }
  }

  @Test func mutatedFramesNeverCrash() throws {
    let good = try packed((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
    for trial in 0..<300 { _ = try? read(mutate(good, trial: trial), piece: 4096) }
  }

  @Test func plainBytesAreNotDecompressed() {
    for head in [[], [0x28], [0x1F], [0x28, 0xB5, 0x2F], Array("1::2".utf8)] as [[UInt8]] {
      #expect(decompressorFor(head) == nil)
    }
  }
}
