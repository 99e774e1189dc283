import COpenBLAS

/// Products of matrices by OpenBLAS, one thread each.
public enum BLAS {
  /// C ← alpha·op(A)·op(B) + beta·C, row-major.
  ///
  /// With beta 0 the old values of C are not read. Traps when the shapes do not fit.
  public static func multiply(
    _ a: Matrix, _ b: Matrix, transposeA: Bool = false, transposeB: Bool = false, into c: Matrix,
    alpha: Float = 1, beta: Float = 0
  ) {
    let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (inner, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(k == inner, "the inner sizes of a product differ: \(k) and \(inner)")
    c.check(rows: m, columns: n, "a product of \(m) × \(n) does not fit its result")
    if m == 0 || n == 0 { return }
    _ = oneThread
    if k == 0 { return Elementwise.scale(c, by: beta) }
    unsafe cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), alpha,
      a.base, blasint(a.stride), b.base, blasint(b.stride), beta, c.base, blasint(c.stride))
  }

  /// Limits OpenBLAS to the calling thread, once: slices are the parallelism, and how OpenBLAS
  /// splits a product over threads changes its bits.
  private static let oneThread: Void = openblas_set_num_threads(1)

  /// The rate of `multiply` at one shape, in GFLOP/s: the best of `repetitions` runs.
  ///
  /// Measured on the calling thread with a plain A [m × k] and a transposed B [n × k], the form of
  /// a linear layer. This is the yardstick of the benchmarks: a bound is a count of operations
  /// divided by this rate.
  public static func measureRate(m: Int, n: Int, k: Int, repetitions: Int = 50) -> Double {
    let a = Matrix(rows: m, columns: k)
    let b = Matrix(rows: n, columns: k)
    let c = Matrix(rows: m, columns: n)
    a.values.fill(0.5)
    b.values.fill(0.25)
    let clock = ContinuousClock()
    var best = Duration.seconds(1000)
    for _ in 0..<max(repetitions, 1) {
      best = min(best, clock.measure { multiply(a, b, transposeB: true, into: c) })
    }
    let seconds = Double(best.components.attoseconds) * 1e-18 + Double(best.components.seconds)
    return 2 * Double(m) * Double(n) * Double(k) / max(seconds, 1e-9) * 1e-9
  }
}
