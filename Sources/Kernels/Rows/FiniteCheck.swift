/// Finds numbers that are not finite.
public enum FiniteCheck {
  /// The place of the first number among `values[0 ..< count]` that is infinite or not a number;
  /// nil when there is none.
  public static func firstNonFinite(_ values: Floats, count: Int) -> Int? {
    precondition(count >= 0 && count <= values.count, "fewer numbers than shall be checked")
    // 0 · x is 0 for every finite x and not a number otherwise, and that stays in a sum.
    let zero = Octet(repeating: 0)
    var sum = zero
    let full = count & ~7
    let base = unsafe values.pointer
    for offset in stride(from: 0, to: full, by: 8) {
      unsafe sum.addProduct(Octet.load(base + offset), zero)
    }
    unsafe sum.addProduct(Octet.load(base + full, count - full), zero)
    if all(sum .== zero) { return nil }
    return (0..<count).first { !values[$0].isFinite }
  }
}
