import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct SoftmaxTests {
  @Test(arguments: [1, 7, 8, 9, 741], [Float(1), 90])
  func equalsTheDefinition(count: Int, scale: Float) {
    let values = Floats(count: Octet.padded(count) + 8)
    values.fill(.nan)
    for place in 0..<count {
      values[place] = scale * randomMatrix(rows: 1, columns: count, stream: 1)[0, place]
    }
    let scores = values.slice(0, count).array.map(Double.init)
    let highest = scores.max() ?? 0
    let powers = scores.map { exp($0 - highest) }
    let expected = powers.map { $0 / powers.reduce(0, +) }
    Softmax.forward(values, count: count)
    #expect(relativeError(values.slice(0, count).array, expected) < 2e-6)

    let gradient = Floats(count: Octet.padded(count))
    gradient.fill(.nan)
    let above = randomMatrix(rows: 1, columns: count, stream: 2)
    gradient.slice(0, count).copy(from: above.values)
    Softmax.backward(values, count: count, gradient: gradient)
    let mean = zip(expected, above.doubles[0]).reduce(0) { $0 + $1.0 * $1.1 }
    let slopes = zip(expected, above.doubles[0]).map { $0 * ($1 - mean) }
    #expect(relativeError(gradient.slice(0, count).array, slopes, absolute: 1e-6) < 1e-5)
  }

  @Test func scoresFarApartStayFinite() {
    let values = Floats([3e38, -3e38, 0, 0, 0, 0, 0, 0])
    Softmax.forward(values, count: 2)
    #expect(values.array == [1, 0, 0, 0, 0, 0, 0, 0])
  }
}
