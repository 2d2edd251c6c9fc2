import TradingModel

/// May a buy leave on this account at all? The broker takes no client order id, so two buys without an answer must be
/// told apart by what they buy, and nothing leaves while one is in doubt.
enum GateDecision {
    /// `buys` are the account's unresolved ones.
    static func refusal(
        isVirtual: Bool, isRealEnabled: Bool, line: Account.Line, isCircuitOpen: Bool, buys: [UnresolvedBuy], settings: EngineSettings
    ) -> Refusal? {
        if !isVirtual, !settings.allowsRealTrading || !isRealEnabled { return Refusal(.realTradingNotEnabled) }
        if line != .up { return Refusal(.accountOffline, waitingHelps: line != .refused) }
        if isCircuitOpen { return Refusal(.circuitOpen, waitingHelps: true) }
        #if SeededBugs
        if SeededBug.buysWhileInDoubt.isPlanted { return nil }
        #endif
        if buys.contains(where: \.isInDoubt) { return Refusal(.accountInDoubt, waitingHelps: true) }
        return nil
    }

    static func busy(_ buys: [UnresolvedBuy], terms: ContractTerms, stake: Money) -> Refusal? {
        #if SeededBugs
        if SeededBug.sendsTwoAlike.isPlanted { return nil }
        #endif
        for index in buys.indices where buys[index].intent.terms == terms && buys[index].intent.stake.amount == stake && buys[index].isInFlight {
            return Refusal(.accountBusy, waitingHelps: true)
        }
        return nil
    }
}
