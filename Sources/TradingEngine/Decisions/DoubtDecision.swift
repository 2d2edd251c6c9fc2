import TradingModel

/// What became of a buy without an answer, judged from what a look-up found. Absence counts only when it is proven:
/// N1 the connection has been closed for so long that nothing sent on it can newly appear, N2 the statement's balances
/// form a chain without a gap, N3 two such look-ups agree a statement's lag apart. Never by time alone.
enum DoubtDecision: Equatable {
    case bought(Booking)
    case ambiguous([Booking])
    /// No trace. `proves`: N1 and N2 hold for this look-up.
    case noTrace(proves: Bool)
    case notBought

    static func judge(_ intent: IntentID, _ doubt: Doubt, _ findings: Findings, isKnown: (ContractID) -> Bool, settings: EngineSettings) -> DoubtDecision {
        var candidates: [Booking] = []
        for booking in findings.bookings where booking.action == .buy && booking.mayBe.contains(intent) {
            #if SeededBugs
            if SeededBug.matchesClaimedContracts.isPlanted, candidates.isEmpty { candidates.append(booking) }
            #endif
            guard let contract = booking.contract, !isKnown(contract), !candidates.contains(where: { $0.contract == contract }) else { continue }
            candidates.append(booking)
        }
        #if SeededBugs
        if SeededBug.takesTheFirstCandidate.isPlanted, let first = candidates.first { return .bought(first) }
        #endif
        if candidates.count == 1 { return .bought(candidates[0]) }
        if candidates.count > 1 { return .ambiguous(candidates) }
        #if SeededBugs
        if SeededBug.takesAbsenceForProof.isPlanted { return .notBought }
        if SeededBug.acceptsGaps.isPlanted, let closedAt = doubt.closedAt, findings.askedAt >= closedAt.adding(seconds: settings.proofSeconds(doubt)) {
            return .notBought
        }
        #endif
        guard findings.about.contains(intent), findings.chainCloses, let closedAt = doubt.closedAt,
            findings.askedAt >= closedAt.adding(seconds: settings.proofSeconds(doubt))
        else { return .noTrace(proves: false) }
        guard let first = doubt.provenSince, findings.askedAt >= first.adding(seconds: settings.statementLagSeconds) else { return .noTrace(proves: true) }
        return .notBought
    }
}
