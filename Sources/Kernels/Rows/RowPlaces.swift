/// Rows of several slices in one list: hands each slice its own, and counts them.
public enum RowPlaces {
  /// Copies the rows of slice `slice` out of `rows`, [count × width], to their places in `target`.
  ///
  /// `positions[k · slices + i]` is the place of row k among those of slice i, or −1.
  public static func copy(
    _ rows: Floats, width: Int, count: Int, positions: View<Int32>, slices: Int, slice: Int,
    into target: Floats
  ) {
    precondition(
      count * width <= rows.count && count * slices <= positions.count, "fewer rows than counted")
    precondition(slice >= 0 && slice < slices, "no such slice")
    let limit = target.count / max(width, 1)
    for row in 0..<count {
      let place = unsafe Int(positions.pointer[row &* slices &+ slice])
      if place < 0 { continue }
      precondition(place < limit, "a place beyond the target")
      let source = unsafe rows.pointer + row &* width
      let goal = unsafe target.pointer + place &* width
      var offset = 0
      while offset < width {
        let part = min(8, width &- offset)
        unsafe Octet.load(source + offset, part).store(goal + offset, part)
        offset &+= 8
      }
    }
  }

  /// Adds up for the rows `range` what the slices say of each of their own, such as how often they
  /// have it; whole numbers, so that their order is nothing. `positions` as above.
  public static func sum(
    range: Range<Int>, positions: View<Int32>, slices: Int, into total: Floats,
    _ counts: (_ slice: Int) -> Floats?
  ) {
    precondition(
      range.upperBound <= total.count && range.upperBound * slices <= positions.count,
      "fewer rows than counted")
    total.slice(range.lowerBound, range.count).fill(0)
    for slice in 0..<slices {
      guard let own = counts(slice) else { continue }
      for row in range {
        let place = Int(positions[row * slices + slice])
        if place >= 0 { total[row] += own[place] }
      }
    }
  }
}
