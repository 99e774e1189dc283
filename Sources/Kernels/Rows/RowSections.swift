/// Reading and writing single parts of rows: for initial values, checkpoints and export.
extension RowKernel {
  /// Copies `width` numbers from place `offset` of each row `first ..< first + count` into
  /// consecutive elements of `target`.
  public func copySection(
    _ table: Floats, offset: Int, width: Int, first: Int, count: Int, into target: Floats
  ) {
    check(table, offset, width, first, count, room: target.count)
    for index in 0..<count {
      let source = unsafe table.pointer + (first + index) * layout.stride + offset
      unsafe (target.pointer + index * width).update(from: source, count: width)
    }
  }

  /// The reverse of `copySection`.
  public func setSection(
    _ table: Floats, offset: Int, width: Int, first: Int, count: Int, from source: Floats
  ) {
    check(table, offset, width, first, count, room: source.count)
    for index in 0..<count {
      let target = unsafe table.pointer + (first + index) * layout.stride + offset
      unsafe target.update(from: source.pointer + index * width, count: width)
    }
  }

  /// Copies the versions up to which the rows `first ..< first + count` are computed.
  public func copyLastSteps(_ table: Floats, first: Int, count: Int, into target: View<UInt32>) {
    check(table, layout.lastStepOffset, 1, first, count, room: target.count)
    for index in 0..<count {
      let row = unsafe table.pointer + (first + index) * layout.stride
      unsafe target.pointer[index] = UInt32(truncatingIfNeeded: lastStep(row))
    }
  }

  /// The reverse of `copyLastSteps`.
  public func setLastSteps(_ table: Floats, first: Int, count: Int, from source: View<UInt32>) {
    check(table, layout.lastStepOffset, 1, first, count, room: source.count)
    for index in 0..<count {
      let row = unsafe table.pointer + (first + index) * layout.stride
      unsafe setLastStep(row, Int(source.pointer[index]))
    }
  }

  private func check(
    _ table: Floats, _ offset: Int, _ width: Int, _ first: Int, _ count: Int, room: Int
  ) {
    precondition(offset >= 0 && offset + width <= layout.stride, "a section outside the row")
    precondition(first >= 0 && count >= 0, "rows outside the table")
    precondition((first + count) * layout.stride <= table.count, "rows outside the table")
    precondition(count * width <= room, "no room for the section")
  }
}
