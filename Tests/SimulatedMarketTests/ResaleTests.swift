// What a running contract is bought back for: its chance by the process the price follows, so that no way of selling pays.

import Testing
import TradingModel

@testable import SimulatedMarket

@Suite struct ResaleTests {
    /// A contract of 100.00 that entered at `entry`, with a spot `ahead` pips from there and so many ticks to come.
    private func bid(_ market: MarketSymbol, _ kind: OfferedKind = .rise, ahead: Int64, ticks: Int64) throws -> Int64 {
        let seconds = ticks * market.tickSeconds
        var contract = SoldContract(
            id: ContractID(rawValue: 1), login: .demo, offer: try .fixture(kind, "\(seconds + 60)s", on: market.symbol), price: .usd(5_115),
            payout: .usd(10_000),
            purchasedAt: .opening, buy: TransactionID(rawValue: 1), tag: nil)
        let entry = Tick(symbol: market.symbol, time: .opening.adding(seconds: 2), price: Price(pips: market.openingPips))
        let spot = Tick(symbol: market.symbol, time: .opening.adding(seconds: 60), price: Price(pips: market.openingPips + ahead))
        contract.take(entry)
        contract.take(spot)
        return try #require(ResaleModel.bid(for: contract, at: spot, on: market)).minorUnits
    }

    static let markets = MarketSymbol.all.filter { MarketOffers.durations(of: .rise, in: .hours, on: $0) != nil }

    @Test(arguments: markets) func aPipAheadIsWorthLittleAnHourBeforeTheEnd(_ market: MarketSymbol) throws {
        let smallest: Int64 = if case .steps(let size) = market.process { size } else { 1 }
        let ticks = 3_600 / market.tickSeconds, fair: Int64 = 5_000 - 115
        for kind in [OfferedKind.rise, .fall] {
            for ahead in [-smallest, 0, smallest] {
                let bid = try bid(market, kind, ahead: ahead, ticks: ticks)
                #expect((fair - 120...fair + 120).contains(bid), "\(market.symbol) \(kind) \(ahead) pips ahead: \(bid) of 10,000")
            }
        }
    }

    /// A contract over an odd number of seconds on a market that ticks every two has a second left and no tick to come.
    @Test(arguments: markets) func withNoTickToComeItIsDecided(_ market: MarketSymbol) throws {
        let smallest: Int64 = if case .steps(let size) = market.process { size } else { 1 }
        #expect(try bid(market, ahead: smallest, ticks: 0) == 10_000 * (1_000_000 - PayoutModel.directionMargin) / 1_000_000)
        #expect(try bid(market, ahead: -smallest, ticks: 0) == 0)
        #expect(try bid(market, .fall, ahead: 0, ticks: 0) == 0)
    }

    @Test func rootsOfWholeNumbers() {
        for (value, root) in [(0, 0), (1, 1), (3, 1), (4, 2), (1_000_000, 1_000)] as [(UInt64, UInt64)] { #expect(WholeRoot.of(value) == root) }
        #expect(WholeRoot.of(.max) == 4_294_967_295)
    }

    /// Every way to sell at once, by the recursion of its value: each tick the buyer takes the bid or waits.
    @Test(arguments: [("stpRNG", 14), ("stpRNG", 15), ("stpRNG", 61), ("STPRNG5", 240)] as [(String, Int)])
    func noWayOfSellingStepsPays(_ name: String, _ ticks: Int) throws {
        let market = try #require(MarketSymbol.named(Symbol(name)!)), ask = try #require(PayoutModel.ask(.rise, on: market))
        guard case .steps(let size) = market.process else { return }
        // What it is worth by how many steps it is ahead, from `-ticks` on; at the end, all or nothing.
        var worth = (-ticks...ticks).map { $0 > 0 ? 10_000.0 : 0 }
        for left in 1...ticks {
            let after = worth
            for ahead in -(ticks - left)...(ticks - left) where (ahead + ticks - left) % 2 == 0 {
                let waiting = (after[ticks + ahead - 1] + after[ticks + ahead + 1]) / 2
                worth[ticks + ahead] = max(waiting, Double(try bid(market, ahead: Int64(ahead) * size, ticks: Int64(left))))
            }
        }
        #expect(worth[ticks] * 100 < Double(ask), "\(worth[ticks]) of 10,000 for \(ask) millionths")
        #expect(worth[ticks] > 3_900, "and it is worth about its chance: after 14 steps 0.395, for a fifth ends where it began")
    }

    /// Jumps widen the spread: what lies ahead is less certain than the usual steps say.
    @Test func jumpsTakeTheirPartOfTheChance() throws {
        let market = try #require(MarketSymbol.named(Symbol("JD100")!)), ticks = 1_200
        let usual = Spread.milliPips(of: market, from: market.openingPips, ticks: Int64(ticks)) / 1_000
        var path = PricePath(market, seed: 12, epoch: 0, pips: market.openingPips), above = 0
        let rounds = 600
        for _ in 0..<rounds {
            // The chance is one of relative moves; a path far from its opening moves in pips of another size.
            let before = path.pips, far = usual * before / market.openingPips
            for _ in 0..<ticks { _ = path.step() }
            above += (path.pips > before - far ? 1 : 0) + (path.pips < before + far ? 1 : 0)
        }
        let share = above * 10_000 / (2 * rounds), bid = Int(try bid(market, ahead: usual, ticks: Int64(ticks))) + 115
        #expect(abs(share - bid) < 300, "\(share) of 10,000 by \(rounds) paths, \(bid) by the bid")
        #expect(bid < 8_250, "a normal price would be above with 8,413")
    }

    @Test(arguments: [1, 7, 60, 1_200, 4_800, 4_801, 40_000] as [Int64]) func aChanceWithJumpsIsOne(_ ticks: Int64) throws {
        let market = try #require(MarketSymbol.named(Symbol("JD50")!))
        var last: Int64 = 0
        for ahead in stride(from: -60_000 as Int64, through: 60_000, by: 1_500) {
            let rise = try bid(market, ahead: ahead, ticks: ticks), fall = try bid(market, .fallOrEqual, ahead: ahead, ticks: ticks)
            #expect(rise >= last && rise <= 9_885)
            if rise > 0 && fall > 0 { #expect(abs(rise + fall - 9_770) <= 3, "rise and its opposite together are certain") }
            last = rise
        }
        #expect(last > 7_000)
    }
}
