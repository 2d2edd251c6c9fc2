public import TradingEngine
public import TradingModel
public import TradingPorts

/// Our books held against the broker's own statement, row by row. Each mismatch is a sentence that names what stands
/// where.
public enum LedgerComparison {
    /// `trades` are all of the account's, `bookings` the whole statement, oldest first.
    public static func mismatches(trades: [TradeRow], bookings: [Booking], balance: Money, accountBalance: Money) -> [String] {
        var found: [String] = []
        var running: Money?
        for row in bookings {
            if let before = running, before + row.amount != row.balanceAfter { found.append("the statement's own row \(row.transaction) does not add up") }
            running = row.balanceAfter
        }
        var buys: [ContractID: Booking] = [:], sells: [ContractID: Booking] = [:]
        for row in bookings {
            guard let contract = row.contract else { continue }
            switch row.action {
            case .buy: if buys.updateValue(row, forKey: contract) != nil { found.append("contract \(contract) is bought twice in the statement") }
            case .sell: if sells.updateValue(row, forKey: contract) != nil { found.append("contract \(contract) is settled twice in the statement") }
            case .other: break
            }
        }
        var ours: Set<ContractID> = []
        for trade in trades {
            guard let contract = trade.contract else {
                if trade.state == .open || trade.state == .settled { found.append("trade \(trade.intent.id) is \(trade.state.rawValue) without a contract") }
                continue
            }
            if !ours.insert(contract.id).inserted { found.append("contract \(contract.id) stands under two trades") }
            guard let buy = buys[contract.id] else { found.append("contract \(contract.id) is not in the broker's statement"); continue }
            if -buy.amount != contract.price { found.append("contract \(contract.id): we paid \(contract.price), the broker says \(-buy.amount)") }
            switch (trade.settlement, sells[contract.id]) {
            case (let settlement?, let sell?):
                if settlement.payout != sell.amount { found.append("contract \(contract.id): we got \(settlement.payout), the broker says \(sell.amount)") }
            case (nil, let sell?): found.append("contract \(contract.id): the broker settled it for \(sell.amount), we hold it open")
            case (_?, nil): found.append("contract \(contract.id): we hold it settled, the broker does not")
            case (nil, nil): break
            }
        }
        for row in bookings where row.action == .buy {
            if let contract = row.contract, !ours.contains(contract) { found.append("contract \(contract) of the broker's statement is not in our books") }
        }
        if balance != accountBalance { found.append("our balance is \(accountBalance), the broker's \(balance)") }
        return found
    }
}
