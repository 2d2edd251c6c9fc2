import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

// What befalls the world from time to time.
extension World {
    func mishap() throws(Stop) {
        if isCalm { return }
        plan(.mishap, after: mishapDice.pick(500...8_000) * max(1, pace / 4))
        let account = entry(Int(mishapDice.pick(0...Int64(logins - 1))))
        if befalls(swarm.cut) { cut(account) }
        if befalls(swarm.halfOpenUp) { hold(account, up: true, down: false, .halfOpenUp) }
        if befalls(swarm.halfOpenDown) { hold(account, up: false, down: true, .halfOpenDown) }
        if befalls(swarm.halfOpenBoth) { hold(account, up: true, down: true, .halfOpenBoth) }
        if befalls(swarm.brokerCloses), let wire = liveWire(account) {
            report.count(.brokerCloses)
            plan(.closedAtUs(connection: wire, orderly: true), after: latency())
        }
        if befalls(swarm.rateLimited) { last(.rateLimited, 500...20_000) }
        if befalls(swarm.marketClosed) { last(.marketClosed, 5_000...120_000) }
        if befalls(swarm.tokenRevoked) { last(.tokenRevoked, 1_000...300_000) }
        if befalls(swarm.loggedOut), let wire = liveWire(account) {
            report.count(.loggedOut)
            wires[wire].isLoggedOut = true
        }
        if befalls(swarm.statementBroken) { last(.statementBroken, 5_000...120_000) }
        if befalls(swarm.noConnection / 20) { last(.noConnection, 5_000...180_000) }
        if befalls(swarm.settlementUntold) { last(faults.chance(percent: 70) ? .settlementUntold : .bookingHidden, 2_000...60_000) }
        if befalls(swarm.settlementMisstated) { last(.settlementMisstated, 20_000...120_000) }
        if befalls(swarm.ticksWrong) { last([.ticksStale, .ticksFrozen, .ticksAbsurd, .ticksMissing][Int(mishapDice.pick(0...3))], 1_000...60_000) }
        try trouble(account)
        // What was shown stays shown, so a lag must last to be one.
        if swarm.reportLag > 0, now >= lagsUntil {
            let lag = mishapDice.chance(percent: 60) ? mishapDice.pick(0...swarm.reportLag) : 0
            lagsUntil = now + mishapDice.pick(1_000...max(30_000, 2 * lag))
            broker.lag(milliseconds: lag, balanceToo: swarm.balanceLags)
        }
    }

    /// What others do on the account.
    private func trouble(_ account: Int) throws(Stop) {
        turnMarket()
        let login = accounts[account].login
        if befalls(swarm.outsideTrade) {
            report.count(.outsideTrade)
            broker.buyByHand(login, ContractTerms(symbol: World.symbol, kind: .fall, duration: .ticks(7)), stake: .usd(mishapDice.pick(100...900)))
        }
        if befalls(swarm.lookAlike), let intent = judge.newestIntent(on: accounts[account].id) { try buyAlike(intent, on: account) }
        if befalls(swarm.moneyMoved) {
            report.count(.moneyMoved)
            let amount = mishapDice.pick(-20_000...20_000)
            if broker.books.accounts[login]!.balance.minorUnits + amount > 0 { broker.move(.usd(amount), on: login) }
        }
        if befalls(swarm.settlementStuck), let open = broker.books.open.last {
            report.count(.settlementStuck)
            broker.hold(broker.books.contracts[open].id, until: Timestamp(milliseconds: now + mishapDice.pick(5_000...900_000)))
        }
        try observeBroker()
        planMarket()
    }

    /// What happens at the very moment a buy leaves.
    func ambush(_ intent: IntentID, on account: Int) throws(Stop) {
        if isCalm { return }
        if strikes(swarm.cutUnderBuy, .cutUnderBuy) { cut(account, after: 0) }
        if strikes(swarm.alikeBesideBuy, .alikeBesideBuy), let buy = judge.intent(intent) {
            answersLost.append(intent)
            turnMarket()
            try buyAlike(buy, on: account)
            try observeBroker()
            planMarket()
        }
    }

    private func buyAlike(_ intent: BuyIntent, on account: Int) throws(Stop) {
        let login = accounts[account].login
        guard intent.stake.amount <= broker.books.accounts[login]!.balance else { return }
        report.count(.lookAlike)
        note("somebody buys the same by hand")
        judge.looksAlike(on: accounts[account].id)
        broker.buyByHand(login, intent.terms, stake: intent.stake.amount)
    }

    private func befalls(_ perMille: Int64) -> Bool { perMille > 0 && mishapDice.pick(0...999) < perMille }

    private func last(_ mishap: Mishap, _ range: ClosedRange<Int64>) {
        report.count(mishap)
        let long = mishapDice.pick(range)
        note("\(mishap.name) for \(long) ms")
        lasting[mishap] = max(lasting[mishap] ?? 0, now + long)
        plan(.mishapEnds(mishap), after: long)
    }

    private func cut(_ account: Int, after milliseconds: Int64? = nil) {
        guard let wire = liveWire(account) else { return }
        report.count(.cut)
        note("the connection of account \(account + 1) is cut")
        plan(.closedAtUs(connection: wire, orderly: false), after: milliseconds ?? latency())
    }

    private func hold(_ account: Int, up: Bool, down: Bool, _ mishap: Mishap) {
        guard let wire = liveWire(account) else { return }
        report.count(mishap)
        let until = now + mishapDice.pick(1_000...90_000)
        note("\(mishap.name) of account \(account + 1) until \(Timestamp(milliseconds: until))")
        if up { wires[wire].upHeldUntil = until }
        if down { wires[wire].downHeldUntil = until }
    }
}
