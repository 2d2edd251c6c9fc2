// Prices of what is sold, what is given back for it, and multipliers.

import Testing
import TradingModel

@testable import SimulatedMarket

@Suite struct PricingTests {
    @Test func digitsCostTheirChanceAndAHundredth() throws {
        let broker = SimulatedBroker.fixture()
        func ask(_ kind: OfferedKind, _ digit: Int) throws -> Money { try broker.quote(.fixture(kind, digit: digit), .usd(10_000), as: .payout).get().price }
        #expect(try ask(.digitMatches, 3) == .usd(1_100))
        #expect(try ask(.digitDiffers, 3) == .usd(9_100))
        #expect(try ask(.digitOver, 4) == .usd(5_100))
        #expect(try ask(.digitOver, 8) == .usd(1_100))
        #expect(try ask(.digitUnder, 1) == .usd(1_100))
        #expect(try ask(.digitUnder, 9) == .usd(9_100))
    }

    @Test func equalsCostMoreWhereEqualIsLikely() throws {
        func ask(_ name: String, _ kind: OfferedKind) -> Int64 { PayoutModel.ask(kind, on: .named(Symbol(name)!)!)! }
        #expect(ask("1HZ100V", .rise) == 511_500)
        #expect(ask("1HZ100V", .riseOrEqual) > 511_500 && ask("1HZ100V", .riseOrEqual) < 525_000)
        #expect(ask("R_75", .riseOrEqual) < ask("frxEURUSD", .riseOrEqual))
        #expect(ask("RDBULL", .rise) > ask("RDBULL", .fall) && ask("RDBEAR", .fall) > ask("RDBEAR", .rise))
    }

    /// A player who buys everything that is sold must not win in the long run.
    @Test func noDirectionPaysMoreThanItCosts() throws {
        for name in ["R_10", "1HZ300V", "JD100", "stpRNG", "RDBULL", "RDBEAR", "frxUSDJPY"] {
            let market = try #require(MarketSymbol.named(Symbol(name)!))
            for kind in [OfferedKind.rise, .fall, .riseOrEqual, .fallOrEqual] {
                guard let ticks = MarketOffers.durations(of: kind, in: .ticks, on: market)?.lowerBound else { continue }
                let ask = try #require(PayoutModel.ask(kind, on: market)), rounds = 10_000
                var path = PricePath(market, seed: 77, epoch: 1_790_000_000, pips: market.openingPips), won = 0
                let rule = SettlementRule(try .fixture(kind, "\(ticks)t", on: market.symbol), startingAt: .opening)
                for _ in 0..<rounds {
                    let entry = path.step().price
                    for _ in 1..<ticks { _ = path.step() }
                    if rule.wins(entry: entry, exit: path.step().price) { won += 1 }
                }
                // Two deviations of chance are allowed for.
                #expect(Int64(won * 1_000_000 / rounds) < ask - 4_000 + 10_000, "\(name) \(kind): \(won) of \(rounds) at \(ask)")
            }
        }
    }

    @Test func theChanceBelowAVariateIsTheTableReadBackwards() {
        #expect(NormalQuantiles.chance(below: 0) == 500_000)
        #expect(NormalQuantiles.chance(below: 5_000_000) == 1_000_000 && NormalQuantiles.chance(below: -5_000_000) == 0)
        // Φ(1) is 0.841345, Φ(-2) 0.022750.
        #expect(abs(NormalQuantiles.chance(below: 1_000_000) - 841_345) < 60)
        #expect(abs(NormalQuantiles.chance(below: -2_000_000) - 22_750) < 60)
        var last: Int64 = -1
        for z in stride(from: -4_000_000 as Int64, through: 4_000_000, by: 9_973) {
            let chance = NormalQuantiles.chance(below: z)
            #expect(chance >= last && abs(chance + NormalQuantiles.chance(below: -z) - 1_000_000) <= 1)
            last = chance
        }
    }

    // MARK: Selling back

    @Test func aRunningContractIsBoughtBackAtItsChance() throws {
        var broker = SimulatedBroker.fixture()
        let bought = try broker.bought(.fixture(.rise, "5m"))
        #expect(throws: BrokerRejection.entryTickMissing) { try broker.bid(for: broker.contract(bought.id)!).get() }
        _ = broker.run(seconds: 60)
        let contract = try #require(broker.contract(bought.id)), entry = try #require(contract.entry), spot = try #require(broker.spot(of: .r100))
        let bid = try broker.bid(for: contract).get()
        #expect((spot.price > entry.price) == (bid > .usd(1_955 * 4_885 / 10_000)), "\(bid) at \(spot.price.pips) against \(entry.price.pips)")
        #expect(throws: BrokerRejection.bidMoved(bid: bid, minimum: bid + .usd(1))) {
            try broker.sell(.demo, bought.id, minimumPrice: bid + .usd(1), at: broker.clock).get()
        }
        let receipt = try broker.sell(.demo, bought.id, minimumPrice: bid, at: broker.clock).get()
        #expect(receipt.booking.amount == bid && receipt.contract.settlement?.cause == .sale && receipt.contract.settlement?.won == false)
        #expect(broker.open.isEmpty && broker.accounts[.demo]!.balance == .usd(999_000) + bid)
        #expect(throws: BrokerRejection.nothingToSell(bought.id)) { try broker.sell(.demo, bought.id, minimumPrice: .usd(0), at: broker.clock).get() }
        _ = broker.run(seconds: 600)
        #expect(broker.ledger.count == 3, "what was sold back is not settled again")
    }

    @Test func ticksAndDigitsRunToTheirEnd() throws {
        var broker = SimulatedBroker.fixture()
        for terms in [try OfferedTerms.fixture(.rise, "5t"), try .fixture(.even, "5t"), try .fixture(.digitMatches, "5t")] {
            let contract = try broker.bought(terms)
            _ = broker.run(seconds: 4)
            #expect(throws: BrokerRejection.notSoldBack(terms)) { try broker.sell(.demo, contract.id, minimumPrice: .usd(0), at: broker.clock).get() }
        }
        let id = ContractID(rawValue: 1)
        #expect(throws: BrokerRejection.nothingToSell(id)) { try broker.sell(.demo, id, minimumPrice: .usd(0), at: broker.clock).get() }
        let long = try broker.bought(.fixture(.fall, "1h"))
        broker.openAccount(Label("VRTC2")!, balance: .usd(1_000), at: broker.clock)
        #expect(throws: BrokerRejection.nothingToSell(long.id)) { try broker.sell(Label("VRTC2")!, long.id, minimumPrice: .usd(0), at: broker.clock).get() }
    }

    /// Selling at once or late, the broker keeps its margin on average.
    @Test func aBidLeavesTheMarginWithTheBroker() throws {
        var broker = SimulatedBroker.fixture(seed: 21, markets: [.named(.oneSecond)!]), paid: Int64 = 0, got: Int64 = 0
        for round in 0..<300 {
            let contract = try broker.bought(.fixture([.rise, .fall, .riseOrEqual, .fallOrEqual][round % 4], "2m", on: .oneSecond))
            _ = broker.run(seconds: Int64(2 + round % 117))
            got += try broker.sell(.demo, contract.id, minimumPrice: .usd(0), at: broker.clock).get().booking.amount.minorUnits
            paid += 1_000
        }
        #expect((paid * 90 / 100...paid).contains(got), "\(got) of \(paid)")
    }

    // MARK: Multipliers

    @Test func aMultiplierIsWorthWhatRecordedMessagesSay() {
        // 1HZ100V, stake 9, times 10: commission 0.03, worth 8.90 at 681.71 after 682.23, and out at 614.26.
        let rule = MultiplierRule(stake: .usd(900), multiplier: 10, isUp: true), entry = Price(pips: 68_223)
        #expect(rule.commission == .usd(3))
        #expect(rule.value(entry: entry, spot: Price(pips: 68_171)) == .usd(890))
        #expect(abs(rule.price(entry: entry, profit: .usd(-900)).pips - 61_426) <= 3)
        // Stake 20, times 100, at 812.40: out at 804.58, a loss of 8 at 809.45, a profit of 10 at 816.76.
        let second = MultiplierRule(stake: .usd(2_000), multiplier: 100, isUp: true), spot = Price(pips: 81_240)
        #expect(second.commission == .usd(74))
        #expect([-2_000, -800, 1_000].map { second.price(entry: spot, profit: .usd($0)).pips } == [80_457, 80_945, 81_677])
        let down = MultiplierRule(stake: .usd(2_000), multiplier: 100, isUp: false)
        #expect(down.value(entry: spot, spot: Price(pips: 82_100)).minorUnits == 0, "never less than nothing")
        #expect(down.value(entry: spot, spot: Price(pips: 81_000)) > .usd(2_000))
    }

    @Test func aMultiplierEndsByItsOrdersItsStakeOrItsOwner() throws {
        var causes: Set<ContractSettlement.Cause> = []
        for seed in 1...16 as ClosedRange<UInt64> {
            var broker = SimulatedBroker.fixture(seed: seed, markets: [.named(.r100)!])
            let orders = LimitOrder(takeProfit: .usd(500), stopLoss: seed % 2 == 0 ? .usd(400) : nil)
            let bought = try broker.bought(.fixture(seed % 3 == 0 ? .multiplierDown : .multiplierUp, multiplier: 400), limits: orders)
            #expect(bought.entry == broker.spot(of: .r100) && bought.payout == .usd(0))
            for _ in 0..<200 where broker.contract(bought.id)!.isOpen { _ = broker.run(seconds: 60) }
            let contract = try #require(broker.contract(bought.id)), end = try #require(contract.settlement)
            let profit = end.payout - contract.price
            switch end.cause {
            case .takeProfit: #expect(profit >= .usd(500) && end.won)
            case .stopLoss: #expect(profit <= .usd(-400) && !end.won)
            case .stopOut: #expect(end.payout == .usd(0))
            case .expiry, .sale: Issue.record("a multiplier has no end of its own")
            }
            #expect(broker.accounts[.demo]!.balance == .usd(1_000_000) + profit)
            causes.insert(end.cause)
        }
        #expect(causes == [.takeProfit, .stopLoss, .stopOut])
    }

    @Test func ordersAreChangedOnceASecondAndWithinBounds() throws {
        var broker = SimulatedBroker.fixture()
        let bought = try broker.bought(.fixture(.multiplierUp, on: Symbol("BOOM500")!))
        func change(_ limits: LimitOrder) -> BrokerRejection? {
            if case .failure(let rejection) = broker.change(limits, of: bought.id, on: .demo, at: broker.clock) { rejection } else { nil }
        }
        #expect(change(LimitOrder(takeProfit: .usd(100))) == .changedTooOften)
        _ = broker.run(seconds: 1)
        #expect(change(LimitOrder(takeProfit: .usd(9)))?.code == "ContractBuyValidationError")
        #expect(change(LimitOrder(stopLoss: .usd(1_001)))?.code == "ContractBuyValidationError")
        #expect(change(LimitOrder(takeProfit: .usd(100))) == nil)
        #expect(change(LimitOrder()) == .changedTooOften)
        #expect(broker.contract(bought.id)?.limitChanges.count == 2)
        let sold = try broker.sell(.demo, bought.id, minimumPrice: .usd(0), at: broker.clock).get()
        #expect(sold.contract.settlement?.cause == .sale)
        _ = broker.run(seconds: 1)
        #expect(change(LimitOrder()) == .noOrders(bought.id))
        let other = try broker.bought(.fixture(.rise, "1m"))
        #expect(broker.change(LimitOrder(), of: other.id, on: .demo, at: broker.clock) == .failure(.noOrders(other.id)))
    }

    @Test func whatAMultiplierNeedsIsAskedFor() throws {
        let broker = SimulatedBroker.fixture(), terms = try OfferedTerms.fixture(.multiplierUp)
        func refusal(_ terms: OfferedTerms, _ cents: Int64, as basis: Basis = .stake, _ limits: LimitOrder = LimitOrder()) -> String? {
            if case .failure(let rejection) = broker.quote(terms, .usd(cents), as: basis, limits: limits) { rejection.code } else { nil }
        }
        #expect(refusal(terms, 100) == nil && refusal(terms, 200_000) == nil)
        #expect(refusal(terms, 99) == "ContractBuyValidationError" && refusal(terms, 200_001) == "ContractBuyValidationError")
        #expect(refusal(terms, 1_000, as: .payout) == "ContractCreationFailure")
        #expect(refusal(try .fixture(.multiplierUp, multiplier: 99), 1_000) == "OfferingsValidationError")
        #expect(refusal(try .fixture(.multiplierUp, on: Symbol("RDBULL")!), 1_000) == "OfferingsValidationError")
        #expect(refusal(terms, 1_000, LimitOrder(stopLoss: .usd(5))) == "ContractBuyValidationError")
        for name in ["BOOM1000", "CRASH300N"] { #expect(refusal(try .fixture(.rise, on: Symbol(name)!), 1_000) == "OfferingsValidationError") }
    }

    // MARK: Settlement that takes its time

    @Test func aBookingMayComeLaterThanTheEndAndBeHurried() throws {
        var broker = SimulatedBroker.fixture()
        broker.settlementDelay = 5
        let first = try broker.bought(.fixture(.even, "1t", on: .oneSecond)), second = try broker.bought(.fixture(.rise, "15s"))
        #expect(broker.run(seconds: 5).allSatisfy { if case .settled = $0 { false } else { true } })
        #expect(broker.contract(first.id)?.exit != nil && broker.contract(first.id)!.isOpen)
        #expect(broker.settleExpired(.demo, at: broker.clock).map(\.contract.id) == [first.id])
        #expect(broker.settleExpired(.demo, at: broker.clock).isEmpty)
        _ = broker.run(seconds: 14)
        #expect(broker.contract(second.id)!.isOpen)
        _ = broker.run(seconds: 1)
        #expect(broker.contract(second.id)?.settlement?.time == second.purchasedAt.adding(seconds: 20))
        #expect(broker.ledger.count == 5)
    }
}
