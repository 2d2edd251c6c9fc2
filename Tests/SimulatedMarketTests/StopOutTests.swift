// Multipliers: nobody gains by what a stop-out forgives, and orders act on ticks that come after them.

import Testing
import TradingModel

@testable import SimulatedMarket

@Suite struct StopOutTests {
    /// A multiplier's value follows a fair price, less the commission, but for one thing: past the stop-out the loss is
    /// the broker's. Whoever holds on until then, the best there is to do, is given what the last move takes too much;
    /// that must be less than the commission on average.
    @Test(arguments: ["1HZ300V", "R_100", "JD75", "JD200", "BOOM300N", "CRASH300N", "STPRNG5"])
    func aStopOutForgivesLessThanTheCommission(_ name: String) throws {
        let market = try #require(MarketSymbol.named(Symbol(name)!)), multiplier = try #require(market.multipliers.last), isUp = !name.hasPrefix("BOOM")
        let rule = MultiplierRule(stake: .usd(100_000), multiplier: multiplier, isUp: isUp, commissionMillionths: market.commissionMillionths)
        var forgiven: Int64 = 0, ends: Int64 = 0, path = PricePath(market, seed: 31, epoch: 0, pips: market.openingPips)
        for _ in 0..<1_000 {
            // Always from the opening: positions that follow each other would share the price's way.
            path = PricePath(market, seed: 31, epoch: path.epoch, pips: market.openingPips)
            let entry = path.pips
            for _ in 0..<5_000 {
                let spot = path.step().price
                guard rule.value(entry: Price(pips: entry), spot: spot).minorUnits == 0 else { continue }
                let move = isUp ? spot.pips - entry : entry - spot.pips
                forgiven -= rule.stake.minorUnits - rule.commission.minorUnits + rule.stake.minorUnits * multiplier * move / entry
                ends += 1
                break
            }
        }
        try #require(ends > 200, "\(ends) stop-outs tell nothing")
        #expect(forgiven / ends < rule.commission.minorUnits, "\(name) × \(multiplier): \(forgiven / ends) at \(ends) ends")
    }

    @Test func noCommissionTakesTheStake() {
        for market in MarketSymbol.all {
            for multiplier in market.multipliers {
                #expect(multiplier * market.commissionMillionths < 300_000, "\(market.symbol) × \(multiplier)")
            }
            if case .jumps = market.process { #expect(market.multipliers.first == 10) }
        }
    }

    @Test func anOrderActsOnTicksAfterIt() throws {
        var broker = SimulatedBroker.fixture(markets: [.named(.oneSecond)!])
        let saved = broker.positions
        let bought = try broker.bought(.fixture(.multiplierUp, on: .oneSecond, multiplier: 400), cents: 10_000)
        let atStart = broker.contract(bought.id)!
        // Runs until it has been ahead and is behind: a profit ordered now was there before.
        var best: Int64 = 0, value: Int64 = 0
        for _ in 0..<600 {
            _ = broker.run(seconds: 1)
            guard broker.contract(bought.id)!.isOpen else { break }
            value = try broker.bid(for: broker.contract(bought.id)!).get().minorUnits - 10_000
            best = max(best, value)
            if best >= 200, value < 0 { break }
        }
        try #require(best >= 200 && value < 0, "this seed shows nothing: \(best) \(value)")
        let changed = try broker.change(LimitOrder(takeProfit: .usd(best - 50)), of: bought.id, on: .demo, at: broker.clock).get()
        // A start from a snapshot of the purchase: the ticks since then are looked at again, with the order in the books.
        var contract = atStart
        contract.change(changed.limits, at: broker.clock)
        var state = broker.state
        (state.positions, state.contracts) = (saved, [contract])
        var after = SimulatedBroker(restoring: state)
        #expect(after.contract(bought.id)!.exit == nil, "it would be closed by a tick from before the order")
        #expect(after.contract(bought.id)!.ticks == broker.contract(bought.id)!.ticks)
        let events = broker.run(seconds: 900), again = after.run(seconds: 900)
        #expect(events == again)
    }
}
