// The questions of a session by the names that the previous system's clients know, on six trades that anybody can follow
// with pencil and paper.

import Testing
import TradeAnalytics
import TradingModel

@Suite struct SessionQuestionTests {
    static let start = Timestamp(seconds: 1_700_006_400)

    private func session() throws -> SessionFigures {
        var session = try SessionFigures(start: 10_000, startedAt: SessionQuestionTests.start, calendar: .utc)
        for trade in ByHandTests.trades() { try session.add(trade) }
        return session
    }

    @Test func calculateCoreMetrics() throws {
        let core = try session().core
        #expect(core.tally.wins == 3 && core.stakes == 6_000 && core.winRate == 0.5 && core.averageStake == 1_000)
        #expect(agrees(core.profitOfStakes, 850.0 / 6_000) && core.profitFactor == 1.425)
        #expect(core.averageWin == 950 && core.averageLoss == -1_000 && core.largestWin == 950 && core.largestLoss == -1_000)
    }

    @Test func calculateRiskMetrics() throws {
        let risk = try session().risk
        #expect(agrees(risk.returnOnInvestment, 0.085) && risk.maxDrawdown == 2_000 && agrees(risk.maxDrawdownShare, 2_000.0 / 10_950))
        #expect(risk.presentDrawdown == 100 && agrees(risk.presentDrawdownShare, 100.0 / 10_950) && risk.recoveryFactor == 0.425)
        #expect(risk.losses == 0 && risk.longestWins == 2)
        // Daily returns -0.5 %, 0, 900 of 9,950, times the root of 365.
        let gain = 900.0 / 9_950, mean = (gain - 0.005) / 3
        let squares = (0.005 + mean) * (0.005 + mean) + mean * mean + (gain - mean) * (gain - mean)
        #expect(agrees(risk.sharpeRatio, mean / (squares / 2).squareRoot() * 365.0.squareRoot()))
    }

    @Test func calculateActivityMetrics() throws {
        let activity = try session().activity(until: SessionQuestionTests.start.adding(seconds: 3 * 86_400))
        #expect(activity.activeDays == 2 && activity.days == 3 && activity.tradesPerDay == 2 && activity.tradesPerActiveDay == 3)
        #expect(activity.durationMilliseconds == 3 * 86_400_000)
    }

    @Test func generateEquityCurve() throws {
        let curve = try session().curve
        #expect(curve.points.map(\.equity) == [10_000, 10_950, 9_950, 9_950, 8_950, 9_900, 10_850])
        #expect(curve.points.map(\.drawdown) == [0, 0, 1_000, 1_000, 2_000, 1_050, 100])
    }

    @Test func getSymbolPerformance() throws {
        let bySymbol = try session().bySymbol
        let rows = bySymbol.groups.map { "\($0.key) \($0.tally.profits.trades) \($0.tally.profits.net) \($0.tally.winRate ?? -1)" }
        #expect(rows == ["R_100 4 2850 0.75", "R_50 2 -2000 0.0"])
        #expect(bySymbol.tally(of: Symbol("R_50")!)?.averageWin == nil)
        #expect(bySymbol.tally(of: Symbol("R_100")!)?.averageLoss == nil, "a trade that came out even is no loss")
    }

    @Test func aSessionWithoutTradesAnswersAllOfThem() throws {
        let session = try SessionFigures(start: 10_000, startedAt: SessionQuestionTests.start, calendar: .utc)
        #expect(session.core.tally.trades == 0 && session.core.winRate == nil && session.core.profitFactor == nil)
        #expect(session.risk.maxDrawdown == 0 && session.risk.sharpeRatio == nil && session.risk.recoveryFactor == nil)
        #expect(session.activity(until: SessionQuestionTests.start).activeDays == 0)
        #expect(session.curve.points.map(\.equity) == [10_000] && session.bySymbol.groups.isEmpty)
    }
}
