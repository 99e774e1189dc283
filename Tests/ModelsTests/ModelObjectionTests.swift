import Graph
import Models
import Testing

/// What is said of models that do not fit their options or the data.
@Suite struct ModelObjectionTests {
  private func objection(
    _ kind: ModelKind, fields: Int, _ change: (inout ModelOptions) -> Void = { _ in }
  ) -> ModelObjection? {
    var options = ModelOptions()
    change(&options)
    return kind.objection(options, fieldCount: fields)
  }

  @Test(arguments: ModelKind.allCases)
  func twoFieldsAndDefaultsFitEveryModel(kind: ModelKind) {
    #expect(objection(kind, fields: 2) == nil)
    let program = kind.program(ModelOptions(), schema: FeatureSchema(fieldSizes: [3, 4]))
    #expect(program.outputWidth == 1)
  }

  /// Whoever is not refused can be made.
  @Test(arguments: ModelKind.allCases)
  func oneFieldIsTooFewForPairs(kind: ModelKind) {
    let needsPairs: [ModelKind] = [.ipnn, .opnn, .ffm, .fnfm, .afm, .ncf]
    let objection = objection(kind, fields: 1)
    #expect((objection != nil) == needsPairs.contains(kind))
    if objection == nil {
      let program = kind.program(ModelOptions(), schema: FeatureSchema(fieldSizes: [3]))
      #expect(program.outputWidth == 1)
    }
  }

  @Test func ncfMustBeToldWhichTwoOfManyFieldsItTakes() {
    let silent = objection(.ncf, fields: 39)
    #expect(silent?.option == "userField")
    #expect(
      silent?.problem == "ncf is a model of a user and an item, and the data has 39 fields")
    #expect(objection(.ncf, fields: 39) { $0.particular.userField = 2 }?.option == "itemField")
    let told = objection(.ncf, fields: 39) {
      ($0.particular.userField, $0.particular.itemField) = (2, 39)
    }
    #expect(told == nil)
  }

  @Test func fieldsMustExistAndDiffer() {
    let beyond = objection(.ncf, fields: 2) { $0.particular.userField = 3 }
    #expect(beyond?.problem == "field 3 is asked for, and the data has 2")
    let same = objection(.ncf, fields: 2) { $0.particular.userField = 2 }
    #expect(same?.problem == "user and item are both field 2")
    let context = objection(.finalmlp, fields: 5) { $0.particular.itemField = 6 }
    #expect(context?.option == "itemField")
    #expect(objection(.finalmlp, fields: 5) { $0.particular.itemField = 5 } == nil)
  }

  @Test func headsMustDivideAStream() {
    let problem = objection(.finalmlp, fields: 5) { $0.particular.heads = 3 }?.problem
    #expect(problem == "3 heads do not divide the 128 numbers of a stream")
    let flat = objection(.finalmlp, fields: 5) {
      ($0.particular.heads, $0.hidden) = (3, [])
    }
    #expect(flat?.remedy.hasSuffix(", all numbers of the embedding") == true)
    #expect(objection(.afi, fields: 5) { $0.particular.heads = 3 } == nil)
  }

  @Test func halvesMustBeWhole() {
    func split(_ widths: [Int], _ splits: Bool = true) -> ModelObjection? {
      objection(.xdfm, fields: 5) {
        ($0.particular.cinWidths, $0.particular.cinSplit) = (widths, splits)
      }
    }
    #expect(split([7, 4])?.problem == "a layer of 7 vectors cannot be split into halves")
    #expect(split([8, 3]) == nil)
    #expect(split([7, 3], false) == nil)
    #expect(split([])?.problem == "the list is empty")
  }
}
