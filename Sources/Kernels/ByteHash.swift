/// XXH64 (Yann Collet, github.com/Cyan4973/xxHash, `doc/xxhash_spec.md`): a fast 64-bit checksum.
///
/// It finds accidents, not attacks. Chosen over CRC-32C because it needs no special instruction to
/// run at the speed of memory.
public enum ByteHash {
  private static let primes = (
    one: UInt64(0x9E37_79B1_85EB_CA87), two: UInt64(0xC2B2_AE3D_27D4_EB4F),
    three: UInt64(0x1656_67B1_9E37_79F9), four: UInt64(0x85EB_CA77_C2B2_AE63),
    five: UInt64(0x27D4_EB2F_1656_67C5)
  )

  /// The hash of all of `bytes`.
  public static func xxh64(_ bytes: Bytes, seed: UInt64 = 0) -> UInt64 {
    var offset = 0
    var hash = seed &+ primes.five
    if bytes.count >= 32 {
      (hash, offset) = stripes(bytes, seed: seed)
    }
    hash &+= UInt64(bytes.count)
    while offset + 8 <= bytes.count {
      hash ^= round(0, bytes.load(UInt64.self, at: offset))
      hash = rotate(hash, 27) &* primes.one &+ primes.four
      offset += 8
    }
    if offset + 4 <= bytes.count {
      hash ^= UInt64(bytes.load(UInt32.self, at: offset)) &* primes.one
      hash = rotate(hash, 23) &* primes.two &+ primes.three
      offset += 4
    }
    while offset < bytes.count {
      hash ^= UInt64(bytes[offset]) &* primes.five
      hash = rotate(hash, 11) &* primes.one
      offset += 1
    }
    hash = (hash ^ (hash >> 33)) &* primes.two
    hash = (hash ^ (hash >> 29)) &* primes.three
    return hash ^ (hash >> 32)
  }

  /// The four lanes over all whole stripes of 32 bytes, merged; and where the stripes end.
  private static func stripes(_ bytes: Bytes, seed: UInt64) -> (hash: UInt64, end: Int) {
    let end = bytes.count & ~31
    var (first, second) = (seed &+ primes.one &+ primes.two, seed &+ primes.two)
    var (third, fourth) = (seed, seed &- primes.one)
    let raw = unsafe UnsafeRawPointer(bytes.pointer)
    for offset in stride(from: 0, to: end, by: 32) {
      first = round(first, unsafe word(raw, offset))
      second = round(second, unsafe word(raw, offset + 8))
      third = round(third, unsafe word(raw, offset + 16))
      fourth = round(fourth, unsafe word(raw, offset + 24))
    }
    var hash = rotate(first, 1) &+ rotate(second, 7) &+ rotate(third, 12) &+ rotate(fourth, 18)
    for lane in [first, second, third, fourth] {
      hash = (hash ^ round(0, lane)) &* primes.one &+ primes.four
    }
    return (hash, end)
  }

  @inline(__always)
  private static func word(_ raw: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* primes.two, 31) &* primes.one
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value &<< bits | value &>> (64 &- bits)
  }
}
