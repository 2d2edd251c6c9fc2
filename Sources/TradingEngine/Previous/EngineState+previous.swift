import TradingModel

// What is taken over from the previous system, folded. Trades and signals are history: only the tables show them.
extension EngineState {
    mutating func evolve(_ previous: PreviousFact, _ fact: Fact) {
        switch previous {
        case .sessionImported(let record):
            let id = fact.session!, account = accounts[fact.account!]
            sessions.insert(
                Session(
                    id: id, owner: fact.owner, account: account.id, createdAt: record.createdAt, plan: record.plan, currency: account.profile.currency))
            sessions[id].take(record)
            file(id, at: fact.at)
        case .signalImported, .tradeImported: break
        case .accountConfirmed: sessions[fact.session!].hold.remove(.token)
        case .reviewAccepted: sessions[fact.session!].hold.remove(.review)
        }
    }
}

extension Session {
    /// Goes on from where the previous system left it.
    fileprivate mutating func take(_ record: ImportedSession) {
        (phase, hold) = (record.phase, record.hold)
        (startedAt, stoppedAt, lastTradeAt) = (record.startedAt, record.stoppedAt, record.lastTradeAt)
        if phase == .failed { failure = record.failure ?? "it had failed in the previous system" }
        (startBalance, profit) = (record.startBalance, record.profit)
        // The highest balance that is known of: drawdown is never measured from less than it was there.
        peak = max(startBalance, equity)
        countedPeak = peak
        greatestDrawdown = currentDrawdown
        (trades, settledCount, wins, losses) = (record.trades, record.trades, record.wins, record.losses)
        (day, tradesToday, profitToday, lossesInARow) = (record.day, record.tradesToday, record.profitToday, record.lossesInARow)
    }
}
