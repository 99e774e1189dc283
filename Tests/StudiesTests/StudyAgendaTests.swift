import Testing

@testable import Studies

@Suite struct StudyAgendaTests {
  /// Runs by name; `b<a` needs the controller of `a`.
  private func runs(_ words: String...) -> [StudyRun] {
    words.map { word in
      let names = word.split(separator: "<").map(String.init)
      return StudyRun(
        name: names[0], group: "g", model: "fm", method: .crossEntropy, seed: 1, data: "/data",
        controllerOf: names.count > 1 ? names[1] : nil)
    }
  }

  @Test func runsComeInTheirOrderAndNotTooMany() {
    var agenda = StudyAgenda(runs("a", "b", "c", "d"), jobs: 2, done: ["b"])
    var begun: [String] = []
    while let next = agenda.next() {
      agenda.begin(next.name)
      begun.append(next.name)
    }
    #expect(begun == ["a", "c"] && agenda.progress == (1, 4) && !agenda.isOver)
    agenda.end("a")
    #expect(agenda.next()?.name == "d" && agenda.states["a"] == .done)
    agenda.begin("d")
    agenda.end("c", failure: "it fell")
    agenda.end("d")
    #expect(agenda.isOver && agenda.next() == nil)
    #expect(agenda.states["c"] == .failed("it fell"))
  }

  @Test func aRunThatOthersMakeIsTakenLater() {
    var agenda = StudyAgenda(runs("a", "b"), jobs: 2)
    agenda.begin("a")
    agenda.putBack("a")
    #expect(agenda.next(avoiding: ["a"])?.name == "b" && agenda.next()?.name == "a")
    #expect(agenda.progress == (0, 2))
  }

  @Test func aBorrowerWaitsForItsLender() {
    var agenda = StudyAgenda(runs("a", "b<a", "c"), jobs: 3)
    agenda.begin("a")
    #expect(agenda.next()?.name == "c")
    agenda.end("a")
    #expect(agenda.next()?.name == "b")
    let late = StudyAgenda(runs("a", "b<a"), jobs: 1, done: ["a"])
    #expect(late.next()?.name == "b")
  }

  @Test func aFailureTakesItsBorrowersAlong() {
    var agenda = StudyAgenda(runs("a", "b<a", "c<b", "d"), jobs: 1)
    agenda.begin("a")
    agenda.end("a", failure: "no room")
    #expect(agenda.progress == (3, 4))
    for name in ["b", "c"] {
      guard case .failed(let reason) = agenda.states[name] else {
        Issue.record("\(name) is \(String(describing: agenda.states[name]))")
        continue
      }
      #expect(reason.contains(name == "b" ? "the run a" : "the run b"))
    }
    #expect(agenda.next()?.name == "d")
  }

  @Test func whatOthersHoldComesLater() {
    let agenda = StudyAgenda(runs("a", "b"), jobs: 1)
    #expect(agenda.next(avoiding: ["a"])?.name == "b")
    #expect(agenda.next(avoiding: ["a", "b"]) == nil && !agenda.isOver)
  }
}
