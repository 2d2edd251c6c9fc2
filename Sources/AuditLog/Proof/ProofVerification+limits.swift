// The decision with its numbers, computed again from what the file shows.

extension ProofVerification {
    /// Every limit that was on has a row; each row adds up, names the limit that the facts name, and holds.
    func limits() -> Found {
        var found = Found()
        guard let intent, let accepted, let stake = intent.body["stake"]?.units else { return Found(faults: ["there is no intent"]) }
        let plan = bodies.last { ["session_created", "plan_changed"].contains($0.body.kind) }?.body["plan"]
        let isTakenOver = plan == nil && bodies.contains { $0.body.kind == "previous_session_imported" }
        found.expect(plan != nil || isTakenOver, "the session's plan is not shown")
        var rows: [String: TradeProof.Compared] = [:]
        for row in proof.compared { found.expect(rows.updateValue(row, forKey: row.name) == nil, "\(row.name) stands twice") }
        for row in proof.compared { judge(row, stake: stake, quoted: intent.body["quoted_payout"]?.units, &found) }
        var wanted: [Wanted] = [("balance", nil, nil)]
        if let plan { wanted += ProofVerification.wanted(plan, signalStake: accepted.body["stake"] != nil, isQuoted: intent.body["quoted_payout"] != nil) }
        let currency = intent.body["stake"]?["currency"]?.text
        for (kind, of) in [("account_limits_set", "account"), ("owner_limits_set", "owner")] {
            guard let limits = bodies.last(where: { $0.body.kind == kind })?.body["limits"] else { continue }
            for (limit, name) in [("loss_per_day", "loss_per_day"), ("open_exposure", "open_exposure")] {
                if let amount = limits[limit], amount["currency"]?.text == currency { wanted.append(("\(of)_\(name)", amount.units, nil)) }
            }
            if let count = limits["open_contracts"]?.whole { wanted.append(("\(of)_open_contracts", count, nil)) }
        }
        for (name, limit, basisPoints) in wanted {
            guard let row = rows.removeValue(forKey: name) else { found.faults.append("\(name) was not compared"); continue }
            if let limit { found.expect(row.limit == limit, "\(name): the limit was \(limit), not \(row.limit)") }
            found.expect(row.share?.basisPoints == basisPoints, "\(name): another share than the plan's")
            if row.share != nil, ["risk_per_trade", "stake_rule"].contains(name) {
                found.expect(row.share?.of == proof.compared.first { $0.name == "balance" }?.limit, "\(name): a share of another balance")
            }
        }
        if !isTakenOver { for name in rows.keys.sorted() { found.faults.append("\(name): no such limit was on") } }
        found.says = proof.compared.map { "\($0.name) \($0.with) of \($0.limit)" }.joined(separator: ", ")
        return found
    }

    /// Each number follows from the others.
    private func judge(_ row: TradeProof.Compared, stake: Int64, quoted: Int64?, _ found: inout Found) {
        let adding: Int64 = row.name == "least_payout" ? 0 : row.isMoney ? stake : 1
        let (sum, isTooMuch) = row.stood.addingReportingOverflow(adding)
        found.expect(!isTooMuch && row.with == sum, "\(row.name): \(row.stood) and \(adding) are not \(row.with)")
        found.expect(row.with <= row.limit, "\(row.name): \(row.with) is above \(row.limit)")
        found.expect(row.isMoney != row.name.isCount, "\(row.name): another unit")
        if ["balance", "stake_rule", "greatest_stake", "risk_per_trade"].contains(row.name) {
            found.expect(row.stood == 0, "\(row.name): nothing stands before the stake")
        }
        if row.name == "least_payout" { found.expect(row.limit == quoted, "\(row.name): another payout was quoted") }
        guard let share = row.share else { return }
        let (high, low) = share.of.multipliedFullWidth(by: share.basisPoints)
        guard share.of >= 0, share.basisPoints >= 0, high < 4_999 else { return found.faults.append("\(row.name): no such share") }
        let (quotient, remainder) = (10_000 as Int64).dividingFullWidth((high, low))
        if row.name == "least_payout" {
            found.expect(share.of == stake && row.stood == quotient + (remainder > 0 ? 1 : 0), "\(row.name): not that share of the stake")
        } else {
            found.expect(row.limit == quotient, "\(row.name): not that share of \(share.of)")
        }
    }

    private typealias Wanted = (name: String, limit: Int64?, basisPoints: Int64?)

    /// The rows that a plan asks for, with its limits.
    private static func wanted(_ plan: FactBody, signalStake: Bool, isQuoted: Bool) -> [Wanted] {
        var wanted: [Wanted] = [("open_contracts", plan["open_contracts"]?.whole, nil)]
        if !signalStake, let rule = plan["stake"] { wanted.append(("stake_rule", rule["fixed"]?.units, rule["share_basis_points"]?.whole)) }
        if isQuoted, let least = plan["least_payout_basis_points"]?.whole { wanted.append(("least_payout", nil, least)) }
        guard let limits = plan["limits"] else { return wanted }
        for name in ["trades_per_day", "losses_in_a_row"] { if let count = limits[name]?.whole { wanted.append((name, count, nil)) } }
        for name in ["loss_per_day", "greatest_stake"] { if let amount = limits[name]?.units { wanted.append((name, amount, nil)) } }
        for (limit, name) in [("risk_per_trade_basis_points", "risk_per_trade"), ("drawdown_basis_points", "drawdown")] {
            if let basisPoints = limits[limit]?.whole { wanted.append((name, nil, basisPoints)) }
        }
        return wanted
    }
}

extension String {
    /// Is this limit one of a number of things, not of an amount?
    fileprivate var isCount: Bool { hasSuffix("open_contracts") || ["trades_per_day", "losses_in_a_row"].contains(self) }
}
