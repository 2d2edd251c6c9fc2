import TradingEngine
import TradingModel
import TradingPorts

/// One fact of every case, with what is optional there and not there.
enum FactExamples {
    /// Examples of each kind. The switch names every kind: a new one does not compile until it has its examples.
    static func examples(of kind: FactKind) -> [Fact.Event] {
        switch kind {
        case .emergencyStopped: [.emergencyStopped(by: person)]
        case .emergencyStopLifted: [.emergencyStopLifted(by: person)]
        case .ownerLimitsSet: [.ownerLimitsSet(.none, by: person), .ownerLimitsSet(limits, by: person)]
        case .signalAccepted: [.signalAccepted(signal), .signalAccepted(ofATick), .signalAccepted(bareSignal), .signalAccepted(askedByHand)]
        case .signalCancelled: [.signalCancelled(signal.id, by: person)]
        case .promiseLockSet: [.promiseLockSet(seconds: 0, by: person), .promiseLockSet(seconds: 2_592_000, by: person)]
        case .raiseRequested:
            ([
                .promise(seconds: 0), .ownerLimits(.none), .ownerLimits(limits), .accountLimits(AccountID(rawValue: 3), limits), .plan(id.session, plan),
                .plan(id.session, barePlan), .acceptDrawdown(id.session), .liftEmergencyStop,
            ] as [Raise.Change]).map { .raiseRequested(Raise(id: 7, change: $0, requestedAt: at, dueAt: at.adding(seconds: 3_600), by: person)) }
        case .raiseTakenBack: [.raiseTakenBack(7, by: person)]
        case .operatorsStopped: [.operatorsStopped(reason: "prices \"look\" wrong \\ é 🙂", by: person), .operatorsStopped(reason: "x", by: person)]
        case .operatorsStopLifted: [.operatorsStopLifted(by: person)]
        case .accountAdded:
            [.accountAdded(profile), .accountAdded(AccountProfile(broker: person, loginID: Label("CR1")!, currency: bitcoin, isVirtual: false))]
        case .accountRemoved: [.accountRemoved(by: Label("Zoë \"the\" \\ operator")!)]
        case .accountLimitsSet: [.accountLimitsSet(.none, by: person), .accountLimitsSet(limits, by: person)]
        case .realTradingSet: [.realTradingSet(true, by: person), .realTradingSet(false, by: person)]
        case .lineUp: [.lineUp(balance: usd(100_000), newest: nil), .lineUp(balance: usd(0), newest: transaction)]
        case .loginRefused: [.loginRefused(code: person)]
        case .circuitOpened: [.circuitOpened(cause: person, until: at)]
        case .circuitClosed: [.circuitClosed]
        case .lineDown: [.lineDown(cause: person, clean: true), .lineDown(cause: person, clean: false)]
        case .balanceReported: [.balanceReported(usd(-5), nil), .balanceReported(usd(5), transaction)]
        case .lookUpAsked: [.lookUpAsked]
        case .lookUpEnded: [.lookUpEnded(walkedTo: nil), .lookUpEnded(walkedTo: transaction)]
        case .outsideTradeSeen: [.outsideTradeSeen(ContractID(rawValue: 9), transaction, price: usd(700))]
        case .sessionCreated: [.sessionCreated(plan, by: person), .sessionCreated(barePlan, by: person)]
        case .sessionStarting: [.sessionStarting(by: person)]
        case .sessionStarted: [.sessionStarted(balance: Money(minorUnits: 123_456_789, currency: bitcoin))]
        case .planChanged: [.planChanged(plan, by: person), .planChanged(barePlan, by: person)]
        case .paused: pauses.map { .paused($0, by: person) }
        case .resumed: [.resumed(by: person, streakCleared: true, peakCleared: false), .resumed(by: person, streakCleared: false, peakCleared: true)]
        case .stopping: [.stopping(by: person)]
        case .stopped: [.stopped(by: person)]
        case .failed: [.failed(evidence: "released more than was reserved:\n\t\"-5\" \\ \u{1} é 🙂"), .failed(evidence: "")]
        case .dayOpened:
            [.dayOpened(TradingDay(daysSince1970: 20_779), from: at), .dayOpened(TradingDay(daysSince1970: -1), from: Timestamp(milliseconds: .min))]
        case .signalRefused: refusals.flatMap { [.signalRefused(signal.id, $0, waits: true), .signalRefused(signal.id, $0, waits: false)] }
        case .signalExpired: [.signalExpired(signal.id)]
        case .refusalsCounted: refusals.map { .refusalsCounted(strategy: person, $0, count: 1_234) }
        case .quoteAsked: [.quoteAsked(signal.id, intent(.ticks(5)).terms, stake: usd(1_000))]
        case .buyIntended: durations.map { .buyIntended(intent($0)) } + [.buyIntended(intent(.ticks(1), quotedPayout: usd(1_950)))]
        case .buyUnsent: [.buyUnsent(id)]
        case .buyConfirmed: [.buyConfirmed(id, contract, balance: nil), .buyConfirmed(id, contract, balance: usd(1))]
        case .buyRejected: [.buyRejected(id, Rejection(code: Label("InsufficientBalance")!))]
        case .buyInDoubt: [.buyInDoubt(id, cause: person)]
        case .doubtLookedInto: [.doubtLookedInto(id, proves: true), .doubtLookedInto(id, proves: false)]
        case .buyAmbiguous: [.buyAmbiguous(id, candidates: []), .buyAmbiguous(id, candidates: [contract, contract])]
        case .doubtResolved: [.doubtResolved(id, contract: contract.id, by: person), .doubtResolved(id, contract: nil, by: person)]
        case .buyAbandoned: [.buyAbandoned(id, until: at)]
        case .reservationReleased: [.reservationReleased(id)]
        case .contractAdopted: [.contractAdopted(id, contract)]
        case .settled:
            [
                .settled(id, Settlement(contract: contract.id, transaction: nil, payout: usd(0), settledAt: at), balance: nil),
                .settled(id, Settlement(contract: contract.id, transaction: transaction, payout: usd(1_950), settledAt: at), balance: usd(2)),
            ]
        case .settlementCorrected:
            [
                .settlementCorrected(
                    id, Settlement(contract: contract.id, transaction: transaction, payout: usd(0), settledAt: at), was: usd(1_950), balance: nil),
                .settlementCorrected(
                    id, Settlement(contract: contract.id, transaction: transaction, payout: usd(1_950), settledAt: at), was: usd(0), balance: usd(2)),
            ]
        case .settlementOverdue: [.settlementOverdue(contract.id)]
        case .previousSessionImported: [.previous(.sessionImported(previousSession)), .previous(.sessionImported(barePreviousSession))]
        case .previousSignalImported: [.previous(.signalImported(ImportedSignal(key: "of old", status: "executed", signal: bareSignal)))]
        case .previousTradeImported: [.previous(.tradeImported(previousTrade)), .previous(.tradeImported(barePreviousTrade))]
        case .accountConfirmed: [.previous(.accountConfirmed)]
        case .reviewAccepted: [.previous(.reviewAccepted(by: person))]
        }
    }

    static var all: [Fact.Event] { FactKind.allCases.flatMap(examples) }

    // MARK: Nouns

    static let person = Label("person")!
    static let previousSession = ImportedSession(
        key: "014378ff-80d0-44b2-9d41-7ead8930fbcd", status: "active", broker: "deriv", strategy: "Signalist-SMA-3C", flags: ["percent_loss_limit"],
        hold: [.token, .review], plan: SessionPlan(name: person, stakeRule: .shareOfBalance(basisPoints: 100)), createdAt: at, startedAt: at, stoppedAt: at,
        lastTradeAt: at, failure: "of \"old\"", startBalance: usd(1_000_000), profit: usd(-3_866), trades: 22, wins: 3, losses: 4,
        day: TradingDay(daysSince1970: 20_420), tradesToday: 2, profitToday: usd(-5), lossesInARow: 1)
    static let barePreviousSession = ImportedSession(
        key: "s", status: "stopped", broker: "exness", strategy: "", flags: [], hold: [],
        plan: SessionPlan(name: person, stakeRule: .shareOfBalance(basisPoints: 0)), createdAt: at, startedAt: nil, stoppedAt: nil, lastTradeAt: nil,
        failure: nil, startBalance: Money(minorUnits: 0, currency: bitcoin), profit: Money(minorUnits: 1, currency: bitcoin), trades: 0, wins: 0, losses: 0,
        day: nil, tradesToday: 0, profitToday: Money(minorUnits: 0, currency: bitcoin), lossesInARow: 0)
    static let previousTrade = ImportedTrade(
        key: "PAPER-1764000000000-ab0", status: "MANUAL_CLOSE", broker: "exness", signal: id.signal,
        terms: ContractTerms(symbol: Symbol("R_100")!, kind: .fall, duration: ContractDuration(5, .minutes)!), price: usd(100), profit: usd(-76),
        contract: ContractID(rawValue: -1_234_567_890_123_456_789), contractText: "DERIV-1764000000000-x7", enteredAt: at, exitedAt: at,
        entryPrice: "6094.99", exitPrice: "6094.99", entryReason: "Signal: f3b72cb2", exitReason: "Contract lost")
    static let barePreviousTrade = ImportedTrade(
        key: "t", status: "OPEN", broker: "deriv", signal: id.signal,
        terms: ContractTerms(symbol: Symbol("R_100")!, kind: .rise, duration: ContractDuration(5, .minutes)!), price: usd(0), profit: nil,
        contract: ContractID(rawValue: 7), contractText: nil, enteredAt: at, exitedAt: nil, entryPrice: "0", exitPrice: nil, entryReason: nil,
        exitReason: nil)
    static let bitcoin = Currency("BTC", exponent: 8)!
    static let at = Timestamp(milliseconds: 1_795_342_530_250)
    static let transaction = TransactionID(rawValue: 987_654_321)
    static let id = IntentID(session: SessionID(rawValue: 7), signal: SignalID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210))
    static let limits = ExposureLimits(lossPerDay: usd(5_000), openExposure: Money(minorUnits: Money.most, currency: bitcoin), openContracts: 3)
    static let profile = AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)
    static let contract = Contract(id: ContractID(rawValue: 12), transaction: transaction, price: usd(1_000), payout: usd(1_950), purchasedAt: at)

    static let ofATick: Signal = {
        var signal = FactExamples.signal
        signal.tickAt = Timestamp(milliseconds: 1_795_342_529_000)
        return signal
    }()
    static let signal = Signal(
        id: id.signal, owner: OwnerID(rawValue: 1), session: SessionID(rawValue: 7), source: Label("api")!, strategy: Label("crossover")!,
        symbol: Symbol("1HZ100V")!, kind: .even, duration: ContractDuration(2, .minutes)!, issuedAt: at, validUntil: at.adding(seconds: 60))
    static let bareSignal = Signal(
        id: SignalID(high: 0, low: 1), owner: OwnerID(rawValue: .max), source: Label("a person")!, symbol: Symbol("R_10")!, kind: .odd,
        issuedAt: at, validUntil: .distantFuture)

    static let askedByHand = Signal(
        id: SignalID(high: 2, low: 3), owner: OwnerID(rawValue: 1), session: SessionID(rawValue: 7), source: Label("manual")!, symbol: Symbol("R_10")!,
        kind: .fall, duration: .ticks(5), stake: usd(1_234), issuedAt: at, validUntil: at.adding(seconds: 10))

    static let plan = SessionPlan(
        name: Label("every member")!,
        criteria: SignalCriteria(
            symbols: [Symbol("R_10")!, Symbol("1HZ100V")!], sources: [Label("api")!], strategies: [Label("crossover")!, Label("even_odd")!]),
        strategies: [
            StrategyChoice(
                name: Label("crossover")!,
                parameters: [StrategyParameter(name: Label("fast")!, value: 9), StrategyParameter(name: Label("odd one")!, value: .min)]),
            StrategyChoice(name: Label("even_odd")!),
        ],
        stakeRule: .fixed(usd(1_000)),
        limits: RiskLimits(
            tradesPerDay: 20, lossPerDay: usd(5_000), greatestStake: usd(1_500), riskPerTradeBasisPoints: 100, drawdownBasisPoints: 1_000, lossesInARow: 5),
        duration: ContractDuration(365, .days)!, openContracts: 100, zone: Label("Europe/Berlin")!,
        leastPayoutBasisPoints: 19_000)
    static let barePlan = SessionPlan(name: Label("bare")!, stakeRule: .shareOfBalance(basisPoints: 250))

    static let pauses: [PauseCause] = [.person, .limitOfTheDay(.tradesPerDayReached), .limit(.drawdownReached), .ambiguous, .adopted, .tokenRefused]

    /// Every code, and every unit of what was compared.
    static let refusals: [Refusal] =
        Refusal.Code.allCases.map { Refusal($0) } + [
            Refusal(.tooManyWaiting, .init(16, against: 16, .count), waitingHelps: true),
            Refusal(.drawdownReached, .init(1_001, against: 1_000, .basisPoints)),
            Refusal(.signalExpired, .init(.min, against: .max, .milliseconds)),
            Refusal(.balanceTooLow, .init(-1, against: 35, .money(bitcoin)), waitingHelps: true),
        ]

    static let durations: [ContractDuration] = [
        .ticks(5), ContractDuration(15, .seconds)!, ContractDuration(2, .minutes)!, ContractDuration(1, .hours)!, ContractDuration(3, .days)!,
    ]

    static func intent(_ duration: ContractDuration, quotedPayout: Money? = nil) -> BuyIntent {
        BuyIntent(
            id: id, account: AccountID(rawValue: 3), terms: ContractTerms(symbol: Symbol("1HZ100V")!, kind: .rise, duration: duration),
            stake: Stake(recorded: usd(1_000)), intendedAt: at, day: TradingDay(daysSince1970: 20_779), quotedPayout: quotedPayout)
    }

    static func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }
}
