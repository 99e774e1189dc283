/// A page of findings, tables and charts that needs nothing but itself: no script, no other file.
public struct ReportPage: Sendable {
  /// A heading with what stands under it.
  public struct Section: Sendable {
    /// The heading.
    public var title: String
    /// What the charts show, in a sentence or two.
    public var text: String
    /// The charts.
    public var charts: [LineChart]
    /// A table under the charts, or nil.
    public var table: ResultTable?

    /// A section.
    public init(
      _ title: String, _ text: String, charts: [LineChart] = [], table: ResultTable? = nil
    ) {
      (self.title, self.text, self.charts, self.table) = (title, text, charts, table)
    }
  }

  /// What the page is about.
  public var title: String
  /// What matters most, a sentence each.
  public var findings: [String]
  /// What it is about in figures.
  public var facts: ResultTable
  /// The rest.
  public var sections: [Section]

  /// A page.
  public init(title: String, findings: [String], facts: ResultTable, sections: [Section]) {
    (self.title, self.findings, self.facts, self.sections) = (title, findings, facts, sections)
  }

  /// The page as HTML.
  public var html: String {
    let name = HTMLText.escaped(title)
    let items = findings.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n")
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(name)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <main>
      <h1>\(name)</h1>
      <ul class="findings">
      \(items)
      </ul>
      \(Self.table(facts))
      \(sections.map(Self.section).joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  private static func section(_ section: Section) -> String {
    let charts = section.charts.map(\.html).joined(separator: "\n")
    return """
      <section>
      <h2>\(HTMLText.escaped(section.title))</h2>
      <p>\(HTMLText.escaped(section.text))</p>
      <div class="charts">
      \(charts)
      </div>
      \(section.table.map(table) ?? "")
      </section>
      """
  }

  private static func table(_ table: ResultTable) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(HTMLText.escaped($0))</\(tag)>" }.joined() + "</tr>"
    }
    return "<table><thead>\(row(table.head, "th"))</thead><tbody>"
      + table.rows.map { row($0, "td") }.joined() + "</tbody></table>"
  }

  private static let style = """
    :root { color-scheme: light dark; --ink: #1c1e21; --paper: #ffffff; --faint: #d9dce0; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e4e6ea; --paper: #16181b; --faint: #3a3e44; }
    }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px; }
    h1 { font-size: 24px; margin: 8px 0; }
    h2 { font-size: 18px; margin: 36px 0 4px; }
    .findings { padding-left: 20px; }
    .charts { display: grid; gap: 20px;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); }
    figure { margin: 0; }
    figcaption { font-weight: 600; margin: 8px 0 2px; }
    svg text { fill: currentColor; font: 13px system-ui, sans-serif; }
    svg .x { text-anchor: middle; }
    svg .y { text-anchor: end; dominant-baseline: middle; }
    svg .grid { stroke: var(--faint); stroke-width: 1; }
    svg .axis { stroke: currentColor; stroke-width: 1; }
    .legend { margin: 2px 0; font-size: 13px; }
    .legend span { margin-right: 14px; white-space: nowrap; }
    table { border-collapse: collapse; margin: 12px 0; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: 3px 16px 3px 0; border-bottom: 1px solid var(--faint); }
    """
}
