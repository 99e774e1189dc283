import Foundation
import Testing

@testable import Studies

@Suite struct StudentTTests {
  /// Critical values of printed tables, and closed forms: ν = 1 is Cauchy's, ν = 2 algebraic.
  @Test(arguments: [
    (12.7062, 1, 0.05), (63.6567, 1, 0.01), (4.30265, 2, 0.05), (2.77645, 4, 0.05),
    (4.60409, 4, 0.01), (2.22814, 10, 0.05), (2.04227, 30, 0.05), (1.98397, 100, 0.05),
    (1.96234, 1000, 0.05), (0, 3, 1),
  ])
  func tables(t: Double, degrees: Double, p: Double) {
    #expect(abs(StudentT.twoSided(t, degrees: degrees) - p) < 2e-6 + 1e-5 * p)
    #expect(StudentT.twoSided(-t, degrees: degrees) == StudentT.twoSided(t, degrees: degrees))
  }

  @Test(arguments: [0.001, 0.1, 0.5, 1, 2, 5, 40, 1000])
  func closedForms(t: Double) {
    let cauchy = 1 - 2 / Double.pi * atan(t)
    #expect(abs(StudentT.twoSided(t, degrees: 1) - cauchy) < 1e-12)
    let algebraic = 1 - t / (2 + t * t).squareRoot()
    #expect(abs(StudentT.twoSided(t, degrees: 2) - algebraic) < 1e-12)
    // Of many degrees it is the normal distribution.
    #expect(abs(StudentT.twoSided(t, degrees: 1e6) - erfc(t / 2.squareRoot())) < 1e-6)
  }

  @Test func partsOfDegrees() {
    let between = StudentT.twoSided(2, degrees: 4.5)
    #expect(between < StudentT.twoSided(2, degrees: 4))
    #expect(between > StudentT.twoSided(2, degrees: 5))
  }

  @Test func theBetaFunction() {
    // I_x(1, b) = 1 − (1 − x)^b, I_x(a, 1) = x^a, I_½(a, a) = ½.
    for x in [0.01, 0.3, 0.5, 0.9, 0.999] {
      #expect(abs(StudentT.incompleteBeta(x, 1, 3.5) - (1 - pow(1 - x, 3.5))) < 1e-13)
      #expect(abs(StudentT.incompleteBeta(x, 2.5, 1) - pow(x, 2.5)) < 1e-13)
    }
    for a in [0.5, 3, 200] { #expect(abs(StudentT.incompleteBeta(0.5, a, a) - 0.5) < 1e-12) }
    #expect(StudentT.incompleteBeta(0, 2, 3) == 0 && StudentT.incompleteBeta(1, 2, 3) == 1)
  }

  @Test func whatIsNoQuestionHasNoAnswer() {
    #expect(StudentT.twoSided(1, degrees: 0).isNaN && StudentT.twoSided(.nan, degrees: 3).isNaN)
    #expect(StudentT.twoSided(.infinity, degrees: 3) == 0)
  }
}
