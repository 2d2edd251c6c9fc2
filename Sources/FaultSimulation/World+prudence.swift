import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts

/// A change of limits that somebody asked for, with what held then: what it lowers acts by the time it is answered.
struct LimitsAsked: Equatable {
    let subject: Raise.Subject
    let owner: OwnerID
    let wanted: Room, before: Room
    /// Counts what was asked for in the run.
    let number: Int
}

// Owners who promised, when calm, that what they raise waits, and who want more later on: they lower, raise, take back, ask again, begin
// sessions anew, and now and then a program of theirs tries what only a person may.
extension World {
    static let program = Label("program")!

    func prudenceActs() {
        if isCalm { return }
        plan(.prudence, after: prudence.pick(1_000...prudence.pick(4_000...60_000)) * pace)
        let roll = prudence.pick(0...99), account = entry(Int(prudence.pick(0...1))), which = Int(prudence.pick(0...15)),
            isProgram = prudence.chance(percent: 12)
        let owner = accounts[account].owner
        guard let state = process?.turn.engine.state, let own = state.owners.find(owner), let limits = state.accounts.find(accounts[account].id)?.limits
        else { return }
        let sessions = state.sessions.elements.filter { $0.owner == owner && !$0.phase.hasEnded }
        let seconds = own.promiseSeconds, session = sessions.isEmpty ? nil : sessions[which % sessions.count]
        switch roll {
        case _ where seconds == 0, 0..<9: promise(owner, now: seconds, isProgram)
        case 9..<27: change(owner, to: changed(own.limits), isProgram)
        case 27..<45: change(accounts[account].id, of: owner, to: changed(limits), isProgram)
        case 45..<72: if let session { change(session.id, of: owner, to: changed(session.plan), isProgram) }
        // What waits, now and then what does not.
        case 72..<79:
            let id = own.raises.isEmpty || which == 15 ? Int64(which) : own.raises[which % own.raises.count].id
            ask(.takeBackRaise(owner, id, by: World.person), .other)
        case 79..<86:
            guard let session else { return }
            ask(.resumeSession(session.id, owner: owner, acceptDrawdown: true, by: doer(isProgram)), .resume(session.id), mayRaise: !isProgram)
        case 86 where which < 4: ask(.emergencyStop(owner, by: World.person), .emergencyStop(owner))
        case 86..<93: ask(.liftEmergencyStop(owner, by: doer(isProgram)), .liftEmergencyStop(owner), mayRaise: !isProgram)
        default:
            // The way round that comes to mind first.
            guard let session, crowd.sessions < World.sessionsMost - 3 else { return }
            ask(.stopSession(session.id, owner: owner, by: World.person), .stop(session.id))
            createSession(on: index(of: session.account))
        }
    }

    private func doer(_ isProgram: Bool) -> Label { isProgram ? World.program : World.person }

    private func promise(_ owner: OwnerID, now seconds: Int64, _ isProgram: Bool) {
        let drawn = prudence.pick(15...prudence.pick(40...900)) * pace
        let wanted: Int64 =
            switch prudence.pick(0...5) {
            case 0: seconds * 2
            case 1: seconds / 2
            case 2: 0
            case 3: seconds
            default: drawn
            }
        let asked = max(seconds == 0 ? 15 : 0, min(wanted, Owner.promiseSecondsMost))
        ask(.setPromise(owner, seconds: asked, by: doer(isProgram)), limits(.promise, owner, Room(waitingSeconds: asked)), mayRaise: !isProgram)
    }

    // MARK: Changes, by whomever

    func change(_ owner: OwnerID, to new: ExposureLimits, _ isProgram: Bool = false) {
        ask(.setOwnerLimits(owner, new, by: doer(isProgram)), limits(.ownerLimits, owner, Room(new)), mayRaise: !isProgram)
    }

    func change(_ account: AccountID, of owner: OwnerID, to new: ExposureLimits, _ isProgram: Bool = false) {
        ask(.setAccountLimits(account, owner: owner, new, by: doer(isProgram)), limits(.accountLimits(account), owner, Room(new)), mayRaise: !isProgram)
    }

    func change(_ session: SessionID, of owner: OwnerID, to plan: SessionPlan, _ isProgram: Bool = false) {
        ask(.changePlan(session, owner: owner, plan, by: doer(isProgram)), limits(.plan(session), owner, Room(plan)), mayRaise: !isProgram)
    }

    private func limits(_ subject: Raise.Subject, _ owner: OwnerID, _ wanted: Room) -> Asked {
        judge.limitsAsked(subject, owner, wanted).map { .limits($0) } ?? .other
    }

    // MARK: What is wanted

    private func changed(_ limits: ExposureLimits) -> ExposureLimits {
        ExposureLimits(
            lossPerDay: changed(limits.lossPerDay?.minorUnits, most: 30_000).map { .usd($0) },
            openExposure: changed(limits.openExposure?.minorUnits, most: 9_000).map { .usd($0) },
            openContracts: changed(limits.openContracts.map { Int64($0) }, most: 8).map { Int32($0) })
    }

    private func changed(_ plan: SessionPlan) -> SessionPlan {
        var plan = plan
        let limits = plan.limits
        plan.limits = RiskLimits(
            tradesPerDay: changed(limits.tradesPerDay.map { Int64($0) }, most: 60).map { Int32($0) },
            lossPerDay: changed(limits.lossPerDay?.minorUnits, most: 12_000).map { .usd($0) },
            greatestStake: changed(limits.greatestStake?.minorUnits, most: 3_000).map { .usd($0) },
            riskPerTradeBasisPoints: changed(limits.riskPerTradeBasisPoints, most: 60),
            drawdownBasisPoints: changed(limits.drawdownBasisPoints, most: 600),
            lossesInARow: changed(limits.lossesInARow.map { Int64($0) }, most: 7).map { Int32($0) })
        switch prudence.pick(0...9) {
        case 0: plan.stakeRule = .fixed(.usd(prudence.pick(5...20) * 100))
        case 1: plan.stakeRule = .shareOfBalance(basisPoints: prudence.pick(5...40))
        case 2, 3: plan.openContracts = Int32(prudence.pick(1...6))
        default: break
        }
        return plan
    }

    /// The same mostly; else lower, higher, off or another. No more than a few times `most`.
    private func changed(_ value: Int64?, most: Int64) -> Int64? {
        let share = prudence.pick(40...95), other = prudence.pick(max(1, most / 4)...most)
        switch prudence.pick(0...19) {
        case 0...2: return value.map { max(1, $0 * share / 100) } ?? other
        case 3...5: return value.map { min(4 * most, $0 * 100 / share + 1) }
        case 6: return nil
        case 7: return other
        default: return value
        }
    }
}
