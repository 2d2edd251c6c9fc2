// Mistakes on purpose, for the test of the tests. They exist only in a build with the package trait `SeededBugs`: each is planted where
// such a mistake would be made, switched on by name at run time, and the fault simulation must find it.
#if SeededBugs
public enum SeededBug: String, CaseIterable, Sendable {
    // The life of a buy.
    case resendsUnanswered, releasesUnanswered, recordsAfterSending, unansweredIsUnsent, takesAnyErrorForRefusal, takesAbsenceForProof, acceptsGaps
    case checksNoChain, quarantineTooShort, everyEndIsClean, readsOnePage, knowsOnlyWhatItAsked, matchesClaimedContracts
    case matchesByPriceAlone, takesTheFirstCandidate, buysWhileInDoubt, sendsTwoAlike, sendsLate, releasesAtOnce, settlesTwice, acceptsSignalsTwice
    // Limits.
    case profitWidensTheRoom, countsRealisedLossOnly, heldStakesAreFree, openIsNotYetLost, oneTradeTooMany, midnightIsNotGuarded, yesterdaysProfitIsTodays,
        tomorrowsProfitIsTodays
    case forgetsTheGreatestStake, risksWhatIsHeld, drawdownFromTheStart, lateWinRaisesNoPeak, rejectionEndsTheStreak, forgetsAccountLimits
    case addedAgainIsANewDay, forgetsOwnerLimits, capsNoPrice, buysAtAnyPayout, countsInMemoryOnly
    // The promise lock.
    case raisesActAtOnce, waitsEndWithTheProcess, raisesActWhileLosing, losingDaysAreUTC, newSessionsAreFree, stakesByHandAreFree, lowerPartsWaitToo
    case anotherRaiseGoesOnWaiting, takenBackStillActs, shorterWaitsActAtOnce, keysMayRaise
    // Phases and time.
    case stoppingStillBuys, pausedStillBuys, forgetsTheEmergencyStop, followsExpiredSignals, daysAreUTC, standardTimeAllYear, timeGoesBack
    case oneAnswerMovesTime, trustsAnyClock, ticksGoBack, believesAnyTick
    // Money, records, requests.
    case moneyIsABinaryFraction, keepsTheFirstWord, recordsNoQuote, tablesMissRejections, reconnectsAtOnce, asksRefusedTokensAtOnce
    // The database.
    case syncsNormally, writesRowsAfterTheFacts, swallowsWriteErrors, sharesTheFile, snapshotsOneAhead, epochIsNotChecked

    /// The one that is at work. Set before anything runs and not changed while it does.
    nonisolated(unsafe) public static var planted: SeededBug?

    @inline(__always) public var isPlanted: Bool { SeededBug.planted == self }
}
#endif
