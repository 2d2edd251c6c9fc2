// Sums of the last half minute, held against the list of all that came.
import Foundation
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct RecentResultsTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func theSumIsThatOfEveryEntry(seed: UInt64) throws {
        var random = SeededRandom(seed: seed), recent = RecentResults(), plain: [(at: Timestamp, amount: Int64)] = []
        var now = Timestamp(seconds: 100_000)
        for _ in 0..<3_000 {
            now = now.adding(milliseconds: random.pick(0...(seed.isMultiple(of: 2) ? 5 : 4_000)))
            // Some are heard of late, a few later than is still of use.
            let at = now.adding(milliseconds: -random.pick(0...(seed > 3 ? 40_000 : 2_000))), amount = random.pick(-500...900)
            recent.add(amount, at: at)
            plain.append((at, amount))
            let newest = plain.map(\.at).max()!
            plain.removeAll { $0.at.seconds < newest.seconds - 30 }
            let from = Timestamp(seconds: newest.seconds - random.pick(0...35))
            #expect(recent.sum(from: from) == plain.reduce(0) { $1.at >= from ? $0 + $1.amount : $0 })
        }
        let again = try JSONDecoder().decode(RecentResults.self, from: JSONEncoder().encode(recent))
        #expect(again == recent)
    }

    @Test func snapshotsOfBeforeAreUnderstood() throws {
        let moments = [1_000, 1_500, 2_000].map { Timestamp(milliseconds: $0) }
        let sold = try JSONDecoder().decode(RecentResults.self, from: JSONEncoder().encode(moments))
        #expect([1, 2, 3].map { sold.sum(from: Timestamp(seconds: $0)) } == [3, 1, 0])
        let ended = try JSONDecoder().decode(
            RecentResults.self, from: Data(#"{"entries":[{"at":{"milliseconds":1000},"minorUnits":5},{"at":{"milliseconds":1700},"minorUnits":-7}]}"#.utf8))
        #expect(ended.sum(from: Timestamp(seconds: 1)) == -2)
    }
}

// Driven through the engine: a trade a second whose booking nobody sees, and then some that are seen.
struct ManyUnbookedScripts {
    private typealias S = EngineScript

    @Test func theNewestSixtyFourCanBeCorrectedInAnyOrder() throws {
        var s = S.trading(balance: 10_000_000)
        for number in 1...150 as ClosedRange<Int64> {
            let second = number
            _ = s.at(second, .signal(S.signal(UInt64(number), at: second)), S.bought(UInt64(number), number, balance: 10_000_000, at: second))
            _ = s.at(
                second,
                .broker(
                    S.accountID,
                    .contractSeen(
                        ContractID(rawValue: number),
                        settlement: Settlement(
                            contract: ContractID(rawValue: number), transaction: nil, payout: .usd(1_950), settledAt: S.start.adding(seconds: second)))))
        }
        #expect(s.session.wins == 150)
        func isCorrected(_ number: Int64) -> Bool {
            s.at(200, S.sold(number, for: 0, balance: 10_000_000, at: 200)).contains { $0.contains("corrected") }
        }
        #expect(!isCorrected(86) && !isCorrected(1), "older than the newest 64")
        for number in [150, 87, 120, 88, 149] as [Int64] { #expect(isCorrected(number), "\(number)") }
        #expect(!isCorrected(120), "once")
        let before = s.engine.state
        // In a snapshot it stands in its order, wherever in the ring that is.
        let again = try JSONDecoder().decode(EngineState.self, from: JSONEncoder().encode(before))
        #expect(again == before)
        s.restart()
        #expect(s.engine.state == before, "the journal folds to the same state")
        #expect(s.session.losses == 5)
    }
}
