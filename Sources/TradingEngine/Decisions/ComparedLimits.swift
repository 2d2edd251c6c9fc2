public import TradingModel

/// One comparison of the decision to buy, with its numbers: what stood, what the new stake makes of it, what is allowed.
public struct ComparedLimit: Hashable, Sendable {
    public enum Name: String, Hashable, Sendable, CaseIterable {
        case balance
        case stakeRule = "stake_rule"
        case openContracts = "open_contracts"
        case tradesPerDay = "trades_per_day"
        case lossPerDay = "loss_per_day"
        case greatestStake = "greatest_stake"
        case riskPerTrade = "risk_per_trade"
        case drawdown
        case lossesInARow = "losses_in_a_row"
        case leastPayout = "least_payout"
        case accountLossPerDay = "account_loss_per_day"
        case accountOpenExposure = "account_open_exposure"
        case accountOpenContracts = "account_open_contracts"
        case ownerLossPerDay = "owner_loss_per_day"
        case ownerOpenExposure = "owner_open_exposure"
        case ownerOpenContracts = "owner_open_contracts"
    }

    public let name: Name
    /// Minor units, or counts.
    public let isMoney: Bool
    /// Before.
    public let stood: Int64
    /// With the new stake, or the new contract.
    public let with: Int64
    /// The most that is allowed.
    public let limit: Int64
    /// Where the limit, or what is asked for, is a share: of how much, in basis points.
    public let share: Share?

    public struct Share: Hashable, Sendable {
        public let of: Int64
        public let basisPoints: Int64
    }

    init(_ name: Name, isMoney: Bool, stood: Int64, adding: Int64, limit: Int64, share: Share? = nil) {
        (self.name, self.isMoney, self.stood, with, self.limit, self.share) = (name, isMoney, stood, stood + adding, limit, share)
    }

    public var holds: Bool { with <= limit }
}

extension TradingEngine {
    /// What `decide` compared when it came to this intent: every limit that was on, from the state that it was decided in.
    /// `signalStake`: what the signal itself asked for. Nil when the session or its account is not known.
    public func compared(_ intent: BuyIntent, signalStake: Money?) -> [ComparedLimit]? {
        guard let session = state.sessions.find(intent.id.session), let account = state.accounts.find(intent.account),
            let owner = state.owners.find(session.owner)
        else { return nil }
        let now = intent.intendedAt, stake = intent.stake.amount, units = stake.minorUnits
        var picture = RiskPicture(session, available: account.available)
        if now < session.dayFrom.adding(seconds: Session.dayUncertainSeconds) { picture.countTheDayBefore(session) }
        if session.endedLately.isAhead(of: now) { picture.countTheDayAfter(session, from: reference.today(in: session.plan.zone, at: now).until) }
        var rows = [ComparedLimit(.balance, isMoney: true, stood: 0, adding: units, limit: account.available.minorUnits)]
        if signalStake == nil { rows += stakeRule(session.plan.stakeRule, units: units, available: account.available) }
        rows.append(ComparedLimit(.openContracts, isMoney: false, stood: Int64(picture.open), adding: 1, limit: Int64(session.plan.openContracts)))
        rows += own(session.plan.limits, picture, units: units, available: account.available)
        if let basisPoints = session.plan.leastPayoutBasisPoints, let quoted = intent.quotedPayout {
            rows.append(
                ComparedLimit(
                    .leastPayout, isMoney: true, stood: QuoteDecision.leastPayout(stake, basisPoints: basisPoints).minorUnits, adding: 0,
                    limit: quoted.minorUnits, share: .init(of: units, basisPoints: basisPoints)))
        }
        rows += exposure(
            account.limits, self.picture(of: [account.id], currency: stake.currency, at: now), stake,
            (.accountLossPerDay, .accountOpenExposure, .accountOpenContracts))
        rows += exposure(
            owner.limits, self.picture(of: owner.accounts, currency: stake.currency, at: now), stake,
            (.ownerLossPerDay, .ownerOpenExposure, .ownerOpenContracts))
        return rows
    }

    private func stakeRule(_ rule: StakeRule, units: Int64, available: Money) -> [ComparedLimit] {
        switch rule {
        case .fixed(let amount): [ComparedLimit(.stakeRule, isMoney: true, stood: 0, adding: units, limit: amount.minorUnits)]
        case .shareOfBalance(let basisPoints):
            [
                ComparedLimit(
                    .stakeRule, isMoney: true, stood: 0, adding: units, limit: rule.amount(forAvailable: available).minorUnits,
                    share: .init(of: available.minorUnits, basisPoints: basisPoints))
            ]
        }
    }

    private func own(_ limits: RiskLimits, _ picture: RiskPicture, units: Int64, available: Money) -> [ComparedLimit] {
        var rows: [ComparedLimit] = []
        if let limit = limits.tradesPerDay {
            rows.append(ComparedLimit(.tradesPerDay, isMoney: false, stood: Int64(picture.tradesToday), adding: 1, limit: Int64(limit)))
        }
        if let limit = limits.lossPerDay {
            rows.append(
                ComparedLimit(
                    .lossPerDay, isMoney: true, stood: picture.exposure + max(0, -picture.profitToday), adding: units, limit: limit.minorUnits))
        }
        if let limit = limits.greatestStake {
            rows.append(ComparedLimit(.greatestStake, isMoney: true, stood: 0, adding: units, limit: limit.minorUnits))
        }
        if let basisPoints = limits.riskPerTradeBasisPoints {
            let most = Money(minorUnits: max(0, available.minorUnits), currency: available.currency).share(basisPoints: basisPoints)
            rows.append(
                ComparedLimit(
                    .riskPerTrade, isMoney: true, stood: 0, adding: units, limit: most.minorUnits,
                    share: .init(of: max(0, available.minorUnits), basisPoints: basisPoints)))
        }
        if let basisPoints = limits.drawdownBasisPoints {
            // A whole number is at most a share exactly when it is at most the share rounded down.
            let most = Money(minorUnits: max(0, picture.peak), currency: available.currency).share(basisPoints: basisPoints)
            rows.append(
                ComparedLimit(
                    .drawdown, isMoney: true, stood: picture.peak - picture.equity + picture.exposure, adding: units, limit: most.minorUnits,
                    share: .init(of: max(0, picture.peak), basisPoints: basisPoints)))
        }
        if let limit = limits.lossesInARow {
            rows.append(ComparedLimit(.lossesInARow, isMoney: false, stood: Int64(picture.lossesInARow + picture.open), adding: 1, limit: Int64(limit)))
        }
        return rows
    }

    private func exposure(
        _ limits: ExposureLimits, _ picture: ExposureDecision.Picture, _ stake: Money,
        _ names: (loss: ComparedLimit.Name, exposure: ComparedLimit.Name, contracts: ComparedLimit.Name)
    ) -> [ComparedLimit] {
        var rows: [ComparedLimit] = []
        if let limit = limits.lossPerDay, limit.currency == stake.currency {
            rows.append(
                ComparedLimit(
                    names.loss, isMoney: true, stood: picture.exposure + max(0, -picture.profitToday), adding: stake.minorUnits, limit: limit.minorUnits))
        }
        if let limit = limits.openExposure, limit.currency == stake.currency {
            rows.append(ComparedLimit(names.exposure, isMoney: true, stood: picture.exposure, adding: stake.minorUnits, limit: limit.minorUnits))
        }
        if let limit = limits.openContracts {
            rows.append(ComparedLimit(names.contracts, isMoney: false, stood: Int64(picture.open), adding: 1, limit: Int64(limit)))
        }
        return rows
    }
}
