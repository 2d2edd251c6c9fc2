import SimulatedMarket
import Testing
import TradingModel

@Suite struct SimulatedBrokerTests {
    @Test func aWinPaysWhatTheReceiptSaid() throws {
        let broker = SimulatedBroker.fixture()
        #expect(try broker.quote(.fixture(.rise), .usd(1_000)).get().payout == .usd(1_955))
        #expect(try broker.quote(.fixture(.even), .usd(1_000)).get().payout == .usd(1_960))
        #expect(try broker.quote(.fixture(.rise), .usd(10_000), as: .payout).get().price == .usd(5_115))
        #expect(try broker.quote(.fixture(.odd), .usd(1_001), as: .payout).get().price == .usd(511), "rounded in the broker's favour")
    }

    @Test func whatIsNotSoldIsRefusedWithTheBrokersCode() {
        var broker = SimulatedBroker.fixture()
        func code(_ terms: ContractTerms, _ cents: Int64, most: Int64? = nil) -> String? {
            switch broker.buy(.demo, terms, .usd(cents), maximumPrice: .usd(most ?? cents), at: broker.clock) {
            case .success: nil
            case .failure(let rejection): rejection.code
            }
        }
        #expect(code(.fixture(on: Symbol("R_999")!), 1_000) == "InvalidSymbol")
        #expect(code(.fixture(.rise, "11t"), 1_000) == "OfferingsValidationError")
        #expect(code(.fixture(.rise, "14s"), 1_000) == "OfferingsValidationError")
        #expect(code(.fixture(.even, "15s"), 1_000) == "OfferingsValidationError")
        #expect(code(.fixture(), 34) == "ContractBuyValidationError")
        #expect(code(.fixture(), 1_000, most: 999) == "PriceMoved")
        #expect(code(.fixture(), 1_000_001) == "InsufficientBalance")
        #expect(broker.ledger.count == 1, "a refusal books nothing")
        for duration in ["1t", "10t", "15s", "1m", "1h", "24h", "1d"] { #expect(code(.fixture(.fall, duration), 35) == nil) }
    }

    @Test func theLargestStakeKeepsThePayoutCap() throws {
        var broker = SimulatedBroker.fixture()
        broker.openAccount(Label("VRTC2")!, balance: .usd(10_000_000), at: broker.clock)
        for kind in OfferedKind.allCases where kind.family != .multiplier {
            let terms = try OfferedTerms.fixture(kind), ask = try #require(PayoutModel.ask(terms, on: .named(.r100)!))
            let most = PayoutModel.mostStake(ask: ask, in: .usd)
            #expect(try broker.quote(terms, most).get().payout <= PayoutModel.mostPayout(in: .usd))
            #expect(throws: BrokerRejection.payoutTooHigh(most: .usd(5_000_000))) { try broker.quote(terms, most + .usd(1)).get() }
        }
    }

    @Test func everyContractSettlesByItsOwnTicks() throws {
        var broker = SimulatedBroker.fixture(), outcomes: [Bool] = []
        for round in 0..<200 {
            let kind = ContractKind.allCases[round % 4], duration = kind == .rise || kind == .fall ? ["1t", "5t", "15s", "1m"][round / 4 % 4] : "2t"
            let bought = try broker.bought(.fixture(kind, duration, on: round % 2 == 0 ? .r100 : .oneSecond))
            let events = broker.run(seconds: 65)
            let ticks = events.compactMap { event -> Tick? in if case .tick(let tick) = event, tick.symbol == bought.symbol { tick } else { nil } }
            let contract = try #require(broker.contract(bought.id)), settlement = try #require(contract.settlement)
            let exit =
                switch duration {
                case "1t": ticks[1]
                case "5t": ticks[5]
                case "2t": ticks[1]
                default: ticks.last { $0.time <= bought.purchasedAt.adding(seconds: bought.offer.duration!.seconds!) }!
                }
            #expect(contract.entry == ticks[0])
            #expect(contract.exit == exit)
            let won =
                switch kind {
                case .rise: exit.price > ticks[0].price
                case .fall: exit.price < ticks[0].price
                case .even: exit.price.pips % 2 == 0
                case .odd: exit.price.pips % 2 == 1
                }
            #expect(settlement.won == won)
            #expect(settlement.payout == (won ? bought.payout : .usd(0)))
            outcomes.append(won)
        }
        #expect((70...130).contains(outcomes.count { $0 }))
        #expect(broker.open.isEmpty)
        expectSoundLedger(broker)
    }

    @Test func aLostContractBooksASaleOfNothing() throws {
        var broker = SimulatedBroker.fixture()
        while !broker.ledger.contains(where: { $0.action == .sell && $0.amount.minorUnits == 0 }) {
            _ = try broker.bought(.fixture(.even, "1t"))
            _ = broker.run(seconds: 4)
        }
        expectSoundLedger(broker)
    }

    @Test func oneCourseOfCallsGivesOneBroker() throws {
        func course() throws -> SimulatedBroker {
            var broker = SimulatedBroker.fixture(seed: 11)
            for _ in 0..<20 { _ = try broker.bought(.fixture(.fall, "3t")); _ = broker.run(seconds: 3) }
            return broker
        }
        let first = try course(), second = try course()
        #expect(first.ledger == second.ledger)
        #expect(first.contracts == second.contracts)
    }

    @Test func advancingAtOnceOrInStepsIsTheSame() throws {
        var atOnce = SimulatedBroker.fixture(), inSteps = SimulatedBroker.fixture()
        _ = try (atOnce.bought(.fixture(.rise, "1m")), inSteps.bought(.fixture(.rise, "1m")))
        var events: [MarketEvent] = []
        for _ in 0..<900 { inSteps.advance(to: inSteps.clock.adding(milliseconds: 100)) { events.append($0) } }
        #expect(atOnce.run(seconds: 90) == events)
        atOnce.advance(to: .opening) { _ in Issue.record("the past was run again") }
    }

    @Test func aStateReadBackGoesOnTheSameWay() throws {
        var broker = SimulatedBroker.fixture()
        _ = try broker.bought(.fixture(.rise, "5t"))
        _ = try broker.bought(.fixture(.fall, "1m"))
        _ = broker.run(seconds: 5)
        var restored = SimulatedBroker(restoring: broker.state)
        #expect(restored.accounts == broker.accounts)
        #expect(restored.open == broker.open)
        #expect(restored.run(seconds: 120) == broker.run(seconds: 120))
        #expect(restored.ledger == broker.ledger)
        #expect(restored.contracts == broker.contracts)
        #expect(try restored.bought(.fixture()).id == broker.bought(.fixture()).id)
    }

    @Test func accountsDoNotSeeEachOthersMoney() throws {
        var broker = SimulatedBroker.fixture()
        let other = Label("VRTC2")!
        broker.openAccount(other, balance: .usd(5_000), at: broker.clock)
        broker.openAccount(other, balance: .usd(9_999), at: broker.clock)
        #expect(broker.accounts[other]?.balance == .usd(5_000), "an account is opened once")
        _ = try broker.bought(.fixture())
        #expect(broker.accounts[other]?.balance == .usd(5_000))
        #expect(broker.accounts[.demo]?.balance == .usd(999_000))
        #expect(broker.accounts[other]?.contracts == [])
    }

    /// Ids ascend, each balance follows from the one before, and every settled contract has its two bookings.
    private func expectSoundLedger(_ broker: SimulatedBroker) {
        var balances: [Label: Money] = [:]
        for (previous, booking) in zip(broker.ledger, broker.ledger.dropFirst()) { #expect(previous.id < booking.id && previous.time <= booking.time) }
        for booking in broker.ledger {
            #expect(booking.balanceAfter == (balances[booking.login] ?? .usd(0)) + booking.amount)
            balances[booking.login] = booking.balanceAfter
        }
        for contract in broker.contracts {
            let bookings = broker.ledger.filter { $0.contract == contract.id }
            #expect(bookings.map(\.action) == (contract.isOpen ? [.buy] : [.buy, .sell]))
            #expect(bookings.first?.amount == -contract.price)
            #expect(bookings.last?.id == contract.settlement?.sell ?? contract.buy)
        }
    }
}
