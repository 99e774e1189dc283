/// Consecutive elements of a `Storage`, which the view keeps alive.
///
/// Reads, writes and slices are checked against the bounds. A view is a reference: copies see the
/// same memory. Handing one to another thread hands over the right to use it; two threads never
/// write the same view at once, and who may write when is the caller's plan (a step has phases).
@frozen
@safe public struct View<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let owner: Storage<Element>
  @usableFromInline let base: UnsafeMutablePointer<Element>
  /// How many elements the view covers.
  public let count: Int

  @inlinable
  init(owner: Storage<Element>, base: UnsafeMutablePointer<Element>, count: Int) {
    self.owner = owner
    unsafe self.base = unsafe base
    self.count = count
  }

  /// A view of new, zeroed memory.
  public init(count: Int) {
    let storage = Storage<Element>(count: count)
    unsafe self.init(owner: storage, base: storage.base, count: count)
  }

  /// A view of new memory with any content, for who writes all of it at once.
  public init(unfilled count: Int) {
    let storage = Storage<Element>(unfilled: count)
    unsafe self.init(owner: storage, base: storage.base, count: count)
  }

  /// A view of memory of somebody else; `giveBack` is called, on any thread, when no view is left.
  @unsafe public init(
    borrowing base: UnsafeMutablePointer<Element>, count: Int, giveBack: @escaping () -> Void
  ) {
    let storage = unsafe Storage(borrowing: base, count: count, giveBack: giveBack)
    unsafe self.init(owner: storage, base: base, count: count)
  }

  /// A view of new memory that holds a copy of `elements`.
  public init(_ elements: [Element]) {
    self.init(count: elements.count)
    unsafe elements.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe base.update(from: first, count: source.count)
    }
  }

  /// The element at `index`; traps outside the view.
  @inlinable
  public subscript(_ index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index outside the view")
      return unsafe base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "index outside the view")
      unsafe base[index] = newValue
    }
  }

  /// The `count` elements from `offset` on, in the same memory.
  @inlinable
  public func slice(_ offset: Int, _ count: Int) -> View {
    precondition(
      offset >= 0 && count >= 0 && offset + count <= self.count, "slice outside the view")
    return unsafe View(owner: owner, base: base + offset, count: count)
  }

  /// Sets every element to `value`.
  @inlinable
  public func fill(_ value: Element) {
    unsafe base.update(repeating: value, count: count)
  }

  /// Copies all of `source`, which has as many elements.
  @inlinable
  public func copy(from source: View) {
    precondition(source.count == count, "copy between views of different lengths")
    unsafe base.update(from: source.base, count: count)
  }

  /// The elements as an array.
  public var array: [Element] {
    unsafe Array(UnsafeBufferPointer(start: base, count: count))
  }

  /// Calls `body` with the memory as a read-only span.
  @inlinable
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeBufferPointer(start: base, count: count).span)
  }

  /// The address of the first element, for kernels and system calls.
  ///
  /// Valid while the view or another view of its memory lives.
  @inlinable
  @unsafe public var pointer: UnsafeMutablePointer<Element> { unsafe base }
}

/// A view of single-precision numbers: the one numeric type of the training step.
public typealias Floats = View<Float>
