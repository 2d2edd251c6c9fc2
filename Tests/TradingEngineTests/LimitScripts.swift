// The six limits, the pauses they cause, the stake rule, and the four questions.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct LimitScripts {
    typealias S = EngineScript

    /// Buys with signal `number` and settles at once for `payout`.
    private func trade(_ s: inout EngineScript, _ number: UInt64, payout: Int64, at second: Int64, stake: Int64 = 1_000) -> [String] {
        let before = s.account.balance.minorUnits
        let lines = s.at(second, .signal(S.signal(number, at: second)))
        guard lines.last?.contains("intend") == true else { return lines }
        _ = s.at(second, S.bought(number, Int64(number), price: stake, balance: before - stake, at: second))
        return s.at(second + 1, S.sold(Int64(number), for: payout, balance: before - stake + payout, at: second + 1))
    }

    @Test func tradesPerDayPauseUntilTheNextDay() {
        var settings = EngineSettings()
        settings.sweepSeconds = 1_000_000
        var s = S.trading(settings: settings) { $0.limits.tradesPerDay = 2 }
        _ = trade(&s, 1, payout: 1_950, at: 10)
        #expect(trade(&s, 2, payout: 1_950, at: 20).last == "s1 paused trades_per_day_reached by system")
        #expect(s.at(30, .signal(S.signal(3, at: 30))).last == "s1 refused 00000003 session_not_active")
        #expect(s.at(40, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: true, by: S.person)) == [])
        #expect(s.answers == [.declined(.limitStillReached)])
        let midnight = 14 * 3_600
        #expect(s.engine.nextDeadline == S.start.adding(seconds: Int64(midnight)))
        #expect(Array(s.at(Int64(midnight), .deadline).suffix(2)) == ["s1 day \(s.session.day!)", "s1 resumed by system"])
        #expect(s.session.tradesToday == 0 && s.session.trades == 2)
    }

    @Test func whatIsOpenCountsAsLost() {
        var s = S.trading { $0.limits.lossPerDay = .usd(2_500) }
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(1, .signal(S.signal(2, kind: .fall)))
        #expect(s.at(1, .signal(S.signal(3, kind: .even))).last == "s1 refused 00000003 loss_per_day_reached (30.00 against 25.00 USD), waits")
        #expect(s.session.phase == .active, "nothing is lost yet: it waits, it does not pause")
    }

    @Test func aDaysProfitNeverWidensTheRoom() {
        var s = S.trading { $0.limits.lossPerDay = .usd(1_500) }
        _ = trade(&s, 1, payout: 10_000, at: 10)
        _ = s.at(20, .signal(S.signal(2, at: 20)))
        #expect(s.at(20, .signal(S.signal(3, at: 20, kind: .fall))).last == "s1 refused 00000003 loss_per_day_reached (20.00 against 15.00 USD), waits")
    }

    /// The broker's day has begun, ours ends in a second: no day's profit makes the other's loss good.
    @Test(arguments: [(0, 1_950), (1_950, 0)] as [(Int64, Int64)]) func ofTwoDaysAtOnceTheWorseCounts(today: Int64, tomorrow: Int64) {
        let midnight: Int64 = 14 * 3_600, at = midnight - 1
        for isOfAccount in [false, true] {
            var s = S.trading { if !isOfAccount { $0.limits.lossPerDay = .usd(2_500) } }
            if isOfAccount { _ = s.at(1, .setAccountLimits(S.accountID, owner: S.owner, ExposureLimits(lossPerDay: .usd(2_500)), by: S.person)) }
            _ = s.at(midnight - 9, .signal(S.signal(1, at: midnight - 9)), .signal(S.signal(2, at: midnight - 9, kind: .fall)))
            _ = s.at(midnight - 8, S.bought(1, 1, balance: 99_000, at: midnight - 8), S.bought(2, 2, balance: 98_000, at: midnight - 8))
            _ = s.at(at, S.sold(1, for: today, balance: 98_000 + today, at: midnight - 2))
            _ = s.at(at, S.sold(2, for: tomorrow, balance: 98_000 + today + tomorrow, at: midnight))
            // One more has room beside the loss of the worse day, two have not.
            #expect(s.at(at, .signal(S.signal(3, at: at))).last?.contains("intend") == true)
            let line = s.at(at, .signal(S.signal(4, at: at, kind: .fall))).last ?? "nothing"
            #expect(line.contains("\(isOfAccount ? "account_" : "")loss_per_day_reached (30.00 against 25.00 USD)"), "\(line)")
        }
    }

    /// Two run at once; the broker settles the win first, and we hear of it last.
    private func lossHeardBeforeAnEarlierWin(winAt: Int64, winBooking: Int64, lossBooking: Int64) -> EngineScript {
        var s = S.trading()
        _ = s.at(1, .signal(S.signal(1)), .signal(S.signal(2, kind: .fall)))
        _ = s.at(2, S.bought(1, 1, price: 1_000, balance: 99_000, at: 2), S.bought(2, 2, price: 1_000, balance: 98_000, at: 2))
        func settled(_ contract: Int64, _ payout: Int64, _ booking: Int64, at second: Int64) -> Input.Event {
            .broker(
                S.accountID,
                .contractSeen(
                    ContractID(rawValue: contract),
                    settlement: Settlement(
                        contract: ContractID(rawValue: contract), transaction: TransactionID(rawValue: booking), payout: .usd(payout),
                        settledAt: S.start.adding(seconds: second))))
        }
        _ = s.at(9, settled(2, 0, lossBooking, at: 8))
        _ = s.at(20, settled(1, 1_950, winBooking, at: winAt))
        return s
    }

    @Test func aWinThatIsHeardOfLateMayBeThePeakThatWasFallenFrom() {
        let s = lossHeardBeforeAnEarlierWin(winAt: 7, winBooking: 80, lossBooking: 81)
        #expect(s.session.equity == .usd(99_950) && s.session.peak == .usd(100_950) && s.session.currentDrawdown == 100 && s.session.lossesInARow == 1)
    }

    @Test func withinOneSecondTheBookingTellsTheOrder() {
        let before = lossHeardBeforeAnEarlierWin(winAt: 8, winBooking: 80, lossBooking: 81)
        #expect(before.session.lossesInARow == 1 && before.session.peak == .usd(100_950))
        let after = lossHeardBeforeAnEarlierWin(winAt: 8, winBooking: 82, lossBooking: 81)
        #expect(after.session.lossesInARow == 0 && after.session.peak == .usd(100_000))
    }

    @Test func aLossThatLeavesNoRoomForTheSmallestStakePauses() {
        var s = S.trading { $0.limits.lossPerDay = .usd(1_020) }
        #expect(trade(&s, 1, payout: 0, at: 10).last == "s1 paused loss_per_day_reached by system", "20 cents are less than the broker's least stake")
    }

    @Test func drawdownPausesUntilAPersonAcceptsIt() {
        var s = S.trading { $0.limits.drawdownBasisPoints = 150 }
        // 10.00 of 1,000.00 are lost; 5.00 would still fit, but the plan stakes 10.00.
        #expect(trade(&s, 1, payout: 0, at: 10).last == "s1 paused drawdown_reached by system")
        #expect(s.at(22, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person)) == [])
        #expect(s.answers == [.declined(.drawdownNotAccepted)])
        #expect(s.at(23, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: true, by: S.person)) == ["s1 resumed by person, drawdown accepted"])
        #expect(s.session.currentDrawdown == 0 && s.session.greatestDrawdown == 100)
        #expect(s.at(30, .signal(S.signal(2, at: 30))).last == "s1 intend 00000002 1HZ100V rise 5t 10.00")
    }

    @Test func aPausedDrawdownEndsWithASmallerStakeToo() {
        var s = S.trading { $0.limits.drawdownBasisPoints = 150 }
        #expect(trade(&s, 1, payout: 0, at: 10).last == "s1 paused drawdown_reached by system")
        var plan = s.session.plan
        plan.stakeRule = .fixed(.usd(500))
        _ = s.at(20, .changePlan(S.sessionID, owner: S.owner, plan, by: S.person))
        #expect(s.at(21, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person)) == ["s1 resumed by person"])
        #expect(s.session.currentDrawdown == 100)
    }

    @Test func whoAcceptsADrawdownAcceptsItWhateverPaused() {
        var s = S.trading { $0.limits.drawdownBasisPoints = 500 }
        _ = trade(&s, 1, payout: 0, at: 10)
        _ = s.at(20, .pauseSession(S.sessionID, owner: S.owner, by: S.person))
        #expect(s.at(21, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: true, by: S.person)) == ["s1 resumed by person, drawdown accepted"])
        #expect(s.session.currentDrawdown == 0)
    }

    @Test func aLossThatLeavesNoRoomForThePlansStakePausesUntilTomorrow() {
        var s = S.trading { $0.limits.lossPerDay = .usd(1_500) }
        #expect(trade(&s, 1, payout: 0, at: 10).last == "s1 paused loss_per_day_reached by system", "5.00 would fit, but the plan stakes 10.00")
    }

    @Test func lossesInARowCountOpenContractsToo() {
        var s = S.trading { $0.limits.lossesInARow = 2 }
        _ = trade(&s, 1, payout: 0, at: 10)
        _ = s.at(20, .signal(S.signal(2, at: 20)))
        #expect(s.at(20, .signal(S.signal(3, at: 20, kind: .fall))).last == "s1 refused 00000003 losses_in_a_row_reached (2 against 2), waits")
        _ = s.at(21, S.bought(2, 2, balance: 98_000, at: 20))
        #expect(s.at(22, S.sold(2, for: 0, balance: 98_000)).contains("s1 paused losses_in_a_row_reached by system"))
        #expect(s.at(30, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person)) == ["s1 resumed by person, streak cleared"])
        #expect(s.session.lossesInARow == 0)
    }

    @Test func aFixedStakeAboveTheLimitsIsRefusedAShareIsCapped() {
        var s = S.trading { $0.limits.greatestStake = .usd(500) }
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 refused 00000001 greatest_stake_exceeded (10.00 against 5.00 USD)")
        s = S.trading { $0.limits.riskPerTradeBasisPoints = 50 }
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 refused 00000001 risk_per_trade_exceeded (10.00 against 5.00 USD)")
        s = S.trading {
            $0.stakeRule = .shareOfBalance(basisPoints: 500); $0.limits.greatestStake = .usd(1_234)
        }
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 intend 00000001 1HZ100V rise 5t 12.34")
    }

    @Test func aStakeThatAPersonNamesIsTakenAsItIsAndHeldAgainstEveryLimit() {
        func asked(_ number: UInt64, _ stake: Money) -> Input.Event {
            var signal = S.signal(number, source: "manual", session: S.sessionID)
            signal.stake = stake
            return .signal(signal)
        }
        var s = S.trading { $0.limits = RiskLimits(lossPerDay: .usd(3_000), greatestStake: .usd(2_500)) }
        #expect(s.at(1, asked(1, .usd(2_501))).last == "s1 refused 00000001 greatest_stake_exceeded (25.01 against 25.00 USD)")
        #expect(s.at(1, asked(2, .usd(20))).last == "s1 refused 00000002 stake_below_least (0.20 against 0.35 USD)")
        #expect(s.at(1, asked(3, Money(minorUnits: 100, currency: Currency("EUR", exponent: 2)!))).last == "s1 refused 00000003 stake_currency_differs")
        #expect(s.at(1, asked(4, .usd(2_000))).last == "s1 intend 00000004 1HZ100V rise 5t 20.00", "the plan says 10.00")
        #expect(s.at(1, asked(5, .usd(1_001))).last == "s1 refused 00000005 loss_per_day_reached (30.01 against 30.00 USD), waits")
    }

    @Test func aShareOfTheBalanceIsRoundedDownToTheCent() {
        var s = S.trading(balance: 33_333) { $0.stakeRule = .shareOfBalance(basisPoints: 100) }
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 intend 00000001 1HZ100V rise 5t 3.33")
        #expect(s.at(1, .signal(S.signal(2, kind: .fall))).last == "s1 intend 00000002 1HZ100V fall 5t 3.30", "of what is left after the first is held")
    }

    @Test(arguments: [(20, "stake_below_least (0.20 against 0.35 USD)"), (250_000, "stake_above_most (2500.00 against 2000.00 USD)")] as [(Int64, String)])
    func theBrokersBoundsHold(_ stake: Int64, line: String) {
        var s = S.trading(balance: 1_000_000) { $0.stakeRule = .fixed(.usd(stake)) }
        #expect(s.at(1, .signal(S.signal(1))).last == "s1 refused 00000001 \(line)")
    }

    @Test func whatIsNotThereIsNotStaked() {
        var s = S.trading(balance: 1_500)
        _ = s.at(1, .signal(S.signal(1)))
        #expect(s.at(1, .signal(S.signal(2, kind: .fall))).last == "s1 refused 00000002 balance_too_low (10.00 against 5.00 USD)")
    }

    @Test func limitsOfTheAccountAndTheOwnerHoldOverAllSessions() {
        var s = S.trading()
        _ = s.at(1, .setAccountLimits(S.accountID, owner: S.owner, ExposureLimits(openExposure: .usd(1_500)), by: S.person))
        _ = s.at(2, .signal(S.signal(1)))
        #expect(s.at(2, .signal(S.signal(2, kind: .fall))).last == "s1 refused 00000002 account_open_exposure_reached (20.00 against 15.00 USD), waits")
        _ = s.at(
            3, .setAccountLimits(S.accountID, owner: S.owner, .none, by: S.person), .setOwnerLimits(S.owner, ExposureLimits(openContracts: 1), by: S.person))
        #expect(s.at(3, .signal(S.signal(3, kind: .even))).last == "s1 refused 00000003 owner_open_contracts_reached (1 against 1), waits")
    }

    @Test func theFourQuestionsAreAnsweredByWhatDecides() {
        var s = S.trading { $0.limits = RiskLimits(tradesPerDay: 3, lossPerDay: .usd(1_500), drawdownBasisPoints: 500, lossesInARow: 1) }
        let now = S.start.adding(seconds: 5)
        #expect(s.engine.canExecuteTrade(S.sessionID, at: now)?.isAllowed == true)
        #expect(s.engine.canExecuteTrade(S.sessionID, stake: .usd(1_501), at: now)?.refusals.map(\.code) == [.lossPerDayReached])
        _ = s.at(6, .signal(S.signal(1)))
        #expect(
            s.engine.canExecuteTrade(S.sessionID, stake: .usd(1_000), terms: ContractTerms(symbol: S.symbol, kind: .rise, duration: .ticks(5)), at: now)?
                .refusals.map(\.code) == [.lossPerDayReached, .accountBusy])
        #expect(s.engine.checkConsecutiveLosses(S.sessionID, at: now)?.refusals.map(\.code) == [.lossesInARowReached])
        #expect(s.engine.checkDailyLimits(S.sessionID, at: now)?.refusals.map(\.code) == [.lossPerDayReached], "10.00 are open, and the plan stakes 10.00")
        #expect(s.engine.checkDrawdown(S.sessionID, at: now)?.isAllowed == true)
        #expect(s.engine.checkDrawdown(SessionID(rawValue: 9), at: now) == nil)
        _ = s.at(7, .ask(S.sessionID, owner: S.owner, .consecutiveLosses))
        guard case .risk(let answer) = s.answers[0] else { Issue.record("no answer"); return }
        #expect(!answer.isAllowed && answer.picture.open == 1)
    }

    @Test func yesterdaysProfitHeardTodayWidensNothing() {
        var s = S.trading { $0.limits.lossPerDay = .usd(3_000) }
        let late = Int64(14 * 3_600 - 20)
        _ = s.at(late, .signal(S.signal(1, at: late)))
        _ = s.at(late, S.bought(1, 1, balance: 99_000, at: late))
        _ = s.at(late + 30, S.sold(1, for: 10_000, balance: 109_000, at: late + 5))
        #expect(s.session.profitToday == .usd(0) && s.session.profit == .usd(9_000), "it was won before midnight")
    }

    @Test func aPersonsResumeAlwaysGetsPastTheStreak() {
        var s = S.trading { $0.limits.lossesInARow = 1 }
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(1, S.bought(1, 1, balance: 99_000, at: 1))
        _ = s.at(2, .pauseSession(S.sessionID, owner: S.owner, by: S.person))
        _ = s.at(7, S.sold(1, for: 0, balance: 99_000, at: 7))
        #expect(s.at(8, .resumeSession(S.sessionID, owner: S.owner, acceptDrawdown: false, by: S.person)) == ["s1 resumed by person, streak cleared"])
    }

    @Test func whatEndedEarlierDoesNotEndAStreak() {
        var s = S.trading()
        for number in 1...2 as ClosedRange<UInt64> {
            _ = s.at(1, .signal(S.signal(number, kind: number == 1 ? .rise : .fall)), S.bought(number, Int64(number), balance: 98_000, at: 1))
        }
        _ = s.at(20, S.sold(2, for: 0, balance: 98_000, at: 12))
        _ = s.at(20, S.sold(1, for: 1_950, balance: 99_950, at: 8))
        #expect(s.session.lossesInARow == 1, "by the broker's time the loss came last")
    }

    @Test func anEmergencyStopVoidsTheBuyOfItsTurn() {
        var s = S.trading()
        #expect(
            s.at(1, .signal(S.signal(1)), .emergencyStop(S.owner, by: S.person)).suffix(3) == [
                "o1 emergency stop by person", "s1 unsent 00000001", "s1 stopped by person",
            ])
        #expect(s.commands == [])
    }

    @Test func oneLoginIsOneAccount() {
        var s = S.trading()
        _ = s.at(1, .addAccount(AccountID(rawValue: 2), owner: OwnerID(rawValue: 2), s.account.profile))
        #expect(s.answers == [.declined(.accountExists)])
    }

    /// Its limit of the day, and its owner's, know what it lost under the entry that was removed; of another person's it is none of theirs.
    @Test(arguments: [false, true]) func anAccountThatIsAddedAgainGoesOnWithItsDay(ofOwner: Bool) throws {
        var s = S.trading()
        let limits = ExposureLimits(lossPerDay: .usd(1_500)), again = AccountID(rawValue: 7), second = SessionID(rawValue: 2), profile = s.account.profile
        _ = trade(&s, 1, payout: 0, at: 10)
        _ = s.at(20, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        func add(_ id: AccountID, _ owner: OwnerID, at second: Int64) {
            _ = s.at(second, .addAccount(id, owner: owner, profile))
            #expect(s.answers == [.done])
        }
        _ = s.at(21, .removeAccount(S.accountID, owner: S.owner, by: S.person))
        add(AccountID(rawValue: 5), OwnerID(rawValue: 2), at: 22)
        #expect(s.engine.state.accounts[AccountID(rawValue: 5)].profitOfDay == .usd(0))
        _ = s.at(23, .removeAccount(AccountID(rawValue: 5), owner: OwnerID(rawValue: 2), by: S.person))
        add(again, S.owner, at: 24)
        #expect(s.engine.state.accounts[again].profitOfDay == .usd(-1_000) && s.engine.state.accounts[S.accountID].profitOfDay == .usd(0))
        let plan = SessionPlan(
            name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)), duration: .ticks(5), openContracts: 100)
        _ = s.at(
            30, .createSession(second, owner: S.owner, account: again, plan, by: S.person), .startSession(second, owner: S.owner, by: S.person),
            ofOwner ? .setOwnerLimits(S.owner, limits, by: S.person) : .setAccountLimits(again, owner: S.owner, limits, by: S.person),
            .broker(again, .lineUp(balance: .usd(99_000), newest: TransactionID(rawValue: 11))), .broker(again, .offers(S.symbol, S.offers(S.symbol))))
        _ = s.at(30, .broker(again, .lookedUp(.quiet(balance: .usd(99_000), at: S.start.adding(seconds: 30), newest: 11))))
        let code = ofOwner ? "owner_loss_per_day_reached" : "account_loss_per_day_reached"
        let told = s.at(31, .signal(S.signal(2, at: 31))).last ?? ""
        #expect(told.hasPrefix("s2 refused 00000002 \(code) (20.00 against 15.00 USD)"), "\(told)")
        // Another day is another day.
        let midnight: Int64 = 14 * 3_600
        #expect(s.at(midnight + 9, .signal(S.signal(3, at: midnight + 9))).last?.contains("intend") == true)
    }

    /// A buy that was given up may turn up yet: while its stake is held its account stays.
    @Test func anAccountWithAStakeThatIsHeldIsNotRemoved() {
        var settings = EngineSettings()
        (settings.quarantineSeconds, settings.statementLagSeconds, settings.tombstoneSeconds) = (2, 2, 60)
        var s = S.trading(settings: settings)
        _ = s.at(1, .signal(S.signal(1)))
        _ = s.at(2, .broker(S.accountID, .lineDown(cause: Label("asked to")!, clean: true)))
        _ = s.at(2, .stopSession(S.sessionID, owner: S.owner, by: S.person))
        _ = s.at(6, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        for second in stride(from: Int64(6), through: 40, by: 2) {
            let about = s.account.unresolved.filter { !$0.isAbandoned }.map(\.intent.id)
            _ = s.at(second, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(100_000), at: S.start.adding(seconds: second), about: about))), .deadline)
        }
        #expect(s.account.unresolved.map(\.isAbandoned) == [true])
        _ = s.at(41, .removeAccount(S.accountID, owner: S.owner, by: S.person))
        #expect(s.answers == [.declined(.accountInUse)])
        _ = s.at(120, .deadline)
        _ = s.at(121, .removeAccount(S.accountID, owner: S.owner, by: S.person))
        #expect(s.answers == [.done])
    }

    /// Our time may be a little behind the broker's, where it is the next day already.
    @Test func whatTheBrokerSoldAfterMidnightCountsThoughWeHeardOfItBefore() {
        var s = S.trading { $0.limits.tradesPerDay = 2 }
        let midnight: Int64 = 14 * 3_600
        _ = s.at(midnight - 1, .signal(S.signal(1, at: midnight - 1)), .signal(S.signal(2, at: midnight - 1, kind: .fall)))
        _ = s.at(midnight - 1, S.bought(1, 1, balance: 99_000, at: midnight - 1), S.bought(2, 2, balance: 98_000, at: midnight))
        #expect(s.session.tradesToday == 2)
        _ = s.at(midnight, .deadline)
        #expect(s.session.tradesToday == 1, "one was sold on the new day")
    }

    @Test func aLossAfterTheBrokersMidnightCountsForTheNewDayThoughWeHeardOfItBefore() {
        var s = S.trading { $0.limits.lossPerDay = .usd(1_500) }
        let midnight: Int64 = 14 * 3_600
        _ = s.at(midnight - 1, .signal(S.signal(1, at: midnight - 1)))
        _ = s.at(midnight - 1, S.bought(1, 1, balance: 99_000, at: midnight - 1))
        _ = s.at(midnight - 1, S.sold(1, for: 0, balance: 99_000, at: midnight))
        _ = s.at(midnight, .deadline)
        #expect(s.session.profitToday == .usd(-1_000) && s.account.profitOfDay(at: S.start.adding(seconds: midnight)) == .usd(-1_000))
    }

    /// Our time may also be a little ahead: the broker may still sell on the day before.
    @Test func inItsFirstSecondsADayCountsWithTheOneBefore() {
        var s = S.trading { $0.limits.tradesPerDay = 1 }
        let midnight: Int64 = 14 * 3_600
        _ = trade(&s, 1, payout: 1_950, at: 10)
        _ = s.at(midnight, .deadline)
        #expect(s.session.phase == .active && s.session.tradesToday == 0)
        #expect(s.at(midnight + 2, .signal(S.signal(2, at: midnight + 2))).last?.contains("trades_per_day_reached") == true)
        #expect(s.at(midnight + 3, .signal(S.signal(3, at: midnight + 3))).last?.contains("intend") == true)
    }

    @Test func aBuyJustBeforeMidnightCountsForBothDays() {
        var s = S.trading { $0.limits.tradesPerDay = 1 }
        let late = Int64(14 * 3_600 - 10)
        _ = s.at(late, .signal(S.signal(1, at: late)))
        _ = s.at(late + 10, .deadline)
        #expect(s.session.tradesToday == 1, "the broker may sell it on either side")
        #expect(
            s.at(late + 11, .broker(S.accountID, .buyRejected(S.intent(1), Rejection(code: Label("PriceMoved")!)))).contains("s1 rejected 00000001 PriceMoved"))
        #expect(s.session.tradesToday == 0)
    }
}
