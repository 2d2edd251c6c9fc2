// Exactly once: what happens to a buy when the broker's answer is late, lost, repeated or strange.
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct DoubtScripts {
    typealias S = EngineScript
    private let doubtful = ["s1 doubt 00000001 unanswered"]

    /// One buy is out, and ten seconds later nobody has answered.
    private func unanswered() -> EngineScript {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.engine.nextDeadline == S.start.adding(seconds: 11))
        #expect(s.at(11, .deadline) == ["s1 doubt 00000001 unanswered"])
        #expect(s.commands == [.hangUp(S.accountID)], "closing the connection starts the quarantine; nothing is sent again")
        return s
    }

    private func findings(_ second: Int64, _ bookings: [Booking] = [], closes: Bool = true, newest: Int64 = 1, balance: Int64 = 100_000) -> Input.Event {
        .broker(
            S.accountID,
            .lookedUp(
                Findings(
                    askedAt: S.start.adding(seconds: second), bookings: bookings, chainCloses: closes, balance: .usd(balance),
                    newest: TransactionID(rawValue: newest), about: [S.intent(1)])))
    }

    private func purchase(_ contract: Int64, mayBe: [IntentID], at second: Int64 = 2) -> Booking {
        Booking(
            transaction: TransactionID(rawValue: contract * 10), action: .buy, contract: ContractID(rawValue: contract), amount: .usd(-1_000),
            balanceAfter: .usd(99_000),
            at: S.start.adding(seconds: second), payout: .usd(1_950), mayBe: mayBe)
    }

    @Test func aBuyWithoutAnAnswerIsAskedAboutNeverRepeated() {
        var s = unanswered()
        #expect(s.at(12, .signal(S.signal(2, at: 12, kind: .fall))).last == "s1 refused 00000002 account_in_doubt, waits", "nothing leaves meanwhile")
        #expect(s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true))) == ["a1 line down: asked to"])
        #expect(s.at(14, .broker(S.accountID, .lineUp(balance: .usd(99_000), newest: TransactionID(rawValue: 70)))).last == "a1 look up")
        guard case .lookUp(_, let intents, let anchor, _)? = s.commands.last else { Issue.record("no look-up"); return }
        #expect(intents.map(\.id) == [S.intent(1)] && anchor == TransactionID(rawValue: 1))
        let lines = s.at(15, findings(15, [purchase(7, mayBe: [S.intent(1)])], newest: 70, balance: 99_000))
        #expect(lines == ["s1 bought 00000001 #7 10.00", "a1 looked up to 70", "s1 intend 00000002 1HZ100V fall 5t 10.00"], "found out, and the next may go")
        #expect(s.account.balance == .usd(99_000))
    }

    @Test func absenceIsNotBelievedByTimeAlone() {
        var s = unanswered()
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        #expect(s.at(15, findings(15)) == ["s1 no trace of 00000001", "a1 looked up to 1"], "too early: the request may still be on its way")
        for second in [60, 3_600, 7_200] as [Int64] {
            _ = s.at(second, .deadline)
            #expect(s.at(second, findings(second, closes: false)).first == "s1 no trace of 00000001", "a row may be missing: no proof, however late")
        }
        #expect(s.account.isInDoubt && s.account.reserved == .usd(1_000))
        _ = s.at(7_300, .deadline)
        #expect(s.at(7_300, findings(7_300)).first == "s1 no trace of 00000001, proven", "once is not enough")
        _ = s.at(7_400, .deadline)
        #expect(s.at(7_400, findings(7_400)).first == "s1 abandoned 00000001")
        #expect(!s.account.isInDoubt && s.account.reserved == .usd(1_000), "the stake is held until the tombstone ends")
        #expect(s.at(7_400 + 900, .deadline).contains("s1 released 00000001"))
        #expect(s.account.reserved == .usd(0))
    }

    /// What a statement that lags leaves out may come to nothing, so that its sums agree all the same.
    @Test func aStatementWithoutABookingThatIsKnownProvesNothing() {
        var s = unanswered()
        func up(_ second: Int64, newest: Int64) {
            _ = s.at(second - 1, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
            _ = s.at(second, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: newest))))
        }
        up(14, newest: 70)
        #expect(s.at(15, findings(15)) == ["s1 no trace of 00000001", "a1 looked up, a row is missing"])
        up(7_200, newest: 1)
        #expect(s.at(7_201, findings(7_201)) == ["s1 no trace of 00000001", "a1 looked up, a row is missing"], "a new connection forgets no booking")
        _ = s.at(7_300, .deadline)
        #expect(s.at(7_300, findings(7_300, newest: 70)).first == "s1 no trace of 00000001, proven")
    }

    @Test func aDoubtThatNoLookUpEndsIsAPersonsToEndAfterAQuarterOfAnHour() {
        var s = unanswered()
        func deny(_ second: Int64, _ contract: Int64? = nil) -> [String] {
            s.at(second, .resolveDoubt(S.intent(1), owner: S.owner, contract: contract.map(ContractID.init(rawValue:)), by: S.person))
        }
        _ = deny(899)
        #expect(s.answers == [.declined(.intentNotAmbiguous)], "too early")
        #expect(deny(905) == [] && s.answers == [.declined(.intentNotAmbiguous)], "its connection was never closed: the request may still arrive")
        _ = s.at(906, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(907, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        #expect(deny(920) == [] && s.answers == [.declined(.intentNotAmbiguous)], "what was sent on it may still arrive")
        for second in [1_000, 2_000] as [Int64] {
            _ = s.at(second - 1, .deadline)
            #expect(s.at(second, findings(second, closes: false)).first == "s1 no trace of 00000001")
        }
        _ = s.at(2_100, .askCandidates(S.intent(1), owner: S.owner))
        #expect(s.answers == [.candidates([])], "there is nothing to choose from")
        #expect(deny(2_101, 7) == [] && s.answers == [.declined(.contractNotACandidate)], "what nobody saw is not taken on somebody's word")
        #expect(deny(2_102) == ["s1 00000001 was none of them by person", "s1 abandoned 00000001"])
        #expect(s.account.reserved == .usd(1_000), "its stake is held a while, as after a proof")
        _ = s.at(2_200, .deadline)
        #expect(
            s.at(2_201, findings(2_201, [purchase(7, mayBe: [S.intent(1)])], newest: 70, balance: 99_000)).prefix(2) == [
                "s1 adopted 00000001 #7", "s1 paused contract_adopted by system",
            ], "and if it was bought after all, it counts")
    }

    @Test func twoThatCouldBeItAreForAPerson() {
        var s = unanswered()
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(98_000), newest: TransactionID(rawValue: 80))))
        let both = [purchase(7, mayBe: [S.intent(1)]), purchase(8, mayBe: [S.intent(1)])]
        #expect(s.at(15, findings(15, both, newest: 80, balance: 98_000)).prefix(2) == ["s1 ambiguous 00000001 #7 #8", "s1 paused buy_ambiguous by system"])
        #expect(s.at(16, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person)) == [])
        _ = s.at(17, .askCandidates(S.intent(1), owner: S.owner))
        guard case .candidates(let candidates)? = s.answers.first else { Issue.record("no candidates: \(s.answers)"); return }
        #expect(candidates.map(\.id.rawValue) == [7, 8] && candidates.allSatisfy { $0.price == .usd(1_000) && $0.payout == .usd(1_950) })
        _ = s.at(17, .askCandidates(S.intent(2), owner: S.owner))
        #expect(s.answers == [.declined(.intentNotFound)])
        _ = s.at(17, .resolveDoubt(S.intent(1), owner: S.owner, contract: ContractID(rawValue: 9), by: S.person))
        #expect(s.answers == [.declined(.contractNotACandidate)])
        #expect(
            s.at(18, .resolveDoubt(S.intent(1), owner: S.owner, contract: ContractID(rawValue: 7), by: S.person)) == [
                "s1 00000001 was #7 by person", "a1 outside trade #8 10.00", "s1 bought 00000001 #7 10.00",
            ])
        #expect(s.session.open.first?.contract.payout == .usd(1_950), "with everything the statement said of it")
        #expect(s.at(19, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person)) == ["s1 resumed by person"])
    }

    @Test func aContractThatMayBeOnItsWayIsNotGivenToOneGivenUp() {
        var s = unanswered()
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        for second in [100, 200] as [Int64] { _ = s.at(second, findings(second)); _ = s.at(second + 99, .deadline) }
        _ = s.at(510, .deadline)
        #expect(s.at(511, .signal(S.signal(2, at: 511))).last == "s1 intend 00000002 1HZ100V rise 5t 10.00")
        #expect(
            s.at(512, findings(512, [purchase(50, mayBe: [S.intent(1), S.intent(2)], at: 511)], newest: 500, balance: 99_000)).contains {
                $0.contains("adopted")
            } == false)
        #expect(s.at(513, S.bought(2, 50, balance: 99_000, at: 511)) == ["s1 bought 00000002 #50 10.00"])
    }

    /// The first buy is given up; another like it is then in doubt, and two contracts could be it.
    private func givenUpAndThenAmbiguous(released: Bool, boughtAt second: Int64 = 0) -> (script: EngineScript, asked: Int64) {
        var s = unanswered()
        let asked: Int64 = released ? 1_110 : 310
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        for second in [100, 200] as [Int64] { _ = s.at(second, findings(second)); _ = s.at(second + 99, .deadline) }
        if released { _ = s.at(asked - 1, .deadline) }
        #expect(s.at(asked, .signal(S.signal(2, at: asked))).contains("s1 intend 00000002 1HZ100V rise 5t 10.00"))
        _ = s.at(asked + 10, .deadline)
        _ = s.at(asked + 11, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(asked + 12, .broker(S.accountID, .lineUp(balance: .usd(98_000), newest: TransactionID(rawValue: 510))))
        let both = [50, 51].map { purchase($0, mayBe: [S.intent(1), S.intent(2)], at: second == 0 ? asked + 1 : second) }
        #expect(s.at(asked + 13, findings(asked + 13, both, newest: 510, balance: 98_000)).contains("s1 ambiguous 00000002 #50 #51"))
        return (s, asked)
    }

    private func choose(_ s: inout EngineScript, _ contract: Int64?, at second: Int64) -> [String] {
        s.at(second, .resolveDoubt(S.intent(2), owner: S.owner, contract: contract.map(ContractID.init(rawValue:)), by: S.person))
    }

    @Test func whatAPersonDidNotChooseMayBeOneThatWasGivenUp() {
        var (s, asked) = givenUpAndThenAmbiguous(released: false)
        #expect(
            choose(&s, 50, at: asked + 20) == ["s1 00000002 was #50 by person", "s1 adopted 00000001 #51", "s1 bought 00000002 #50 10.00"],
            "its stake is still held, and it counts in its session's limits")
        #expect(s.session.open.map(\.contract.id.rawValue).sorted() == [50, 51] && s.account.reserved == .usd(0))
    }

    @Test func ofTwoThatWereNotChosenOneMayBeTheOneThatWasGivenUp() {
        var (s, asked) = givenUpAndThenAmbiguous(released: false)
        #expect(
            choose(&s, nil, at: asked + 20) == [
                "s1 00000002 was none of them by person", "s1 adopted 00000001 #50", "a1 outside trade #51 10.00", "s1 abandoned 00000002",
            ])
    }

    @Test func whatWasBoughtTooLateForTheOneGivenUpIsSomebodyElses() {
        var (s, asked) = givenUpAndThenAmbiguous(released: true)
        #expect(
            choose(&s, 50, at: asked + 20) == ["s1 00000002 was #50 by person", "a1 outside trade #51 10.00", "s1 bought 00000002 #50 10.00"])
        (s, asked) = givenUpAndThenAmbiguous(released: true, boughtAt: 500)
        #expect(choose(&s, 50, at: asked + 20).contains("s1 adopted 00000001 #51"), "one whose stake was released, too")
    }

    @Test func aPersonsNoneOfThemIsNotUndone() {
        var s = unanswered()
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(98_000), newest: TransactionID(rawValue: 80))))
        let both = [purchase(7, mayBe: [S.intent(1)]), purchase(8, mayBe: [S.intent(1)])]
        _ = s.at(15, findings(15, both, newest: 80, balance: 98_000))
        #expect(
            s.at(16, .resolveDoubt(S.intent(1), owner: S.owner, contract: nil, by: S.person)) == [
                "s1 00000001 was none of them by person", "a1 outside trade #7 10.00", "a1 outside trade #8 10.00", "s1 abandoned 00000001",
            ])
        _ = s.at(400, .deadline)
        #expect(s.at(401, findings(401, both, newest: 80, balance: 98_000)) == ["a1 looked up to 80"], "the same rows again adopt nothing")
    }

    @Test func manyContractsDuringATombstoneStayKnown() {
        var s = S.trading(balance: 10_000_000)
        _ = s.at(1, .signal(S.signal(1, kind: .even)))
        _ = s.at(11, .deadline)
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(10_000_000), newest: TransactionID(rawValue: 1))))
        for second in [100, 200] as [Int64] { _ = s.at(second, findings(second, balance: 10_000_000)); _ = s.at(second + 99, .deadline) }
        #expect(s.account.unresolved.first?.isAbandoned == true)
        var rows: [Booking] = []
        for number in 2...400 as ClosedRange<UInt64> {
            let contract = Int64(number) + 1_000
            _ = s.at(300, .signal(S.signal(number, at: 300)), S.bought(number, contract, balance: 10_000_000, at: 300))
            _ = s.at(300, S.sold(contract, for: 1_000, balance: 10_000_000, at: 300))
            rows.append(purchase(contract, mayBe: [S.intent(1)], at: 300))
        }
        _ = s.at(800, .deadline)
        #expect(
            s.at(801, findings(801, rows, newest: 20_000, balance: 10_000_000)) == ["a1 looked up to 20000"],
            "none of them is taken for the buy that was given up")
    }

    @Test func aLateReceiptStillCounts() {
        var s = unanswered()
        #expect(s.at(12, S.bought(1, 7, balance: 99_000, at: 1)) == ["s1 bought 00000001 #7 10.00"])
        #expect(!s.account.isInDoubt)
    }

    @Test func aContractThatTurnsUpAfterBeingGivenUpIsAdopted() {
        var s = unanswered()
        _ = s.at(12, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(14, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        for second in [100, 200] as [Int64] { _ = s.at(second, findings(second)); _ = s.at(second + 99, .deadline) }
        #expect(s.account.unresolved.first?.isAbandoned == true)
        #expect(s.at(500, .deadline) == ["a1 look up"])
        let lines = s.at(501, findings(501, [purchase(7, mayBe: [S.intent(1)], at: 250)], newest: 70, balance: 99_000))
        #expect(lines.prefix(2) == ["s1 adopted 00000001 #7", "s1 paused contract_adopted by system"])
        #expect(s.session.open.count == 1 && s.account.reserved == .usd(0))
    }

    @Test func somebodyElsesTradeIsShownAndStopsNothing() {
        var s = S.trading()
        #expect(s.at(20, .broker(S.accountID, .booked(purchase(9, mayBe: [])))) == ["a1 look up", "a1 balance 990.00 USD"])
        #expect(s.at(21, findings(21, [purchase(9, mayBe: [])], newest: 90, balance: 99_000)) == ["a1 outside trade #9 10.00", "a1 looked up to 90"])
        #expect(s.session.profit == .usd(0) && s.session.trades == 0 && s.session.phase == .active)
        #expect(
            s.at(22, .broker(S.accountID, .booked(purchase(10, mayBe: [])))) == ["a1 balance 990.00 USD"] || s.account.balance == .usd(99_000),
            "no look-up for each of many")
        #expect(!s.account.isLookingUp)
        #expect(s.at(23, .signal(S.signal(1, at: 23))).last == "s1 intend 00000001 1HZ100V rise 5t 10.00")
    }

    @Test(arguments: [("RateLimit", "s1 doubt 00000001 RateLimit"), ("unreadable", "s1 doubt 00000001 unreadable")])
    func anAnswerThatDoesNotTellIsADoubt(_ code: String, line: String) {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.at(2, .broker(S.accountID, .buyUnclear(S.intent(1), code: Label(code)!))) == [line])
    }

    @Test func aRejectionReleasesTheStakeAndIsNoTrade() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(
            s.at(2, .broker(S.accountID, .buyRejected(S.intent(1), Rejection(code: Label("InsufficientBalance")!)))) == [
                "s1 rejected 00000001 InsufficientBalance"
            ])
        #expect(s.account.available == .usd(100_000) && s.session.tradesToday == 0 && s.session.trades == 0)
        #expect(s.at(3, S.bought(1, 7, balance: 99_000)) == [], "an answer to what is over tells nothing")
    }

    @Test func whatNeverLeftIsReleasedAtOnce() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.at(1, .broker(S.accountID, .notSent(S.intent(1)))) == ["s1 unsent 00000001"])
        #expect(s.account.reserved == .usd(0))
    }

    @Test func aReceiptForAKnownContractProvesNothing() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)), .signal(S.signal(2, kind: .fall)))
        _ = s.at(2, S.bought(1, 7, balance: 99_000, at: 1))
        #expect(s.at(3, S.bought(2, 7, balance: 99_000, at: 1)) == ["s1 doubt 00000002 contract known"])
    }

    @Test func afterARestartTheBuyIsInDoubtAndTheContractFollowed() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(2, S.bought(1, 7, balance: 99_000, at: 1))
        _ = s.at(3, .signal(S.signal(2, at: 3, kind: .fall)))
        let before = s.engine.state
        s.restart()
        #expect(s.engine.state == before, "the journal folds to the same state")
        #expect(
            s.at(5, .broker(S.accountID, .lineDown(cause: Label("restarted")!, clean: false))) == [
                "a1 line down: restarted (unclean)", "s1 doubt 00000002 line lost",
            ])
        _ = s.at(6, .broker(S.accountID, .lineUp(balance: .usd(98_000), newest: TransactionID(rawValue: 80))))
        #expect(s.commands.contains(.watch(S.accountID, ContractID(rawValue: 7))))
        let seen = Settlement(contract: ContractID(rawValue: 7), transaction: nil, payout: .usd(1_950), settledAt: S.start.adding(seconds: 6))
        #expect(s.at(7, .broker(S.accountID, .contractSeen(ContractID(rawValue: 7), settlement: seen))) == ["s1 settled 00000001 #7 19.50"])
    }

    @Test func aContractThatShouldHaveEndedIsAskedForAgainAndAgain() {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(1, S.bought(1, 7, balance: 99_000, at: 1))
        #expect(s.at(46, .deadline) == ["s1 overdue #7"])
        #expect(s.commands == [.watch(S.accountID, ContractID(rawValue: 7))])
        #expect(s.at(60, .deadline) == [])
        #expect(s.at(46 + 60, .deadline) == ["s1 overdue #7"], "at growing distances")
    }

    /// The sweep set out before the buy was intended, so it was not asked about it; its answer was lost.
    @Test func aLookUpThatBeganBeforeABuyDoesNotGiveItsContractAway() {
        var s = S.trading()
        #expect(s.at(300, .deadline) == ["a1 look up"])
        _ = s.at(301, .signal(S.signal(1, at: 301)))
        let bought = purchase(7, mayBe: [], at: 302)
        let unasked = Findings(
            askedAt: S.start.adding(seconds: 300), bookings: [bought], chainCloses: true, balance: .usd(99_000), newest: TransactionID(rawValue: 70), about: [])
        #expect(
            s.at(303, .broker(S.accountID, .lookedUp(unasked))) == ["a1 balance 990.00 USD", "a1 looked up, a row is missing"],
            "nobody's yet, and to be walked again")
        #expect(s.at(311, .deadline) == ["s1 doubt 00000001 unanswered"])
        _ = s.at(312, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(314, .broker(S.accountID, .lineUp(balance: .usd(99_000), newest: TransactionID(rawValue: 70))))
        #expect(s.at(315, findings(315, [purchase(7, mayBe: [S.intent(1)], at: 302)], newest: 70, balance: 99_000)).first == "s1 bought 00000001 #7 10.00")
    }

    @Test func aRowThatMayBeAnUnansweredBuyIsWalkedAgain() {
        var s = S.trading()
        _ = s.at(299, .signal(S.signal(1, at: 299)))
        #expect(s.at(300, .deadline) == ["a1 look up"])
        // Somebody buys the same by hand; then ours is rejected.
        #expect(s.at(301, findings(301, [purchase(7, mayBe: [S.intent(1)], at: 300)], newest: 70, balance: 99_000)).last == "a1 looked up, a row is missing")
        _ = s.at(302, .broker(S.accountID, .buyRejected(S.intent(1), Rejection(code: Label("PriceMoved")!))))
        #expect(s.at(600, .deadline) == ["a1 look up"])
        #expect(
            s.at(601, findings(601, [purchase(7, mayBe: [], at: 300)], newest: 70, balance: 99_000)) == ["a1 outside trade #7 10.00", "a1 looked up to 70"])
    }

    @Test func theStatementIsWalkedOnceMoreAfterTheEnd() {
        var s = S.trading()
        _ = s.at(10, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        #expect(s.at(300, .deadline) == ["a1 look up"])
        _ = s.at(301, findings(301))
        #expect(s.engine.nextDeadline == nil, "and then no more")
    }
}
