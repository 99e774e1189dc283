import Testing

@testable import Reporting

@Suite struct HTMLTextTests {
  @Test func charactersThatMeanSomethingAreReplaced() {
    #expect(
      HTMLText.escaped("a<b> & \"c\" 'd' ŷ") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; ŷ")
  }
}
