// A settlement that was heard of first and that the statement then contradicts: the statement has the last word, and every
// figure, limit and streak follows.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

private typealias S = EngineScript

struct CorrectionScripts {
    /// What the contract's own stream says.
    private func heard(_ contract: Int64, _ payout: Int64, at second: Int64) -> Input.Event {
        .broker(
            S.accountID,
            .contractSeen(
                ContractID(rawValue: contract),
                settlement: Settlement(
                    contract: ContractID(rawValue: contract), transaction: TransactionID(rawValue: contract * 10 + 1), payout: .usd(payout),
                    settledAt: S.start.adding(seconds: second))))
    }

    /// Bought for 10.00 and heard to have paid so much.
    private func trade(_ s: inout EngineScript, _ number: UInt64, heard payout: Int64, at second: Int64) {
        _ = s.at(second, .signal(S.signal(number, at: second)))
        _ = s.at(second, S.bought(number, Int64(number), balance: 99_000, at: second))
        _ = s.at(second + 8, heard(Int64(number), payout, at: second + 8))
    }

    @Test func aWinThatWasALossIsOneInEveryFigure() {
        var s = S.trading()
        trade(&s, 1, heard: 1_950, at: 1)
        #expect((s.session.wins, s.session.profit) == (1, .usd(950)))
        #expect(s.at(20, S.sold(1, for: 0, balance: 99_000, at: 9)) == ["s1 corrected 00000001 #1 19.50 to 0.00"])
        let session = s.session, account = s.engine.state.accounts[S.accountID]
        #expect((session.wins, session.losses, session.settledCount, session.lossesInARow) == (0, 1, 1, 1))
        #expect((session.profit, session.profitToday, account.profitOfDay, account.balance) == (.usd(-1_000), .usd(-1_000), .usd(-1_000), .usd(99_000)))
        #expect((session.peak, session.countedPeak, session.currentDrawdown, session.greatestDrawdown) == (.usd(100_000), .usd(100_000), 100, 100))
        #expect(s.at(21, S.sold(1, for: 0, balance: 99_000, at: 9)) == [], "told again it changes nothing")
        let before = s.engine.state
        s.restart()
        #expect(s.engine.state == before, "the journal folds to the same state")
    }

    @Test func aLossThatWasAWinEndsTheStreakThatItWasPartOf() {
        var s = S.trading()
        trade(&s, 1, heard: 0, at: 1)
        trade(&s, 2, heard: 0, at: 20)
        trade(&s, 3, heard: 0, at: 40)
        #expect(s.session.lossesInARow == 3)
        #expect(s.at(60, S.sold(2, for: 1_950, balance: 98_950, at: 28)).first == "s1 corrected 00000002 #2 0.00 to 19.50")
        #expect((s.session.lossesInARow, s.session.wins, s.session.losses, s.session.profit) == (1, 1, 2, .usd(-1_050)))
        // After the first loss equity was 990.00, then 999.50: where the order tells less than that, the peak is the higher.
        #expect(s.session.peak >= .usd(100_000) && s.session.greatestDrawdown >= 105)
    }

    @Test func aWinBetweenLossesThatWasNoneJoinsThem() {
        var s = S.trading { $0.limits.lossesInARow = 3 }
        trade(&s, 1, heard: 0, at: 1)
        trade(&s, 2, heard: 1_950, at: 20)
        trade(&s, 3, heard: 0, at: 40)
        #expect(s.session.lossesInARow == 1)
        #expect(
            s.at(60, S.sold(2, for: 0, balance: 97_000, at: 28)) == [
                "s1 corrected 00000002 #2 19.50 to 0.00", "s1 paused losses_in_a_row_reached by system",
            ])
        #expect(s.session.lossesInARow == 3)
    }

    @Test func whatEndedWithoutALossSinceKeepsTheStreak() {
        var s = S.trading()
        trade(&s, 1, heard: 1_950, at: 1)
        trade(&s, 2, heard: 1_950, at: 20)
        trade(&s, 3, heard: 0, at: 40)
        _ = s.at(60, S.sold(1, for: 0, balance: 98_950, at: 9))
        #expect(s.session.lossesInARow == 1)
    }

    @Test func theDaysLossFollowsAndMayPause() {
        var s = S.trading { $0.limits.lossPerDay = .usd(1_020) }
        trade(&s, 1, heard: 1_950, at: 1)
        #expect(s.at(20, S.sold(1, for: 0, balance: 99_000, at: 9)).last == "s1 paused loss_per_day_reached by system")
    }

    @Test func theStatementCorrectsToo() {
        var s = S.trading()
        trade(&s, 1, heard: 1_950, at: 1)
        #expect(s.at(300, .deadline).contains("a1 look up"))
        let row = Booking(
            transaction: TransactionID(rawValue: 11), action: .sell, contract: ContractID(rawValue: 1), amount: .zero(.usd), balanceAfter: .usd(99_000),
            at: S.start.adding(seconds: 9))
        let findings = Findings(
            askedAt: S.start.adding(seconds: 300), bookings: [row], chainCloses: true, balance: .usd(99_000), newest: TransactionID(rawValue: 11), about: [])
        let lines = s.at(301, .broker(S.accountID, .lookedUp(findings)))
        #expect(lines.contains("s1 corrected 00000001 #1 19.50 to 0.00") && lines.last == "a1 looked up to 11")
        #expect(s.at(302, S.sold(1, for: 500, balance: 99_500, at: 9)).allSatisfy { !$0.contains("corrected") }, "what was walked is settled for good")
    }

    @Test func whatTheStatementConfirmsIsNoCorrection() {
        var s = S.trading()
        trade(&s, 1, heard: 1_950, at: 1)
        #expect(s.at(20, S.sold(1, for: 1_950, balance: 100_950, at: 9)) == ["a1 balance 1009.50 USD"])
        #expect((s.session.wins, s.session.profit) == (1, .usd(950)))
    }
}
