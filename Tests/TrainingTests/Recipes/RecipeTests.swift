import Objectives
import Testing

@testable import Training

@Suite struct RecipeTests {
  private func resolved(_ recipe: Recipe, _ more: [String] = []) throws -> RunConfiguration {
    var resolver = ConfigurationResolver(workingFolder: "/")
    try resolver.read(recipe: recipe)
    for assignment in more { try resolver.apply(assignment: assignment) }
    return try resolver.resolve().configuration
  }

  @Test(arguments: Recipe.allCases)
  func isACorrectConfiguration(recipe: Recipe) throws {
    let configuration = try resolved(recipe)
    #expect(configuration != RunConfiguration())
    #expect(recipe.yaml.hasPrefix("#"), "a recipe says where its values come from")
    // Its candidates are losses of both tasks.
    for candidate in configuration.search.candidates {
      for classes in [2, 5] { try Loss(candidate).check(classes: classes) }
    }
  }

  @Test(arguments: Recipe.allCases)
  func givesWayToAllOtherSources(recipe: Recipe) throws {
    #expect(try resolved(recipe, ["train.batchSize=500"]).train.batchSize == 500)
  }

  /// Zhao et al., KDD 2021, §4.3.
  @Test func thePaper() throws {
    let paper = try resolved(.paper)
    #expect(paper.search == RunConfiguration.paperSearch)
    #expect(paper.search.virtualStep == 0 && paper.search.upper == .paper)
    #expect(paper.search.every == 7 && paper.train.batchSize == 2000)
    #expect(paper.train.slices == 1, "batch norm over the whole batch")
    #expect(paper.model.embeddingWidth == 16 && paper.model.hidden == [128, 128])
    #expect(paper.train.learningRate == 0.001 && paper.train.learningRateDrops.isEmpty)
  }

  /// BARS, DeepFM_criteo_x4_001.
  @Test func tuned() throws {
    let tuned = try resolved(.tuned)
    #expect(tuned.train.batchSize == 10_000 && tuned.train.weightDecay == 1e-5)
    #expect(tuned.train.plateauFactor == 0.1 && tuned.train.denseWeightDecay == 0)
    #expect(tuned.model.hidden.count == 5 && tuned.model.embeddingDeviation == 1e-4)
    #expect(tuned.search.upper == .logloss && tuned.search.virtualStep == 0.001)
  }
}
