import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct ActivationFunctionTests {
  @Test(arguments: ElementwiseTests.shapes)
  func rectifyingCutsOffAndItsGradientIsGated(rows: Int, columns: Int) {
    let a = randomMatrix(rows: rows, columns: columns, stream: 1, padding: 2)
    if rows > 0 { a[0, 0] = 0 }
    let values = a.elements
    ActivationFunction.rectifier.forward(a, into: a)
    #expect(a.elements == values.map { max(0, $0) })
    let g = randomMatrix(rows: rows, columns: columns, stream: 2, padding: 1)
    let expected = zip(values, g.elements).map { $0 > 0 ? $1 : 0 }
    let sum = randomMatrix(rows: rows, columns: columns, stream: 3)
    let old = sum.elements
    ActivationFunction.rectifier.backward(a, gradient: g, into: sum, accumulate: true)
    #expect(sum.elements == zip(old, expected).map { $0 + $1 })
    ActivationFunction.rectifier.backward(a, gradient: g, into: g, accumulate: false)
    #expect(g.elements == expected)
  }

  @Test(arguments: ElementwiseTests.shapes, [Float(1), 2])
  func sigmoidsAndTheirSlopesEqualTheDefinition(shape: (Int, Int), scale: Float) {
    let a = randomMatrix(rows: shape.0, columns: shape.1, stream: 1, padding: 2)
    let shares = a.elements.map { 1 / (1 + exp(-Double($0))) }
    let b = Matrix(rows: shape.0, columns: shape.1)
    let function = ActivationFunction.sigmoid(scale: scale)
    function.forward(a, into: b)
    #expect(relativeError(b.elements, shares.map { Double(scale) * $0 }) < 1e-6)
    let g = randomMatrix(rows: shape.0, columns: shape.1, stream: 2, padding: 1)
    let slopes = zip(g.elements, shares).map { Double($0) * Double(scale) * $1 * (1 - $1) }
    function.backward(b, gradient: g, into: g, accumulate: false)
    #expect(relativeError(g.elements, slopes, absolute: 1e-7) < 1e-5)
  }
}
