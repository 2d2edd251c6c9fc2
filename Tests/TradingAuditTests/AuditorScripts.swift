// What the auditor says of facts that cannot be, and that it says nothing of those which can.
import Testing
import TradingAudit
import TradingEngine
import TradingModel
import TradingTesting

private typealias S = EngineScript

struct AuditorScripts {
    /// A session that bought once and still runs, and an auditor that followed.
    private struct Scene {
        var script: EngineScript
        var auditor = Auditor(settings: EngineSettings())
        var taken = 0, numbers: [OwnerID: Int64] = [:]
        var state: EngineState { script.engine.state }

        init(_ script: EngineScript) { self.script = script }

        mutating func take(_ fact: Fact) {
            taken += 1
            numbers[fact.owner, default: 0] += 1
            auditor.take(fact, sequence: Int64(taken), ownerSequence: numbers[fact.owner]!)
        }

        /// What was found of the facts that the script recorded since.
        mutating func found() -> [Finding] {
            for fact in script.journal.dropFirst(taken) { take(fact) }
            return auditor.compare(with: state)
        }

        /// What is found when this fact is on record, which the engine never decided.
        func found(_ event: Fact.Event, at second: Int64 = 60) -> [String] {
            var scene = self
            scene.take(Fact(at: S.start.adding(seconds: second), owner: S.owner, account: S.accountID, session: S.sessionID, event))
            // Only what the fact itself breaks: the state has not folded it.
            return scene.auditor.compare(with: scene.state).map(\.invariant)
        }

        /// The newest intent with another signal.
        func intent(_ number: UInt64, stake: Int64? = nil, at second: Int64 = 60, like: BuyIntent) -> BuyIntent {
            BuyIntent(
                id: IntentID(session: like.id.session, signal: S.signal(number, at: second).id), account: like.account, terms: like.terms,
                stake: Stake(recorded: .usd(stake ?? like.stake.amount.minorUnits)), intendedAt: S.start.adding(seconds: second), day: like.day)
        }
    }

    private func begin(_ change: (inout SessionPlan) -> Void = { _ in }) -> (Scene, BuyIntent) {
        var scene = Scene(S.trading(change))
        _ = scene.script.at(1, .signal(S.signal(1, at: 1)))
        let intent = scene.state.accounts[S.accountID].unresolved[0].intent
        _ = scene.script.at(2, S.bought(1, 1, balance: 99_000, at: 2))
        #expect(scene.found() == [])
        return (scene, intent)
    }

    @Test func aTradeFromSignalToSettlementIsAsItMustBe() {
        var (scene, _) = begin()
        _ = scene.script.at(9, S.sold(1, for: 1_950, balance: 100_950, at: 9))
        #expect(scene.found() == [] && scene.state.sessions[S.sessionID].wins == 1)
    }

    @Test func numbersWithoutGapAndTimeThatGoesOn() {
        var order = FactOrder(next: 5, owners: [S.owner: 3], newestAt: S.start)
        func fact(_ second: Int64) -> Fact { Fact(at: S.start.adding(seconds: second), owner: S.owner, .emergencyStopLifted(by: S.person)) }
        #expect(order.take(fact(0), sequence: 5, ownerSequence: 4) == nil)
        #expect(order.take(fact(0), sequence: 7, ownerSequence: 5)?.invariant == "I12")
        #expect(order.take(fact(0), sequence: 8, ownerSequence: 7)?.invariant == "I26")
        #expect(order.take(fact(-1), sequence: 9, ownerSequence: 8)?.invariant == "I13")
    }

    @Test func anIntentThatMustNotBe() {
        let (scene, first) = begin { $0.openContracts = 1 }
        let known = scene.intent(2, like: first)
        #expect(scene.found(.buyIntended(known)).contains("I2"), "its signal is on no record")
        var with = scene
        with.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, .signalAccepted(S.signal(2, at: 60))))
        #expect(with.found(.buyIntended(known)).contains("I4"), "one contract runs, the plan allows one")
        #expect(with.found(.buyIntended(known)).contains("I6"), "the state holds nothing for it")
        #expect(with.found(.buyIntended(first)).contains("I1"), "twice")
        #expect(with.found(.buyIntended(scene.intent(2, at: 50, like: first))).contains("I13"), "its moment is another")
        #expect(with.found(.buyIntended(scene.intent(2, at: 600, like: first)), at: 600).contains("I20"), "its signal is over")
        with.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, .emergencyStopped(by: S.person)))
        #expect(with.found(.buyIntended(known)).contains("I9"), "during an emergency stop")
        var stopped = scene
        stopped.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, .signalAccepted(S.signal(2, at: 60))))
        #expect(!stopped.found(.buyIntended(known)).contains("I9"))
        stopped.take(Fact(at: S.start.adding(seconds: 60), owner: .everybody, .operatorsStopped(reason: "a storm", by: S.person)))
        // Of the session, and of the state, which has not folded it.
        #expect(stopped.found(.buyIntended(known)).count { $0 == "I9" } == 2, "while operators have stopped everybody")
        stopped.take(Fact(at: S.start.adding(seconds: 60), owner: .everybody, .operatorsStopLifted(by: S.person)))
        #expect(!stopped.found(.buyIntended(known)).contains("I9"))
    }

    /// I24 and the age of ticks: by what the fact of the acceptance says.
    @Test func aSignalIsAcceptedOnceAndOfAYoungTick() {
        var (scene, _) = begin()
        var signal = S.signal(2, at: 60)
        #expect(scene.found(.signalAccepted(signal)) == [])
        signal.tickAt = signal.issuedAt.adding(milliseconds: -5_000)
        #expect(scene.found(.signalAccepted(signal)) == [], "five seconds old is young enough")
        signal.tickAt = signal.issuedAt.adding(milliseconds: -5_001)
        signal.session = S.sessionID
        #expect(scene.found(.signalAccepted(signal)) == ["I20"])
        scene.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, .signalAccepted(S.signal(2, at: 60))))
        #expect(scene.found(.signalAccepted(S.signal(2, at: 61))) == ["I24"])
        // So it is after a restart from a snapshot.
        _ = scene.script.at(60, .signal(S.signal(3, at: 60)))
        var later = Auditor(takingOver: scene.state, settings: EngineSettings())
        later.goOn(from: 100, owners: [S.owner: 99], newestAt: scene.state.at)
        later.take(Fact(at: S.start.adding(seconds: 61), owner: S.owner, .signalAccepted(S.signal(3, at: 61))), sequence: 100, ownerSequence: 100)
        #expect(later.compare(with: scene.state).map(\.invariant) == ["I24"])
    }

    @Test func anIntentIsOfTheSymbolOfItsSignal() {
        let (begun, first) = begin()
        var scene = begun, signal = S.signal(2, at: 60)
        signal.symbol = Symbol("R_50")!
        scene.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, .signalAccepted(signal)))
        #expect(scene.found(.buyIntended(scene.intent(2, like: first))).contains("I20"))
    }

    @Test(arguments: [
        ("I4", RiskLimits(lossPerDay: .usd(1_500))), ("I5", RiskLimits(greatestStake: .usd(999))), ("I5", RiskLimits(riskPerTradeBasisPoints: 50)),
        ("I7", RiskLimits(tradesPerDay: 1)), ("I8", RiskLimits(drawdownBasisPoints: 150)), ("I8b", RiskLimits(lossesInARow: 1)),
    ])
    func eachLimitOfASession(invariant: String, limits: RiskLimits) {
        let (begun, first) = begin()
        var scene = begun
        let at = S.start.adding(seconds: 60)
        var plan = scene.state.sessions[S.sessionID].plan
        plan.limits = limits
        scene.take(Fact(at: at, owner: S.owner, .signalAccepted(S.signal(2, at: 60))))
        let intent = scene.intent(2, like: first)
        #expect(scene.found(.buyIntended(intent)).first != invariant, "without it nothing is in the way")
        scene.take(Fact(at: at, owner: S.owner, account: S.accountID, session: S.sessionID, .planChanged(plan, by: S.person)))
        #expect(scene.found(.buyIntended(intent)).first == invariant)
    }

    /// The day of an account goes on in the entry that it is added again with.
    @Test func theDayOfAnAccountThatIsAddedAgain() {
        var (scene, first) = begin()
        let again = AccountID(rawValue: 7), profile = scene.state.accounts[S.accountID].profile, second = SessionID(rawValue: 2)
        _ = scene.script.at(9, S.sold(1, for: 0, balance: 99_000, at: 9))
        _ = scene.script.at(10, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        _ = scene.script.at(11, .removeAccount(S.accountID, owner: S.owner, by: S.person))
        _ = scene.script.at(12, .addAccount(again, owner: S.owner, profile))
        let plan = scene.state.sessions[S.sessionID].plan
        _ = scene.script.at(
            13, .createSession(second, owner: S.owner, account: again, plan, by: S.person), .startSession(second, owner: S.owner, by: S.person),
            .setAccountLimits(again, owner: S.owner, ExposureLimits(lossPerDay: .usd(1_500)), by: S.person),
            .broker(again, .lineUp(balance: .usd(99_000), newest: TransactionID(rawValue: 11))), .broker(again, .offers(S.symbol, S.offers(S.symbol))))
        _ = scene.script.at(13, .broker(again, .lookedUp(.quiet(balance: .usd(99_000), at: S.start.adding(seconds: 13), newest: 11))))
        #expect(scene.found() == [] && scene.state.sessions[second].phase == .active)
        let signal = S.signal(2, at: 60)
        scene.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, .signalAccepted(signal)))
        let intent = BuyIntent(
            id: IntentID(session: second, signal: signal.id), account: again, terms: first.terms, stake: first.stake,
            intendedAt: S.start.adding(seconds: 60), day: first.day)
        scene.take(Fact(at: S.start.adding(seconds: 60), owner: S.owner, account: again, session: second, .buyIntended(intent)))
        #expect(scene.auditor.compare(with: scene.state).map(\.invariant).contains("I4"), "10.00 are lost today, 15.00 may be")
    }

    @Test func aBuyEndsOnProofAlone() {
        let (scene, first) = begin()
        let id = first.id
        for event in [
            .buyUnsent(id), .buyRejected(id, Rejection(code: Label("NoSuch")!)), .buyInDoubt(id, cause: S.person), .buyAbandoned(id, until: S.start),
            .reservationReleased(id),
        ] as [Fact.Event] { #expect(scene.found(event) == ["I3"], "\(event) of a contract that runs") }
        let contract = Contract(
            id: ContractID(rawValue: 1), transaction: TransactionID(rawValue: 10), price: .usd(1_000), payout: .usd(1_950), purchasedAt: S.start)
        #expect(scene.found(.buyConfirmed(id, contract, balance: nil)).contains("I16"), "the same contract again")
        let other = Settlement(contract: ContractID(rawValue: 9), transaction: nil, payout: .usd(0), settledAt: S.start)
        #expect(scene.found(.settled(id, other, balance: nil)) == ["I11"], "another one's end")
        #expect(scene.found(.buyUnsent(IntentID(session: S.sessionID, signal: SignalID(high: 9, low: 9)))) == ["I2"])
    }

    @Test func absenceTakesItsTime() {
        var scene = Scene(S.trading())
        _ = scene.script.at(1, .signal(S.signal(1, at: 1)))
        let id = scene.state.accounts[S.accountID].unresolved[0].intent.id
        _ = scene.script.at(3, .broker(S.accountID, .lineDown(cause: Label("cut")!, clean: false)))
        #expect(scene.found() == [])
        func until(_ second: Int64) -> Timestamp { S.start.adding(seconds: second + 900) }
        #expect(scene.found(.doubtLookedInto(id, proves: true), at: 100) == ["I3"], "it may still arrive")
        #expect(scene.found(.buyAbandoned(id, until: until(500)), at: 500) == ["I3"], "nobody looked")
        scene.take(Fact(at: S.start.adding(seconds: 300), owner: S.owner, account: S.accountID, session: S.sessionID, .doubtLookedInto(id, proves: true)))
        #expect(scene.found(.buyAbandoned(id, until: until(310)), at: 310) == ["I3"], "once is not enough")
        #expect(scene.found(.buyAbandoned(id, until: until(340)), at: 340) == [])
        #expect(scene.found(.buyAbandoned(id, until: until(0)), at: 340) == ["I6"], "its stake is let go too soon")
    }

    @Test func figuresThatDoNotFollowFromTheFacts() {
        var (scene, _) = begin()
        _ = scene.script.at(9, S.sold(1, for: 1_950, balance: 100_950, at: 9))
        // The state folded the settlement; its fact is kept back and another one told.
        let facts = Array(scene.script.journal.dropFirst(scene.taken))
        for fact in facts {
            if case .settled(let id, var settlement, let balance) = fact.event {
                settlement.payout = .usd(1_000)
                scene.take(Fact(at: fact.at, owner: fact.owner, account: fact.account, session: fact.session, .settled(id, settlement, balance: balance)))
            } else {
                scene.take(fact)
            }
        }
        let findings = scene.auditor.compare(with: scene.state)
        #expect(findings.map(\.invariant) == ["I10"] && findings.map(\.subject) == [.session(S.sessionID)])
        #expect(scene.auditor.compareAll(with: scene.state) == [], "a session is judged once: it has failed")
    }

    @Test func whatIsTakenOverGoesOn() {
        var (scene, _) = begin()
        var later = Auditor(takingOver: scene.state, settings: EngineSettings())
        later.goOn(from: Int64(scene.taken) + 1, owners: scene.numbers, newestAt: scene.state.at)
        #expect(later.compareAll(with: scene.state) == [])
        _ = scene.script.at(9, S.sold(1, for: 0, balance: 99_000, at: 9))
        for fact in scene.script.journal.dropFirst(scene.taken) { later.retrace(fact) }
        #expect(later.compareAll(with: scene.state) == [])
        let down = Fact(at: S.start.adding(seconds: 60), owner: S.owner, account: S.accountID, .lineDown(cause: S.person, clean: true))
        later.take(down, sequence: Int64(scene.taken) + 1, ownerSequence: scene.numbers[S.owner]! + 1)
        #expect(later.compare(with: EngineState()).map(\.subject) == [.account(S.accountID)], "a state that lost the account")
    }
}
