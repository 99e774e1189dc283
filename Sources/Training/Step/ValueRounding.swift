import Kernels
import Optimization
import Search

/// Rounds what a slice is computed from, and what it gives, as if both had been sent.
///
/// Every thread that computes a slice does so, wherever it is, so that the model does not depend on
/// what really went over a wire. Nothing happens, and no memory is held, with 32 bits.
final class ValueRounding {
  private let pulled: Codec
  private let pushed: Codec
  private let seed: UInt64
  private let rowWidth: Int
  private let dense: Floats
  private let controller: Floats

  /// The roundings that the configuration of `parts` names.
  init(parts: RunParts) {
    pulled = parts.configuration.cluster.pullCodec
    pushed = parts.configuration.cluster.pushCodec
    seed = parts.configuration.seed
    rowWidth = parts.program.rowWidth
    let isRounded = pulled != .float32
    dense = Floats(count: isRounded ? parts.program.denseCount : 0)
    controller = Floats(count: isRounded ? parts.strategy.controller?.denseCount ?? 0 : 0)
  }

  /// Rounds rows where they are; for the second time it changes nothing.
  func round(rows: Floats) { round(pulled: rows) }

  /// The dense vector as it is computed with; valid until the next call.
  func rounded(dense weights: Floats) -> Floats { rounded(weights, in: dense) }

  /// The controller as losses are weighed with; valid until the next call.
  func rounded(controller state: ControllerState?) -> ControllerState? {
    state.map {
      ControllerState(dense: rounded($0.dense, in: controller), statistics: $0.statistics)
    }
  }

  private func rounded(_ weights: Floats, in copy: Floats) -> Floats {
    if pulled == .float32 { return weights }
    copy.copy(from: weights)
    round(pulled: copy)
    return copy
  }

  private func round(pulled values: Floats) {
    switch pulled {
    case .float16: Float16Codec.round(values)
    case .bfloat16: BFloat16Codec.round(values)
    case .float32, .scaledFloat16, .scaledInt8: break
    }
  }

  /// Rounds the gradients of a slice of `step` where they are.
  ///
  /// Chance is addressed by the step, the slice (its first example) and the row, so that a slice
  /// that is computed again has the same bits.
  func roundGradients(of slot: SliceSlot, step: Int) {
    let rows = slot.rowGradients.slice(0, slot.unique.count * rowWidth)
    switch pushed {
    case .scaledFloat16:
      for values in [rows, slot.denseGradient] {
        Float16Codec.round(values, power: Float16Codec.power(for: values))
      }
    case .bfloat16:
      BFloat16Codec.round(rows)
      BFloat16Codec.round(slot.denseGradient)
    case .scaledInt8:
      let place = UInt64(step) << 24 | UInt64(slot.firstExample)
      Int8Codec.round(
        rows, width: rowWidth, names: slot.unique,
        Randomness(seed: seed, purpose: .rowRounding, step: place))
      Int8Codec.round(
        slot.denseGradient, width: Codec.denseGroup,
        Randomness(seed: seed, purpose: .denseRounding, step: place))
    case .float32, .float16: break
    }
  }
}

extension RunConfiguration.Cluster {
  /// How parameters are sent to workers.
  var pullCodec: Codec {
    switch pullValues {
    case .fp32: .float32
    case .fp16: .float16
    case .bf16: .bfloat16
    }
  }

  /// How gradients are sent to the owners of parameters.
  var pushCodec: Codec {
    switch pushValues {
    case .fp32: .float32
    case .fp16: .scaledFloat16
    case .bf16: .bfloat16
    case .int8: .scaledInt8
    }
  }
}
