import Testing

@testable import Studies

@Suite struct StudyPlanTests {
  private func plan(
    _ kind: StudyKind, models: [String]? = nil, seeds: Int = 2, target: String? = nil
  ) -> StudyPlan {
    StudyPlan(kind, .init(models: models, seeds: seeds, data: "/data", targetData: target))
  }

  @Test(arguments: StudyKind.allCases)
  func namesAreUniqueAndFitForFiles(kind: StudyKind) {
    let runs = plan(kind, target: "/other").runs
    #expect(Set(runs.map(\.name)).count == runs.count && !runs.isEmpty)
    for run in runs {
      #expect(run.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }, "\(run.name)")
      #expect(run.name.hasSuffix("-seed\(run.seed)"))
    }
    // The method that others are compared with is one of them.
    #expect(runs.contains { $0.method.name == kind.reference })
  }

  @Test(arguments: [
    (StudyKind.table2, 2 * 8), (.table3, 2 * 3), (.efficiency, 6), (.frequency, 6),
    (.transfer, 3 + 2 * 4), (.planted, 5 * 5),
  ])
  func aGridHasAllOfItsCells(kind: StudyKind, cells: Int) {
    #expect(plan(kind, seeds: 3).runs.count == 3 * cells)
  }

  /// Half of a study is whole seeds.
  @Test func seedsComeOneAfterTheOther() {
    let seeds = plan(.table2, seeds: 3).runs.map(\.seed)
    #expect(seeds == seeds.sorted() && Set(seeds) == [1, 2, 3])
  }

  @Test func modelsCanBeChosen() {
    let chosen = plan(.table3, models: ["fm", "lr"], seeds: 1)
    #expect(chosen.groups == ["fm", "lr"])
    #expect(chosen.methods(of: "lr").map(\.name) == ["al1", "al2", "autoloss"])
    #expect(chosen.runs.allSatisfy { $0.model == $0.group && $0.data == "/data" })
  }

  /// Models whose weights were searched for have BOHB's row, where the paper has it.
  @Test func searchedWeightsAreARow() {
    var options = StudyPlan.Options(models: ["fm", "lr"], seeds: 2, data: "/data")
    options.searchedWeights = ["lr": "weights:1,0,0,2"]
    let plan = StudyPlan(.table2, options)
    #expect(
      plan.methods(of: "lr").map(\.name)
        == ["focal", "kl", "hinge", "ce", "melu", "bohb", "darts", "slf", "autoloss"])
    #expect(plan.methods(of: "fm").count == 8)
    #expect(
      plan.runs.filter { $0.method.loss == "weights:1,0,0,2" }.map(\.name)
        == ["lr-bohb-seed1", "lr-bohb-seed2"])
    #expect(PublishedFigures.absent(.table2, among: plan.methods(of: "lr")).isEmpty)
    #expect(PublishedFigures.absent(.table2, among: plan.methods(of: "fm")).count == 1)
  }

  @Test func frequenciesAreSettings() {
    var options = StudyPlan.Options(seeds: 1, data: "/data")
    options.frequencies = [1, 30]
    let runs = StudyPlan(.frequency, options).runs
    #expect(runs.map(\.method.settings) == [["search.every=1"], ["search.every=30"]])
    #expect(runs.map(\.name) == ["deepfm-every-1-seed1", "deepfm-every-30-seed1"])
  }

  /// Each seed has data of its own; a table names the folder of all.
  @Test func plantedProblemsHaveDataOfEachSeed() {
    let planted = plan(.planted, seeds: 2)
    #expect(planted.data == ["/data"] && planted.groups == PlantedNoise.allCases.map(\.rawValue))
    #expect(Set(planted.runs.map(\.data)).count == 2 * 5)
    for run in planted.runs {
      #expect(run.data == "/data/\(run.group)-seed\(run.seed)" && run.model == "deepfm")
    }
    #expect(
      planted.methods(of: "clean").map(\.name) == [
        "ce", "mae", "al1", "autoloss-paper", "autoloss",
      ])
    let two = plan(.planted, models: ["fm", "lr"], seeds: 1)
    #expect(two.groups.contains("lr-symmetric") && two.runs.count == 2 * 25)
    #expect(plan(.table2).data == ["/data"])
    #expect(plan(.transfer, target: "/other").data == ["/data", "/other"])
  }

  /// A controller comes from the first model's run of the same strategy and seed.
  @Test func controllersAreLent() {
    let runs = plan(.transfer, models: ["fm", "nfm"], target: "/other").runs
    let borrowers = runs.filter { $0.controllerOf != nil }
    #expect(
      borrowers.map(\.name)
        == [1, 2].flatMap { seed in
          ["nfm", "fm-elsewhere"].flatMap { group in
            ["slf", "autoloss"].map { "\(group)-\($0)-transferred-seed\(seed)" }
          }
        })
    for run in borrowers {
      let lender = runs.first { $0.name == run.controllerOf }
      #expect(lender?.model == "fm" && lender?.seed == run.seed && lender?.data == "/data")
      #expect(lender?.method.loss == run.method.loss && lender?.controllerOf == nil)
    }
    #expect(runs.filter { $0.data == "/other" }.allSatisfy { $0.group == "fm-elsewhere" })
    #expect(runs.count { $0.data == "/other" } == 2 * 4)
  }
}
