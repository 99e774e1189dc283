import Graph
import Kernels

/// A cross network with a vector for each layer: x_(l+1) = x_0 (w_l·x_l) + b_l + x_l.
///
/// Names as torchfm's `CrossNetwork`; weights start as torch's `nn.Linear`, b at 0. Source: Wang,
/// Fu, Fu and Wang, "Deep & cross network for ad click predictions", ADKDD 2017, equation 3.
public struct CrossNetwork: Sendable {
  /// How many layers there are.
  public let layers: Int
  /// The first part of all names.
  public let name: String

  /// A network of this many layers.
  public init(layers: Int, name: String = "cn") {
    precondition(layers > 0, "a cross network needs one layer at least")
    self.layers = layers
    self.name = name
  }

  /// The last layer's values, of the width of `start`, x_0.
  public func callAsFunction(_ start: Node) -> Node {
    let trace = start.trace
    let initialisation = Initialisation.uniform(bound: 1 / Float(start.width).squareRoot())
    return (0..<layers).reduce(start) { x, layer in
      trace.record(
        CrossByVector(
          weight: trace.parameter(
            "\(name).w.\(layer).weight", shape: [1, start.width],
            initialisation: initialisation),
          bias: trace.parameter(
            "\(name).b.\(layer)", shape: [start.width], initialisation: .zeros)), start, x)
    }
  }
}

/// One layer of a cross network: x_0 (w·x) + b + x.
struct CrossByVector: Operation {
  let weight: Parameter
  let bias: Parameter

  private var width: Int { bias.count }

  var form: OperationForm {
    var form = OperationForm(name: "Cross \(weight.name)", outputWidth: width)
    form.parameters = [weight, bias]
    form.keepsInputs = true
    form.runsInTiles = true
    form.savedWidth = 2
    form.cost = OperationCost(
      forwardFlops: 5 * width, backwardFlops: 10 * width, forwardFloats: 3 * width,
      backwardFloats: 7 * width)
    form.export = [
      ExportNode(
        "Gemm", [.input(1), .parameter(weight)], into: [.temporary("product")],
        attributes: [("transB", .integer(1))]),
      ExportNode("Mul", [.input(0), .temporary("product")], into: [.temporary("scaled")]),
      ExportNode("Add", [.temporary("scaled"), .parameter(bias)], into: [.temporary("shifted")]),
      ExportNode("Add", [.temporary("shifted"), .input(1)]),
    ]
    return form
  }

  private func cross(_ pass: Pass) -> VectorCross {
    VectorCross(weight: pass.parameter(weight), bias: pass.parameter(bias))
  }

  func forward(_ pass: Pass) {
    cross(pass).forward(
      pass.input(0), pass.input(1), products: pass.savedRows, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    cross(pass).tangent(
      pass.input(0), pass.input(1), products: pass.savedRows,
      along: VectorCross.Motion(
        x0: direction.input(0), x: direction.input(1), parameters: cross(direction)),
      into: direction.output)
  }

  func backward(_ pass: Pass) {
    cross(pass).backward(
      pass.input(0), pass.input(1), products: pass.savedRows,
      outputGradient: pass.outputGradient,
      into: VectorCross.Gradients(
        x0: pass.inputGradient(0), x: pass.inputGradient(1),
        accumulates: (pass.accumulates(0), pass.accumulates(1)),
        weight: pass.parameterGradient(weight), bias: pass.parameterGradient(bias),
        factor: pass.parameterFactor))
  }
}
