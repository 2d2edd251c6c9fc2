// What the loop does when the auditor finds something: a session fails and the rest goes on, or the loop ends.
import Synchronization
import Testing
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

@testable import TradingService

private typealias S = EngineScript

struct AuditorInTheLoopTests {
    /// Runs a loop whose journal restored `state` though its facts came to `base`, until nothing is left to do.
    private func run(_ state: EngineState, base: EngineState, _ inputs: [Input] = []) throws -> (facts: [String], found: [Finding], error: Finding?) {
        let journal = MemoryJournal(), inbox = Inbox(capacity: 10), found = FoundList()
        let loop = TradingLoop(
            inbox: inbox, journal: journal, clock: TradingClock { state.at },
            outlets: .init(
                command: { _ in true }, answer: { _ in }, whenBuysHaveLeft: { $1() }, committed: { _, _ in },
                found: { finding in found.add(finding) }))
        inbox.close()
        var error: Finding?
        do {
            try loop.run(
                RestoredJournal(state: state, base: base, nextSequence: 1, ownerSequences: [:], replayed: 0), settings: EngineSettings(), first: inputs)
        } catch let finding as Finding { error = finding }
        return (journal.entries.map(\.fact.line), found.all, error)
    }

    private final class FoundList: Sendable {
        private let list = Mutex<[Finding]>([])
        func add(_ finding: Finding) { list.withLock { $0.append(finding) } }
        var all: [Finding] { list.withLock(\.self) }
    }

    @Test func nothingIsFoundOfWhatAgrees() throws {
        let state = S.trading().engine.state
        let outcome = try run(state, base: state, [Input(.signal(S.signal(1)))])
        #expect(outcome.found.isEmpty && outcome.error == nil)
        #expect(outcome.facts.isEmpty == false)
    }

    @Test func aSessionsOwnFiguresEndTheSession() throws {
        var other = S.trading()
        _ = other.at(0, .pauseSession(S.sessionID, owner: S.owner, by: S.person))
        let outcome = try run(S.trading().engine.state, base: other.engine.state, [Input(.signal(S.signal(1)))])
        #expect(outcome.found.map(\.subject) == [.session(S.sessionID)] && outcome.error == nil)
        #expect(outcome.facts.first?.contains("failed") == true, "before anything else is taken")
        #expect(!outcome.facts.contains { $0.contains("intend") }, "it buys nothing")
    }

    @Test func anAccountsFiguresEndTheProcess() throws {
        let outcome = try run(S.trading().engine.state, base: S.trading(balance: 90_000).engine.state, [Input(.signal(S.signal(1)))])
        #expect(outcome.error?.subject == .account(S.accountID) && outcome.error?.invariant == "I10")
        #expect(outcome.found.contains { $0 == outcome.error } && outcome.facts.isEmpty, "nothing is decided any more")
    }
}
