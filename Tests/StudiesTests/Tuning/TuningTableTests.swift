import Testing

@testable import Studies

@Suite struct TuningTableTests {
  private func outcomes(_ trial: Int, _ steps: Int, _ aucs: [Double?]) -> [StudyOutcome] {
    aucs.enumerated().map { index, auc in
      let run = StudyRun.trial(
        trial, seed: index + 1, steps: steps, model: "fm", loss: "al1", data: "/data",
        settings: ["a=1"])
      guard let auc else { return StudyOutcome(run: run, failure: "it fell", exitCode: 70) }
      return StudyOutcome(
        run: run,
        figures: StudyFigures(
          auc: auc, logloss: 1 - auc, scaledLogloss: nil, calibrationError: nil, steps: steps))
    }
  }

  private func table(_ objective: TuningObjective = .auc) -> TuningTable {
    let hyperband = Hyperband(least: 1, most: 3)
    var search = BOHB(axes: [.continuous], hyperband: hyperband, brackets: 1)
    let figures: [Int: [Int: [Double?]]] = [
      1: [1: [0.7, 0.8], 3: [0.8, 0.82]], 2: [1: [0.6, 0.7]], 3: [1: [0.9, nil]],
    ]
    var found: [Int: [Int: [StudyOutcome]]] = [:]
    while let round = search.nextRound(draws: { SplitMix($0) }) {
      var losses: [Int: Double] = [:]
      for number in round.trials {
        let own = outcomes(number, round.budget, figures[number]?[round.budget] ?? [])
        found[number, default: [:]][round.budget] = own
        losses[number] = objective.loss(of: own)
      }
      search.end(round, losses: losses)
    }
    return TuningTable(
      objective, search, hyperband: hyperband, keys: ["loss"], values: { ["\($0.number)"] },
      outcomes: found)
  }

  @Test func theBestComesFirst() {
    let table = table()
    #expect(table.rows.map(\.trial) == [1, 1, 2, 3].map(TuningTable.name))
    #expect(table.rows.map(\.steps) == [3, 1, 1, 1] && table.best == "trial-0001")
    #expect(table.finalRows.map(\.trial) == ["trial-0001", "trial-0002", "trial-0003"])
    #expect(abs((table.rows[0].measures[.auc] ?? 0) - 0.81) < 1e-12)
    #expect(abs((table.rows[0].loss ?? 0) - 0.19) < 1e-12)
  }

  /// A trial of which one run failed failed.
  @Test func failuresAreNamed() {
    let last = table().rows[3]
    #expect(last.failure == "it fell" && last.loss == nil && last.runs == 1)
    #expect(last.measures[.scaledLogloss] == nil)
    let lines = StudyCSV.trials(table()).split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasSuffix("objective,loss,failure"))
    let head = lines[0].split(separator: ",")
    #expect(Set(head).count == head.count)
    #expect(lines[4].hasPrefix("trial-0003,1,chance,1,1,0.9,") && lines[4].hasSuffix(",3,it fell"))
  }

  /// Also where its runs ended well, but without the figure that is looked at.
  @Test func aMissingFigureIsAReason() {
    let table = table(.scaledLogloss)
    #expect(table.best == nil && table.rows.count == 3)
    #expect(
      table.rows.map(\.failure) == [
        "it has no scaled logloss on validation rows",
        "it has no scaled logloss on validation rows", "it fell",
      ])
  }

  @Test(arguments: [(TuningObjective.auc, 0.25), (.logloss, 0.25), (.scaledLogloss, .infinity)])
  func objectivesAreMeans(objective: TuningObjective, loss: Double) {
    #expect(abs(min(objective.loss(of: outcomes(1, 1, [0.7, 0.8])), 9) - min(loss, 9)) < 1e-12)
    #expect(objective.loss(of: outcomes(1, 1, [0.7, nil])) == .infinity)
  }

  /// A longer run of a trial goes on in the folder of the shorter one.
  @Test func runsOfATrialShareTheirFolder() {
    let runs = [3, 9].map {
      StudyRun.trial(
        12, seed: 4, steps: $0, model: "fm", loss: "al1", data: "/data", settings: ["a=1"])
    }
    #expect(runs.map(\.name) == ["trial-0012-seed4-3steps", "trial-0012-seed4-9steps"])
    #expect(runs.map(\.folderName) == ["trial-0012-seed4", "trial-0012-seed4"])
    #expect(runs[1].method.settings == ["a=1", "train.maxSteps=9"])
  }
}
