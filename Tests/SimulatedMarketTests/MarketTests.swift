// The markets that are more than steps of constant volatility, and those that close.

import Testing
import TradingModel

@testable import SimulatedMarket

@Suite struct MarketTests {
    private func moves(_ name: String, _ count: Int, from epoch: Int64 = 0) throws -> [Int64] {
        let market = try #require(MarketSymbol.named(Symbol(name)!))
        var path = PricePath(market, seed: 5, epoch: epoch, pips: market.openingPips)
        return (0..<count).map { _ in
            let before = path.pips
            return path.step().price.pips - before
        }
    }

    @Test(arguments: [("BOOM1000", 1_000, true), ("BOOM300N", 300, true), ("CRASH500", 500, false)]) func spikesComeOnceInSoManyTicksAndCancelTheDrift(
        _ name: String, _ every: Int, _ up: Bool
    ) throws {
        let moves = try moves(name, every * 100), spikes = moves.filter { ($0 > 0) == up }
        #expect((60...140).contains(spikes.count), "\(spikes.count) spikes in 100 times \(every) ticks")
        #expect(moves.allSatisfy { $0 != 0 }, "a tick without a move")
        let risen = spikes.reduce(0, +), drifted = moves.reduce(0, +) - risen
        #expect((60...140).contains(risen * 100 / -drifted), "spikes of \(risen) against a drift of \(drifted)")
        #expect(spikes.allSatisfy { $0.magnitude > UInt64(every) / 3 * moves.filter { ($0 > 0) != up }.map(\.magnitude).min()! })
    }

    @Test func jumpsComeThreeTimesAnHourAndAreThirtyTimesAsLarge() throws {
        let moves = try moves("JD25", 3_600 * 30), market = try #require(MarketSymbol.named(Symbol("JD25")!))
        let usual = Spread.milliPips(of: market, from: market.openingPips, ticks: 1) / 1_000
        let jumps = moves.filter { $0.magnitude > UInt64(usual) * 20 }
        #expect((60...120).contains(jumps.count))
        #expect((25...65).contains(jumps.count { $0 > 0 }))
    }

    @Test(arguments: [("stpRNG", 1), ("STPRNG5", 5)] as [(String, Int64)]) func stepsAreOfOneSize(_ name: String, _ size: Int64) throws {
        let moves = try moves(name, 10_000)
        #expect(moves.allSatisfy { $0 == size || $0 == -size })
        #expect((4_800...5_200).contains(moves.count { $0 > 0 }))
    }

    @Test func aDailyResetReturnsToItsOpeningAtMidnight() throws {
        let market = try #require(MarketSymbol.named(Symbol("RDBULL")!))
        var path = PricePath(market, seed: 5, epoch: 20_000 * 86_400 + 80_000, pips: 12_345_678)
        while path.nextEpoch < 20_001 * 86_400 { _ = path.step() }
        #expect(path.pips != market.openingPips)
        #expect(path.step().price.pips == market.openingPips)
        // Same seed, other sign: what the bull gains on a market without drift, the bear loses.
        let still = try #require(MarketSymbol.named(Symbol("R_50")!))
        #expect(market.deviation == still.deviation)
        let bull = PricePath(market, seed: 1, epoch: 0, pips: 1_000_000_000),
            bear = PricePath(.named(Symbol("RDBEAR")!)!, seed: 1, epoch: 0, pips: 1_000_000_000)
        #expect(bull.meanMove == 22 && bear.meanMove == -22, "0.35 a year is 0.000000022 in two seconds")
    }

    @Test func currenciesHaveNoTicksAtTheWeekend() throws {
        let market = try #require(MarketSymbol.named(Symbol("frxEURUSD")!)), friday = Int64(TradingDay(year: 2026, month: 6, day: 5)!.daysSince1970) * 86_400
        var path = PricePath(market, seed: 5, epoch: friday + 75_298, pips: market.openingPips)
        #expect(path.step().time.seconds == friday + 75_299, "20:54:59, in summer the last second")
        #expect(path.step().time.seconds == friday + 3 * 86_400, "Monday, midnight")
        #expect(market.hours.isOpen(friday + 75_299) && !market.hours.isOpen(friday + 75_300))
        #expect(market.hours.lastOpen(atOrBefore: friday + 86_400) == friday + 75_299)
        let winter = Int64(TradingDay(year: 2026, month: 12, day: 4)!.daysSince1970)
        #expect(market.hours.times(on: TradingDay(daysSince1970: Int32(winter)))! == (0, 75_600))
        #expect(market.hours.times(on: TradingDay(daysSince1970: Int32(winter + 1))) == nil)
        #expect(market.hours.times(on: TradingDay(daysSince1970: Int32(winter + 3)))! == (0, 86_399))
        #expect(market.hours.times(on: TradingDay(daysSince1970: Int32(winter - 1)))! == (0, 86_399))
    }

    @Test(arguments: [(3, 8, true), (3, 7, false), (10, 31, true), (11, 1, false), (7, 1, true), (1, 1, false)]) func summerTimeIsThatOfTheUnitedStates(
        _ month: Int, _ day: Int, _ isSummer: Bool
    ) { #expect(MarketHours.isDaylightSaving(TradingDay(year: 2026, month: month, day: day)!) == isSummer) }

    @Test func aMarketOpenedAtTheWeekendHasTheTicksBeforeIt() throws {
        let sunday = Int64(TradingDay(year: 2026, month: 6, day: 7)!.daysSince1970) * 86_400 + 40_000
        let all = MarketSymbol.all.filter { $0.hours == .forex }
        let weekend = SimulatedBroker(seed: 1, startingAt: Timestamp(seconds: sunday), markets: all, historyTicks: 5_000)
        let monday = SimulatedBroker(seed: 1, startingAt: Timestamp(seconds: sunday + 46_400 + 100), markets: all, historyTicks: 5_000)
        for market in all {
            for broker in [weekend, monday] {
                let history = broker.history(of: market.symbol)!
                #expect(history.count == 5_000)
                #expect(history.allSatisfy { market.hours.isOpen($0.time.seconds) })
                #expect(zip(history, history.dropFirst()).allSatisfy { $0.time < $1.time })
            }
            #expect(weekend.spot(of: market.symbol)!.time.seconds == sunday - 40_000 - 86_400 - 11_101)
        }
        var broker = weekend
        broker.openAccount(.demo, balance: .usd(100_000), at: broker.clock)
        let terms = ContractTerms.fixture(.rise, "5m", on: Symbol("frxEURUSD")!)
        #expect(throws: BrokerRejection.marketIsClosed(opens: Timestamp(seconds: sunday + 46_400))) { try broker.quote(terms, .usd(1_000)).get() }
        _ = broker.run(seconds: 46_400)
        _ = try broker.bought(terms)
    }

    @Test func nothingIsSoldThatWouldEndAfterTheMarketCloses() throws {
        let friday = Int64(TradingDay(year: 2026, month: 6, day: 5)!.daysSince1970) * 86_400 + 75_000
        let broker = SimulatedBroker(seed: 1, startingAt: Timestamp(seconds: friday), historyTicks: 5)
        func refusal(_ duration: String, _ symbol: String) -> BrokerRejection? {
            if case .failure(let rejection) = broker.quote(.fixture(.rise, duration, on: Symbol(symbol)!), .usd(1_000)) { rejection } else { nil }
        }
        #expect(refusal("4m", "frxEURUSD") == nil)
        #expect(refusal("5m", "frxEURUSD") == .endsTooLate(last: Timestamp(seconds: friday + 300)))
        #expect(refusal("3h", "RDBULL") == nil)
        #expect(refusal("4h", "RDBULL") == .endsTooLate(last: Timestamp(seconds: friday + 11_400)))
        #expect(refusal("1d", "R_100") == nil)
    }

    @Test func aStateWithoutTheNewerMarketsOpensThem() {
        let old = SimulatedBroker(seed: 3, startingAt: .opening, markets: Array(MarketSymbol.all.prefix(13)), historyTicks: 10)
        var state = old.state
        state.openMissingMarkets()
        let broker = SimulatedBroker(restoring: state)
        #expect(broker.markets.count == MarketSymbol.all.count)
        #expect(broker.spot(of: .r100) == old.spot(of: .r100))
        #expect(broker.history(of: Symbol("BOOM500")!)?.count == 5_000)
    }
}
