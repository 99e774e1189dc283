import Graph
import Kernels

/// Two values joined by a bilinear form of each pair of their parts: z_o = Σ_h x_hᵀ W_(o,h) y_h.
///
/// Heads cut both values into as many parts; more heads mean fewer weights. Source: Mao, Zhu, Su,
/// Cai, Li and Dong, "FinalMLP", AAAI 2023, equations 8 to 10, without the linear terms.
public struct BilinearFusion: Sendable {
  /// How many parts the values are cut into.
  public let heads: Int
  /// How many numbers come out per example.
  public let outputs: Int
  /// The name of the weights.
  public let name: String

  /// A form with this many heads.
  public init(heads: Int, outputs: Int, name: String) {
    precondition(heads > 0 && outputs > 0, "a bilinear form needs a head and an output at least")
    self.heads = heads
    self.outputs = outputs
    self.name = name
  }

  /// z, [examples × outputs]; traps when the heads do not divide a width.
  public func callAsFunction(_ x: Node, _ y: Node) -> Node {
    precondition(
      x.width.isMultiple(of: heads) && y.width.isMultiple(of: heads),
      "\(heads) heads do not divide values of \(x.width) and \(y.width) numbers")
    let count = x.width / heads * y.width
    // Xavier-normal over [heads · parts, outputs].
    let deviation = (2 / Float(count + outputs)).squareRoot()
    let weight = x.trace.parameter(
      name, shape: [outputs, heads, x.width / heads, y.width / heads],
      initialisation: .normal(standardDeviation: deviation))
    return x.trace.record(FuseBilinearly(weight: weight), x, y)
  }
}

/// Bilinear forms of two values, head by head.
///
/// Kept for the backward: t_o = [W_(o,1)ᵀ x_1; W_(o,2)ᵀ x_2; …], as long as y: z_o = ⟨t_o, y⟩.
/// Behind them is room for ∂t of one output.
struct FuseBilinearly: Operation {
  let weight: Parameter

  private var outputs: Int { weight.shape[0] }
  private var heads: Int { weight.shape[1] }
  private var left: Int { weight.shape[2] }
  private var right: Int { weight.shape[3] }
  /// The width of y.
  private var width: Int { heads * right }

  var form: OperationForm {
    var form = OperationForm(name: "BilinearFusion \(weight.name)", outputWidth: outputs)
    form.parameters = [weight]
    form.keepsInputs = true
    form.savedWidth = (outputs + 1) * width
    let ends = heads * left + width + outputs * (width + 1)
    form.cost = OperationCost(
      forwardFlops: 2 * (weight.count + outputs * width),
      backwardFlops: 4 * (weight.count + outputs * width), forwardFloats: ends,
      backwardFloats: 3 * ends)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    func reshape(_ input: Int, _ shape: [Int], into name: String) -> ExportNode {
      ExportNode(
        "Reshape", [.input(input), .integers(shape, shape: [shape.count])],
        into: [.temporary(name)])
    }
    return [
      reshape(0, [-1, heads, left], into: "left"), reshape(1, [-1, heads, right], into: "right"),
      ExportNode(
        "Einsum", [.temporary("left"), .parameter(weight), .temporary("right")],
        attributes: [("equation", .text("bhi,ohij,bhj->bo"))]),
    ]
  }

  func forward(_ pass: Pass) {
    for output in 0..<outputs {
      let turned = turned(pass, output)
      for head in 0..<heads {
        BLAS.multiply(
          part(pass.input(0), head, left), block(pass.parameter(weight), output, head),
          into: part(turned, head, right))
      }
      SegmentProducts.dots(
        turned, pass.input(1), width: width, into: pass.output.columns(output, 1))
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    for output in 0..<outputs {
      let (turned, moving) = (turned(pass, output), turned(direction, output))
      for head in 0..<heads {
        BLAS.multiply(
          part(direction.input(0), head, left), block(pass.parameter(weight), output, head),
          into: part(moving, head, right))
        BLAS.multiply(
          part(pass.input(0), head, left), block(direction.parameter(weight), output, head),
          into: part(moving, head, right), beta: 1)
      }
      let velocity = direction.output.columns(output, 1)
      SegmentProducts.dots(moving, pass.input(1), width: width, into: velocity)
      SegmentProducts.dots(
        turned, direction.input(1), width: width, into: velocity, accumulate: true)
    }
  }

  func backward(_ pass: Pass) {
    for output in 0..<outputs {
      // ∂t_o = ∂z_o · y.
      let slopes = pass.savedRows.columns(outputs * width, width)
      SegmentProducts.scale(
        pass.input(1), by: pass.outputGradient.columns(output, 1), width: width, into: slopes)
      for head in 0..<heads {
        let slope = part(slopes, head, right)
        BLAS.multiply(
          part(pass.input(0), head, left), slope, transposeA: true,
          into: block(pass.parameterGradient(weight), output, head), beta: pass.parameterFactor)
        BLAS.multiply(
          slope, block(pass.parameter(weight), output, head), transposeB: true,
          into: part(pass.inputGradient(0), head, left),
          beta: pass.accumulates(0) || output > 0 ? 1 : 0)
      }
    }
    for output in 0..<outputs {
      SegmentProducts.scale(
        turned(pass, output), by: pass.outputGradient.columns(output, 1), width: width,
        into: pass.inputGradient(1), accumulate: pass.accumulates(1) || output > 0)
    }
  }

  private func turned(_ pass: Pass, _ output: Int) -> Matrix {
    pass.savedRows.columns(output * width, width)
  }

  private func part(_ matrix: Matrix, _ head: Int, _ width: Int) -> Matrix {
    matrix.columns(head * width, width)
  }

  private func block(_ weights: Floats, _ output: Int, _ head: Int) -> Matrix {
    let count = left * right
    return Matrix(
      weights.slice((output * heads + head) * count, count), rows: left, columns: right)
  }
}
