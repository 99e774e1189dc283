import COpenSSL
import Kernels

/// The hash SHA-256 (FIPS 180-4), fed piece by piece.
///
/// Used by one thread at a time.
@safe public final class SHA256 {
  private let context: OpaquePointer

  /// Starts a hash of nothing.
  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory: SHA-256") }
    unsafe self.context = context
    restart()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Appends bytes.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    let done = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "libcrypto refused to hash")
  }

  /// Appends the memory of the elements, little endian.
  public func update<Element: BitwiseCopyable>(_ elements: View<Element>) {
    unsafe update(
      UnsafeRawBufferPointer(UnsafeBufferPointer(start: elements.pointer, count: elements.count)))
  }

  /// Appends the memory of the elements, little endian.
  public func update<Element: BitwiseCopyable>(_ elements: [Element]) {
    unsafe elements.withUnsafeBytes { unsafe update($0) }
  }

  /// Appends the UTF-8 form of a text.
  public func update(_ text: String) { update(Array(text.utf8)) }

  /// The hash as 64 lower-case hexadecimal digits; the object then starts afresh.
  public func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let done = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
    }
    precondition(done == 1, "libcrypto refused to hash")
    restart()
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The hash of a file's contents.
  public static func file(_ path: String) throws(DataError) -> String {
    let hash = SHA256()
    let mapped = try MappedFile(path: path)
    unsafe hash.update(mapped.bytes)
    return hash.finish()
  }

  private func restart() {
    let done = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(done == 1, "libcrypto has no SHA-256")
  }
}
