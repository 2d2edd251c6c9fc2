import TradingModel

/// May a buy leave on this account at all? The broker takes no client order id, so two buys without an answer must be
/// told apart by what they buy, and nothing leaves while one is in doubt.
enum GateDecision {
    @inline(__always) static func refusal(_ account: Account, settings: EngineSettings) -> Refusal? {
        if !account.profile.isVirtual, !settings.allowsRealTrading { return Refusal(.realTradingNotEnabled) }
        if account.line != .up { return Refusal(.accountOffline, waitingHelps: account.line != .refused) }
        if account.isInDoubt { return Refusal(.accountInDoubt, waitingHelps: true) }
        return nil
    }

    @inline(__always) static func busy(_ account: Account, terms: ContractTerms, stake: Money) -> Refusal? {
        account.unresolved.contains { $0.isInFlight && $0.intent.terms == terms && $0.intent.stake.amount == stake }
            ? Refusal(.accountBusy, waitingHelps: true) : nil
    }
}
