import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct OuterProductsTests {
  private struct Products: Network {
    let kernel: OuterProducts.Kernel
    func callAsFunction(_ inputs: Inputs) -> Node {
      OuterProducts(kernel: kernel)(Embedding(width: 3)(inputs))
    }
  }

  private func program(_ kernel: OuterProducts.Kernel) -> Program {
    Program(
      tracing: Products(kernel: kernel), schema: FeatureSchema(fieldSizes: [3, 5, 4, 2]))
  }

  /// K_ij[a, c] of pair number `pair`, from the kernel's own layout.
  private func element(
    _ kernel: OuterProducts.Kernel, _ weights: [Double], _ pair: Int, _ a: Int, _ c: Int
  ) -> Double {
    switch kernel {
    case .mat: weights[(a * 6 + pair) * 3 + c]
    case .vec: a == c ? weights[pair * 3 + a] : 0
    case .num: a == c ? weights[pair] : 0
    }
  }

  /// 70 rows are more than one block.
  @Test(arguments: OuterProducts.Kernel.allCases, [5, 70])
  func equalTheDefinition(kernel: OuterProducts.Kernel, rows: Int) {
    let trial = ProgramTrial(program(kernel), rows: rows)
    let plain = PlainModel(trial)
    let weights = plain.values("pn.kernel")
    let expected = (0..<rows).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      var products: [Double] = []
      for i in 0..<4 {
        for j in i + 1..<4 {
          var sum = 0.0
          for a in 0..<3 {
            for c in 0..<3 {
              sum += e[j][a] * element(kernel, weights, products.count, a, c) * e[i][c]
            }
          }
          products.append(sum)
        }
      }
      return products
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  /// The gradients of several blocks are added up, also where nothing was before.
  @Test(arguments: OuterProducts.Kernel.allCases)
  func gradientsOfSeveralBlocksEqualCentralDifferences(kernel: OuterProducts.Kernel) {
    let trial = ProgramTrial(program(kernel), rows: 150)
    trial.workspace.denseGradient.fill(.nan)
    for (name, error) in trial.gradientErrors() { #expect(error < 2e-3, "\(name)") }
  }

  @Test(arguments: [
    (OuterProducts.Kernel.mat, [3, 6, 3], Float(18 + 9)), (.vec, [6, 3], 9), (.num, [6, 1], 7),
  ])
  func shapesAndStartValuesAreTorchfms(
    kernel: OuterProducts.Kernel, shape: [Int], fans: Float
  ) {
    let parameter = program(kernel).parameters.first { $0.name == "pn.kernel" }
    #expect(parameter?.shape == shape)
    #expect(parameter?.initialisation == .uniform(bound: (6 / fans).squareRoot()))
  }
}
