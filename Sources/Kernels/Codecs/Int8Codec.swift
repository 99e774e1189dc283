/// Groups of neighbouring numbers as integers from −127 to 127 times a power of two for each group:
/// the least that leaves the largest of the group at or below 127.
///
/// A group's power p stands as the byte p + 127; 0 for a group of zeros. 255 marks a group with
/// numbers that are not finite, which it keeps apart: 1 and −1 are infinite, 2 is not a number, and
/// the finite ones are 0. The last group may be short.
public enum Int8Codec {
  private static let notFinite: UInt8 = 255
  /// Adding it leaves an integer in the low bits, rounded to the nearest.
  private static let rounder: Float = 0x1.8p23

  /// How many groups so many numbers make.
  public static func groups(of count: Int, width: Int) -> Int {
    precondition(width > 0, "a group has at least one number")
    return (count + width - 1) / width
  }

  /// Writes `values`, rounded to the nearest.
  public static func encode(_ values: Floats, width: Int, powers: Bytes, codes: View<Int8>) {
    precondition(codes.count == values.count, "a code for each number")
    forGroups(values, width: width, powers: powers) { group, offset, count in
      let numbers = unsafe values.pointer + offset
      let target = unsafe codes.pointer + offset
      let power = unsafe power(of: numbers, count)
      powers[group] = power
      if power == notFinite {
        for lane in 0..<count { unsafe target[lane] = mark(numbers[lane]) }
        return
      }
      let inverse = inverse(power)
      for lane in 0..<count {
        let bits = unsafe (numbers[lane] * inverse + rounder).bitPattern
        unsafe target[lane] = Int8(truncatingIfNeeded: bits)
      }
    }
  }

  /// Reads what `encode` wrote, or anything else without a trap.
  public static func decode(_ codes: View<Int8>, width: Int, powers: Bytes, into values: Floats) {
    precondition(codes.count == values.count, "a code for each number")
    forGroups(values, width: width, powers: powers) { group, offset, count in
      let source = unsafe codes.pointer + offset
      let target = unsafe values.pointer + offset
      if powers[group] == notFinite {
        for lane in 0..<count { unsafe target[lane] = value(ofMark: source[lane]) }
        return
      }
      let scale = scale(powers[group])
      for lane in 0..<count { unsafe target[lane] = Float(source[lane]) * scale }
    }
  }

  /// Rounds in place, up or down by chance, so that the mean is the number itself.
  ///
  /// Group k draws as example `names[k]`, or as example k; `noise` says what a lane draws. The
  /// result is written and read again without loss, in these groups or in parts of them.
  public static func round(
    _ values: Floats, width: Int, names: View<UInt32>? = nil, _ randomness: Randomness
  ) {
    let groups = groups(of: values.count, width: width)
    precondition((names?.count ?? groups) >= groups, "a name for each group")
    var offset = 0
    for group in 0..<groups {
      let count = min(width, values.count - offset)
      let name = names.map { unsafe Int($0.pointer[group]) } ?? group
      unsafe round(values.pointer + offset, count, example: name, randomness)
      offset += count
    }
  }

  /// What lane `lane` of a group adds before it is rounded to the nearest: in (−½, ½), 16 bits of
  /// word lane mod 4 of block lane / 8, the low ones for the first four lanes of eight.
  public static func noise(_ randomness: Randomness, example: Int, lane: Int) -> Float {
    let word = randomness.words(example: example, block: lane / 8)[lane % 4]
    return noise(lane % 8 < 4 ? word & 0xFFFF : word >> 16)
  }

  /// The middle of one of 2¹⁶ equal cells of (−½, ½).
  private static func noise(_ half: UInt32) -> Float { Float(half) * 0x1p-16 - 0x1.fffep-2 }
}

extension Int8Codec {
  @inline(__always)
  private static func forGroups(
    _ values: Floats, width: Int, powers: Bytes,
    _ body: (_ group: Int, _ offset: Int, _ count: Int) -> Void
  ) {
    let groups = groups(of: values.count, width: width)
    precondition(powers.count == groups, "a power for each group")
    for group in 0..<groups {
      let offset = group &* width
      body(group, offset, min(width, values.count &- offset))
    }
  }

  private static func round(
    _ numbers: UnsafeMutablePointer<Float>, _ count: Int, example: Int, _ randomness: Randomness
  ) {
    let power = unsafe power(of: numbers, count)
    if power == 0 || power == notFinite {
      // Of a group of zeros all become positive, as when they are read.
      for lane in 0..<count {
        unsafe numbers[lane] = value(ofMark: mark(numbers[lane]))
      }
      return
    }
    let (scale, inverse) = (scale(power), inverse(power))
    let rounder = Octet(repeating: rounder)
    var offset = 0
    while offset < count {
      let words = randomness.words(example: example, block: offset &>> 3)
      let halves = SIMD8<UInt32>(
        lowHalf: words & SIMD4(repeating: 0xFFFF), highHalf: words &>> 16)
      // As the low digits of 2²³ they become numbers without a conversion.
      let digits = halves | SIMD8(repeating: (0x1p23 as Float).bitPattern)
      let noise =
        (unsafe unsafeBitCast(digits, to: Octet.self) - 0x1p23) * 0x1p-16 - 0x1.fffep-2
      let part = count &- offset
      let integers = unsafe (Octet.load(numbers + offset, part) * inverse + noise) + rounder
      unsafe ((integers - rounder) * scale).store(numbers + offset, part)
      offset &+= 8
    }
  }

  /// The byte for a group.
  @inline(__always)
  private static func power(of numbers: UnsafePointer<Float>, _ count: Int) -> UInt8 {
    let (bits, isFinite) = unsafe Magnitude.largest(numbers, count)
    if !isFinite { return notFinite }
    if bits == 0 { return 0 }
    // 127 is 1.984375 · 2⁶.
    let fits = bits & 0x7F_FFFF <= 0x7E_0000
    return UInt8(max(1, Int(bits >> 23) - (fits ? 6 : 5)))
  }

  @inline(__always)
  private static func scale(_ power: UInt8) -> Float { Float(bitPattern: UInt32(power) &<< 23) }

  @inline(__always)
  private static func inverse(_ power: UInt8) -> Float {
    power == 0 ? 0 : Float(bitPattern: UInt32(254 &- power) &<< 23)
  }

  private static func mark(_ number: Float) -> Int8 {
    number.isNaN ? 2 : number.isFinite ? 0 : number < 0 ? -1 : 1
  }

  private static func value(ofMark mark: Int8) -> Float {
    switch mark {
    case 0: 0
    case 1: .infinity
    case -1: -.infinity
    default: .nan
    }
  }
}
