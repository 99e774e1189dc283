import Glibc
import Kernels
import Testing

@testable import Objectives

@Suite struct ClassMarginsTests {
  static let rows: [(logits: [Float], label: Float)] = [
    ([0.3, -1.2, 2.5], 0), ([0.3, -1.2, 2.5], 2), ([1, 1, 1], 1), ([40, -40, 3], 0),
    ([-700, 700, 0], 0), ([-700, 700, 0], 1), ([10_000, -10_000, 9_999], 0), ([5, 5, 5], 0),
    ([0.1, 0.2, 0.3], 1), ([-60, -61, -90], 2), ([20, 3, 3], 0),
  ]

  static func load(_ start: Int) -> ClassMargins {
    let margins = ClassMargins(classes: 3)
    margins.load(
      logits: Floats(rows.flatMap(\.logits)), labels: Floats(rows.map(\.label)), from: start,
      rows: rows.count)
    return margins
  }

  @Test func agreesWithTheDefinitions() {
    for (index, row) in Self.rows.enumerated() {
      let margins = Self.load(index / 8 * 8)
      let lane = index % 8
      let z = row.logits.map(Double.init)
      let own = Int(row.label)
      let others = z.indices.filter { $0 != own }
      let highest = others.map { z[$0] }.max() ?? 0
      let sum = others.reduce(0) { $0 + exp(z[$1] - highest) }
      let s = z[own] - highest - log(sum)
      #expect(abs(Double(margins.margin.margin[lane]) - s) <= 2e-7 * abs(s) + 2e-7)
      #expect(margins.lead[lane] == Float(z[own] - highest))
      #expect(Int(margins.rival[lane]) == others.first { z[$0] == highest })
      for j in others {
        let share = exp(z[j] - highest) / sum
        #expect(abs(Double(margins.share(j)[lane]) - share) <= 1e-6 * share + 1e-37)
        let logShare = z[j] - highest - log(sum)
        #expect(
          abs(Double(margins.logShare(j)[lane]) - logShare) <= 3e-7 * abs(logShare) + 3e-7)
      }
      let total = (0..<3).reduce(Float(0)) { $0 + margins.probability($1)[lane] }
      #expect(abs(total - 1) < 1e-6)
      #expect(margins.share(own)[lane] == 0 && margins.logShare(own)[lane] == 0)
    }
  }

  /// Places beyond the last row have equal logits and the first class.
  @Test func emptyPlacesAreTame() {
    let margins = Self.load(8)
    for lane in Self.rows.count - 8..<8 {
      #expect(margins.label[lane] == 0 && margins.lead[lane] == 0)
      #expect(abs(margins.probability(2)[lane] - 1 / 3) < 1e-6)
    }
  }

  @Test func foreignLabelsTrap() async {
    await #expect(processExitsWith: .failure) {
      let margins = ClassMargins(classes: 3)
      margins.load(logits: Floats([0, 0, 0]), labels: Floats([3]), from: 0, rows: 1)
    }
  }
}
