import TradingModel

/// May a buy leave on this account at all? The broker takes no client order id, so two buys without an answer must be
/// told apart by what they buy, and nothing leaves while one is in doubt.
enum GateDecision {
    static func refusal(_ account: Account, settings: EngineSettings) -> Refusal? {
        if !account.profile.isVirtual, !settings.allowsRealTrading { return Refusal(.realTradingNotEnabled) }
        if account.line != .up { return Refusal(.accountOffline, waitingHelps: account.line != .refused) }
        if account.isInDoubt { return Refusal(.accountInDoubt, waitingHelps: true) }
        return nil
    }

    static func busy(_ account: Account, terms: ContractTerms, stake: Money) -> Refusal? {
        for other in account.unresolved where other.isInFlight && other.intent.terms == terms && other.intent.stake.amount == stake {
            return Refusal(.accountBusy, waitingHelps: true)
        }
        return nil
    }
}
