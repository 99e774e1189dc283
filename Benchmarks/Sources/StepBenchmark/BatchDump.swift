import Datasets
import Kernels

/// Batches of a data set in a form that other programs read.
struct BatchDump {
  let data: String
  let steps: Int

  /// Writes `ids` [steps, batch, fields] inside their fields, `labels` [steps, batch] and
  /// `fieldSizes`, as safetensors.
  func write(to path: String) throws {
    let dataset = try Dataset(folder: data)
    let batch = 2000
    let fields = dataset.fieldSizes.count
    let reader = SliceReader(
      dataset: dataset, split: .train, batchSize: batch, slices: 1, seed: 1, order: .shuffled)
    var offsets: [UInt32] = [0]
    for size in dataset.fieldSizes { offsets.append((offsets.last ?? 0) + UInt32(size)) }
    let writer = try SafetensorsWriter(
      path: path,
      tensors: [
        Tensor(name: "ids", type: .uint32, shape: [steps, batch, fields]),
        Tensor(name: "labels", type: .float32, shape: [steps, batch]),
        Tensor(name: "fieldSizes", type: .int64, shape: [fields]),
      ])
    let rows = SliceRows(capacity: batch, columnCount: fields)
    for step in 0..<steps {
      try reader.read(epoch: 0, step: step, slice: 0, into: rows)
      let ids = (0..<batch * fields).map { rows.ids[$0] - offsets[$0 % fields] }
      try writer.write("ids", ids, at: step * batch * fields)
      try writer.write("labels", rows.labels.slice(0, batch), at: step * batch)
    }
    try writer.write("fieldSizes", dataset.fieldSizes.map(Int64.init))
    try writer.finish()
  }
}
