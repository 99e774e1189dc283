import Testing

@testable import Reporting

@Suite struct ReportPageTests {
  private var page: ReportPage {
    var facts = ResultTable(["run", "a<b"])
    facts.add(["steps", "7"])
    return ReportPage(
      title: "deepfm & more", findings: ["It says <nothing>."], facts: facts,
      sections: [
        ReportPage.Section(
          "Shares", "Of each.",
          charts: [LineChart("all", horizontal: "step", lines: [LineChart.Line("ce", [(0, 1)])])],
          table: facts)
      ])
  }

  @Test func everythingIsOnIt() {
    let html = page.html
    for text in [
      "<title>deepfm &amp; more</title>", "It says &lt;nothing&gt;.", "<th>a&lt;b</th>",
      "<td>steps</td>", "<h2>Shares</h2>", "<figcaption>all</figcaption>",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(XMLCheck(html).problem == nil)
  }

  /// No script, and nothing that is fetched from elsewhere.
  @Test func itNeedsNothingElse() {
    for text in ["<script", "http", "url(", "src="] { #expect(!page.html.contains(text)) }
  }
}
