import Messages
import Testing

@testable import Training

@Suite struct MembershipTests {
  @Test func theNewestWelcomeOfTheRunCounts() {
    var membership = Membership()
    #expect(membership.generation(of: Envelope(job: 9, generation: 4)) == 4, "no run is known yet")
    #expect(membership.welcome(Envelope(job: 7, generation: 2)) == true)
    #expect(membership.welcome(Envelope(job: 7, generation: 1)) == true, "an old one")
    #expect(membership.job == 7 && membership.generation == 2)
    #expect(membership.welcome(Envelope(job: 7, generation: 3)) == true)
    #expect(membership.generation == 3)
    #expect(membership.generation(of: Envelope(job: 7, generation: 2)) == 2)
  }

  @Test func anotherRunChangesNothing() {
    var membership = Membership()
    _ = membership.welcome(Envelope(job: 7, generation: 2))
    #expect(membership.welcome(Envelope(job: 8, generation: 5)) == true)
    #expect(membership.job == 7 && membership.generation == 2)
    #expect(membership.generation(of: Envelope(job: 8, generation: 2)) == 0)
  }

  @Test func noCoordinatorHasGenerationZero() {
    var membership = Membership()
    #expect(membership.welcome(Envelope(job: 7, generation: 0)) == false)
    #expect(membership.job == 0)
  }
}
