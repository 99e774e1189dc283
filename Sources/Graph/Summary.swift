extension Program {
  /// A table of the operations: output shape, parameters, and arithmetic and bytes per example.
  public func summary() -> String {
    var table = [
      ["operation", "output", "dense", "row", "forward flop", "backward flop", "bytes"]
    ]
    for form in operations {
      table.append([
        form.name, "[rows, \(form.outputWidth)]",
        grouped(form.parameters.reduce(0) { $0 + $1.count }),
        grouped(form.rowParts.reduce(0) { $0 + $1.width }),
        grouped(Int(form.cost.forwardFlops)), grouped(Int(form.cost.backwardFlops)),
        grouped(Int(form.cost.forwardBytes + form.cost.backwardBytes)),
      ])
    }
    let cost = cost
    table.append([
      "total per example", "", grouped(denseCount), grouped(rowWidth),
      grouped(Int(cost.forwardFlops)), grouped(Int(cost.backwardFlops)),
      grouped(Int(cost.forwardBytes + cost.backwardBytes)),
    ])
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    var lines = table.map { row in
      zip(row.indices, row).map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: lines[0].count)
    lines.insert(rule, at: 1)
    lines.insert(rule, at: lines.count - 1)
    lines.append(
      "Memory: \(grouped(4 * plan.arenaColumns)) bytes of activations and gradients per example.")
    return lines.joined(separator: "\n")
  }

  /// A count with a space between groups of three digits.
  private func grouped(_ count: Int) -> String {
    let digits = Array(String(count))
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in
      String(digits[max(0, end - 3)..<end])
    }
    return groups.reversed().joined(separator: " ")
  }
}
