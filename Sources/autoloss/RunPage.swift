import Reporting
import Search
import Training

/// A run's report as a page.
struct RunPage {
  private let report: RunReport
  private let folder: String

  init(_ report: RunReport, folder: String) { (self.report, self.folder) = (report, folder) }

  /// The page.
  var page: ReportPage {
    ReportPage(
      title: "\(report.checkpoint.model) with \(report.checkpoint.strategy): \(folder)",
      findings: report.findings, facts: facts,
      sections: [shares, answers, course, quality, reliability].compactMap(\.self))
  }

  private var facts: ResultTable {
    let checkpoint = report.checkpoint
    var table = ResultTable(["run", folder])
    table.add(["steps", Figures.count(checkpoint.step)])
    table.add(["parameters", Figures.count(checkpoint.parameters)])
    table.add(["seed", "\(checkpoint.seed)"])
    if let best = checkpoint.best {
      table.add(["best validation AUC", Wording.auc(best.auc)])
      table.add(["its logloss", Figures.fixed(best.logloss, 5)])
      table.add(["its scaled logloss", Figures.fixed(best.scaledLogloss ?? .nan, 5)])
      table.add(["its calibration error", Figures.fixed(best.calibrationError ?? .nan, 5)])
    }
    if let aim = report.aim {
      table.add(["the controller lowers", "\(aim.upper), on validation rows"])
      table.add(["its virtual step ξ", "\(aim.virtualStep)"])
      table.add(["steps between its updates f", "\(aim.every)"])
    }
    table.add(["data hash", checkpoint.dataHash])
    table.add(["checksum", checkpoint.checksum])
    return table
  }

  /// How much went to each candidate over time: over all examples, and of each label.
  private var shares: ReportPage.Section? {
    let points = report.progress.filter { !$0.shares.isEmpty }
    guard let last = points.last else { return nil }
    let labels = last.shares.first?.byLabel?.count ?? 2
    func chart(_ title: String, _ value: (CandidateShare) -> Double?) -> LineChart {
      LineChart(
        title, horizontal: "step",
        lines: last.shares.map { share in
          LineChart.Line(
            share.candidate,
            points.compactMap { point in
              let found = point.shares.first { $0.candidate == share.candidate }
              return found.flatMap(value).map { (x: Double(point.step), y: $0) }
            })
        }, range: 0...1)
    }
    let byLabel = (0..<labels).map { label in
      chart("examples with label \(label)") { share in
        share.byLabel.map { label < $0.count ? $0[label] : .nan }
          ?? (label == 0 ? share.negatives : share.positives)
      }
    }
    return ReportPage.Section(
      "Share of each candidate",
      "The mean probability of each candidate loss over the examples since the point before.",
      charts: [chart("all examples") { $0.all }] + byLabel)
  }

  /// p(loss | y, ŷ), a chart for each label.
  private var answers: ReportPage.Section? {
    guard let response = report.response else { return nil }
    let charts = response.answers.enumerated().map { label, answers in
      LineChart(
        "label \(label)", horizontal: "prediction ŷ",
        lines: response.candidates.enumerated().map { place, name in
          LineChart.Line(
            name,
            zip(response.predictions, answers).map { (x: Double($0), y: Double($1[place])) })
        }, range: 0...1)
    }
    return ReportPage.Section(
      "What the controller answers",
      "p(loss | y, ŷ) in evaluation mode, without noise. Flat lines are weights that do not depend "
        + "on the prediction; equal charts, ones that do not depend on the label.",
      charts: charts)
  }

  /// How fast the run was and what it lowered.
  private var course: ReportPage.Section? {
    guard report.progress.count > 1 else { return nil }
    func chart(_ title: String, _ value: (RunProgress) -> Double) -> LineChart {
      LineChart(
        title, horizontal: "step",
        lines: [LineChart.Line(title, report.progress.map { (x: Double($0.step), y: value($0)) })])
    }
    return ReportPage.Section(
      "Training",
      "Means over the steps since the point before: the loss of a training example as the strategy "
        + "weighs it, which other weights make another number, and how fast steps were.",
      charts: [
        chart("training loss") { $0.loss }, chart("examples per second") { $0.examplesPerSecond },
      ])
  }

  /// Predictions against what came of them.
  private var reliability: ReportPage.Section? {
    let evaluation = report.checkpoint.best ?? report.evaluations.last
    guard let evaluation, let bins = evaluation.reliability, !bins.isEmpty else { return nil }
    let isBinary = report.checkpoint.classes == 2
    var table = ResultTable(["rows", "predicted", "actual"])
    for bin in bins {
      table.add([
        Figures.count(bin.rows), Figures.fixed(bin.predicted, 4), Figures.fixed(bin.actual, 4),
      ])
    }
    let chart = LineChart(
      "after step \(Figures.count(evaluation.step))", horizontal: "mean prediction",
      lines: [
        LineChart.Line(
          isBinary ? "share of label 1" : "share predicted right",
          bins.map { (x: $0.predicted, y: $0.actual) }, style: .marked),
        LineChart.Line("predicted = actual", [(x: 0, y: 0), (x: 1, y: 1)], style: .guide),
      ], range: 0...1)
    return ReportPage.Section(
      "Reliability",
      isBinary
        ? "Validation rows in ten bins of equal width by their prediction: below the dashed line "
          + "predictions are too high, above it too low."
        : "Validation rows in ten bins of equal width by the probability of the class that was "
          + "predicted: below the dashed line it is too high, above it too low.",
      charts: [chart], table: table)
  }

  private var quality: ReportPage.Section? {
    guard !report.evaluations.isEmpty else { return nil }
    func line(_ name: String, _ value: (RunEvaluation) -> Double?) -> LineChart.Line {
      LineChart.Line(
        name, report.evaluations.map { (x: Double($0.step), y: value($0) ?? .nan) })
    }
    func chart(_ title: String, _ lines: [LineChart.Line]) -> LineChart {
      LineChart(title, horizontal: "step", lines: lines)
    }
    var table = ResultTable(["step", "AUC", "logloss", "scaled logloss", "calibration error"])
    for evaluation in report.evaluations.suffix(20) {
      table.add([
        Figures.count(evaluation.step), Wording.auc(evaluation.auc),
        Figures.fixed(evaluation.logloss, 5),
        Figures.fixed(evaluation.scaledLogloss ?? .nan, 5),
        Figures.fixed(evaluation.calibrationError ?? .nan, 5),
      ])
    }
    return ReportPage.Section(
      "Quality on validation rows",
      "Measured while the run went on. The scaled logloss is what a slope and a shift of the "
        + "logits, fitted to these rows, leave of it; the calibration error is over ten bins.",
      charts: report.evaluations.count > 1
        ? [
          chart("AUC", [line("AUC") { $0.auc }]),
          chart(
            "logloss",
            [line("logloss") { $0.logloss }, line("scaled logloss") { $0.scaledLogloss }]),
          chart("calibration error", [line("calibration error") { $0.calibrationError }]),
        ] : [], table: table)
  }
}
