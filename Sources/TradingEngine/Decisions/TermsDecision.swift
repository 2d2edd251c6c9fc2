import TradingModel

/// Which contract: what the signal asks for, if the broker sells it.
enum TermsDecision {
    @inline(__always) static func terms(_ signal: Signal, plan: SessionPlan) -> ContractTerms {
        ContractTerms(symbol: signal.symbol, kind: signal.kind, duration: signal.duration ?? plan.duration)
    }

    /// `offers` is nil while the broker has not yet said what it sells on the symbol.
    static func offer(_ terms: ContractTerms, offers: [Offer]?) -> Result<Offer, Missing> {
        guard let offers else { return .failure(Missing(refusal: Refusal(.offersUnknown, waitingHelps: true))) }
        guard let offer = offers.first(where: { $0.covers(terms) }) else { return .failure(Missing(refusal: Refusal(.contractNotOffered))) }
        return .success(offer)
    }

    struct Missing: Error { var refusal: Refusal }
}
