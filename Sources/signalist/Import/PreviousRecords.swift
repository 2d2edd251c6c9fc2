import PlainJSON
import PreviousImport
import SQLiteStore
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// From documents of the previous system to records of ours. Nothing is decided here that a rule of the import did not
/// let through.
enum PreviousRecords {
    /// What the previous system bought when nothing else was said.
    static let duration = ContractDuration(5, .minutes)!
    static let openContracts: Int32 = 100
    static let broker = Label("deriv")!
    static let source = Label("previous")!
    /// Flags that are a remark and hold nothing up.
    static let remarks: Set<ImportFlag> = [.rounded, .cleanedText]

    /// The account as its token says; one without has a login id that the broker has for nobody.
    static func profile(_ user: String, _ token: ImportedDocument?, isTaken: Bool) -> AccountProfile {
        let currency = Currency.named(token?.text("accountCurrency") ?? "USD") ?? .usd
        let login = isTaken ? nil : token?.text("accountId").flatMap { Label($0) }
        return AccountProfile(
            broker: broker, loginID: login ?? Label("unknown-\(user)")!, currency: currency,
            // The previous system called real accounts demo; a demo account's login id says what it is.
            isVirtual: login.map { $0.text.hasPrefix("VRT") } ?? (token?.text("accountType") != "real"))
    }

    static func place(_ token: ImportedDocument?) -> PreviousPlace {
        PreviousPlace(scopes: distinct(token?.texts("scopes") ?? []), isValid: token?.flag("isValid") ?? false, validatedAt: token?.moment("lastValidatedAt"))
    }

    /// Its scopes hold some twice.
    private static func distinct(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) && !$1.contains(" ") { $0.append($1) } }
    }

    static func settings(_ document: ImportedDocument, owner: OwnerID) -> ImportedSettings {
        ImportedSettings(
            id: document.key, owner: owner, place: Int64(document.place), broker: document.text("broker") ?? "", instrument: document.text("instrument") ?? "",
            isEnabled: document.flag("enabled"),
            defaults: PreviousDefaults(
                tradesPerDay: min(document.count("maxDailyTrades"), 1_000_000), dailyLoss: document.basisPoints("maxDailyLoss"),
                riskPerTrade: document.basisPoints("riskPerTrade"), drawdown: document.basisPoints("forceStopDrawdown")),
            body: document.json)
    }

    // MARK: Sessions

    /// - Parameters:
    ///   - trades: those that are filed under it.
    ///   - account: flags of the account, which its sessions share.
    ///   - today: the trading day of the import.
    ///   - reviewsAll: it waits for a person also without a flag.
    static func session(
        _ document: ImportedDocument, trades: [ImportedDocument], account: [ImportFlag], _ currency: Currency, today: TradingDay, reviewsAll: Bool
    ) -> ImportedSession {
        let status = document.text("status") ?? "idle", hasEnded = ["stopped", "error"].contains(status)
        let flags = (document.flags + account).filter { !remarks.contains($0) }
        var hold: SessionHold = []
        if !hasEnded {
            hold.insert(.token)
            if reviewsAll || !flags.isEmpty { hold.insert(.review) }
            if document.flags.contains(.otherBroker) { hold.formUnion([.review, .broker]) }
        }
        func money(_ name: String) -> Money { Money(minorUnits: document.units(name) ?? 0, currency: currency) }
        let strategy = document.text("strategy") ?? "", count = document.count("totalTrades")
        let wins = min(document.count("winningTrades"), count), tally = Tally(trades, today: today)
        return ImportedSession(
            key: document.key, status: status, broker: document.text("broker") ?? "", strategy: strategy, flags: flags.map(\.rawValue), hold: hold,
            plan: plan(document, currency), createdAt: document.moment("createdAt") ?? document.moment("startedAt") ?? Timestamp(milliseconds: 0),
            startedAt: status == "idle" ? nil : document.moment("startedAt"), stoppedAt: hasEnded ? document.moment("stoppedAt") : nil,
            lastTradeAt: document.moment("lastTradeAt") ?? tally.lastAt, failure: document.text("errorMessage"), startBalance: money("startBalance"),
            profit: money("totalProfitLoss"), trades: count, wins: wins, losses: min(document.count("losingTrades"), count - wins),
            day: hasEnded ? nil : today, tradesToday: hasEnded ? 0 : tally.tradesToday,
            profitToday: Money(minorUnits: hasEnded ? 0 : tally.profitToday, currency: currency),
            // That system never counted them in the session.
            lossesInARow: Int32(clamping: max(document.count("consecutiveLosses"), hasEnded ? 0 : Int64(tally.lossesInARow))))
    }

    /// The session that a user's trades without one are filed under: it has stopped, and is what they come to.
    static func holder(of trades: [ImportedDocument], user: String, startBalance: Int64?, _ currency: Currency) -> ImportedSession {
        let entries = trades.compactMap { $0.moment("entryTimestamp") }, profits = trades.map { $0.units("realizedPnl") ?? 0 }
        let from = entries.min() ?? Timestamp(milliseconds: 0),
            until = trades.compactMap { $0.moment("exitTimestamp") ?? $0.moment("entryTimestamp") }.max() ?? from
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        return ImportedSession(
            key: "no-session-\(user)", status: "stopped", broker: "deriv", strategy: "none", flags: [ImportFlag.noSession.rawValue], hold: [],
            plan: SessionPlan(name: Label("trades without a session")!, stakeRule: .shareOfBalance(basisPoints: 0), duration: duration), createdAt: from,
            startedAt: from, stoppedAt: until, lastTradeAt: entries.max(), failure: nil, startBalance: money(startBalance ?? 0),
            profit: money(profits.reduce(0, +)),
            trades: Int64(trades.count), wins: Int64(profits.count { $0 > 0 }), losses: Int64(profits.count { $0 < 0 }), day: nil, tradesToday: 0,
            profitToday: money(0), lossesInARow: 0)
    }

    private static func plan(_ document: ImportedDocument, _ currency: Currency) -> SessionPlan {
        func positive(_ name: String) -> Money? { document.units(name).flatMap { $0 > 0 ? Money(minorUnits: $0, currency: currency) : nil } }
        func unlessZero(_ value: Int64) -> Int64? { value == 0 ? nil : value }
        let perTrade = document.basisPoints("riskSettings.riskPerTrade")
        return SessionPlan(
            name: Label(document.text("strategy") ?? "") ?? Label("imported")!,
            criteria: SignalCriteria(
                symbols: document.texts("signalFilters.symbols").compactMap { Symbol($0) },
                sources: document.texts("signalFilters.sources").compactMap { Label($0) },
                strategies: document.texts("signalFilters.strategies").compactMap { Label($0) }),
            stakeRule: .shareOfBalance(basisPoints: perTrade),
            limits: RiskLimits(
                tradesPerDay: unlessZero(min(document.count("riskSettings.maxTradesPerDay"), 1_000_000)).map { Int32($0) },
                lossPerDay: positive("riskSettings.dailyLossLimit"), greatestStake: positive("riskSettings.maxStakeSize"),
                riskPerTradeBasisPoints: unlessZero(perTrade), drawdownBasisPoints: unlessZero(document.basisPoints("riskSettings.autoStopDrawdown")),
                lossesInARow: unlessZero(min(document.count("riskSettings.maxConsecutiveLosses"), 1_000)).map { Int32($0) }),
            duration: duration, openContracts: openContracts)
    }

    /// What a session's trades say of its day and its streak.
    private struct Tally {
        var lastAt: Timestamp?
        var tradesToday: Int32 = 0
        var profitToday: Int64 = 0
        var lossesInARow: Int32 = 0

        init(_ trades: [ImportedDocument], today: TradingDay) {
            lastAt = trades.compactMap { $0.moment("entryTimestamp") }.max()
            let ended = trades.filter { $0.text("status") != "OPEN" }
                .map { (at: $0.moment("exitTimestamp") ?? $0.moment("entryTimestamp")!, key: $0.key, profit: $0.units("realizedPnl") ?? 0) }
                .sorted { ($0.at, $0.key) < ($1.at, $1.key) }
            for trade in trades where trade.moment("entryTimestamp").map(Tally.day) == today { tradesToday += 1 }
            for one in ended {
                if Tally.day(one.at) == today { profitToday += one.profit }
                lossesInARow = one.profit < 0 ? lossesInARow + 1 : 0
            }
        }

        static func day(_ moment: Timestamp) -> TradingDay { TradingDay(daysSince1970: Int32(TradingDay.floorDivide(moment.milliseconds, 86_400_000))) }
    }

    // MARK: Signals and trades

    static func kind(_ side: String?) -> ContractKind { side == "SELL" ? .fall : .rise }

    static func signal(_ document: ImportedDocument, owner: OwnerID) -> ImportedSignal {
        let at = document.moment("createdAt") ?? Timestamp(milliseconds: 0)
        return ImportedSignal(
            key: document.key, status: document.text("status") ?? "active",
            signal: Signal(
                id: SignalIdentity.id(owner: owner, source: source, key: document.key), owner: owner, source: Label(document.text("source") ?? "") ?? source,
                symbol: Symbol(document.text("symbol") ?? "")!, kind: kind(document.text("action")), issuedAt: at,
                validUntil: document.moment("expiresAt") ?? at.adding(seconds: Signal.validSeconds)))
    }

    /// The signal that a trade names, or nil.
    static func signalKey(_ document: ImportedDocument) -> String? {
        guard let reason = document.text("entryReason"), reason.hasPrefix("Signal: ") else { return nil }
        let key = String(reason.dropFirst(8))
        return key.isEmpty || key.contains("\n") ? nil : key
    }

    static func trade(_ document: ImportedDocument, _ currency: Currency, signal: SignalID, contract: ContractID) -> ImportedTrade {
        func decimal(_ name: String) -> String? { document.number(name).map { Decimals.text($0.mantissa, decimals: $0.scale) } }
        return ImportedTrade(
            key: document.key, status: document.text("status") ?? "OPEN", broker: document.text("broker") ?? "", signal: signal,
            terms: ContractTerms(symbol: Symbol(document.text("symbol") ?? "")!, kind: kind(document.text("side")), duration: duration),
            price: Money(minorUnits: document.units("lotOrStake") ?? 0, currency: currency),
            profit: document.units("realizedPnl").map { Money(minorUnits: $0, currency: currency) }, contract: contract,
            contractText: document.text("brokerTradeId"), enteredAt: document.moment("entryTimestamp") ?? Timestamp(milliseconds: 0),
            exitedAt: document.moment("exitTimestamp"), entryPrice: decimal("entryPrice") ?? "0", exitPrice: decimal("exitPrice"),
            entryReason: document.text("entryReason"), exitReason: document.text("exitReason"))
    }
}
