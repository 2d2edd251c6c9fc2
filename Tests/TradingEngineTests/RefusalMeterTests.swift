// How often a strategy's refusals are put on record, and that this has an end.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct RefusalMeterTests {
    private typealias S = EngineScript

    @Test func theFirstOfItsKindIsPutOnRecordAndTheRestIsCounted() throws {
        var meter = RefusalMeter()
        let refusal = Refusal(.noSession)
        let told = (0..<10).map { _ in meter.count(refusal, session: S.sessionID, strategy: S.person, at: S.start) }
        #expect(told == [true] + Array(repeating: false, count: 9))
        let due = meter.take(olderThan: 60, at: S.start.adding(seconds: 60))
        #expect(due.map(\.count) == [9] && meter.entries.isEmpty)
    }

    @Test func moreKindsThanItHoldsFillNoJournal() {
        var meter = RefusalMeter()
        func refused(_ session: Int) -> Bool {
            meter.count(Refusal(.noSession), session: SessionID(rawValue: Int64(session)), strategy: S.person, at: S.start)
        }
        let told = (1...RefusalMeter.most).map(refused), more = (0..<3).map { _ in refused(RefusalMeter.most + 1) }
        #expect(told.allSatisfy { $0 } && more == [false, false, false])
        _ = meter.take(olderThan: 60, at: S.start.adding(seconds: 60))
        let later = refused(RefusalMeter.most + 1)
        #expect(later, "a minute later there is room again")
    }
}
