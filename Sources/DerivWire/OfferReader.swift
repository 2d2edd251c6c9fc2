import PlainJSON
import TradingModel

/// What is sold on a symbol, read from `contracts_for`. Stake bounds stand there for some contracts only; for the rest
/// a proposal tells.
struct OfferReader {
    /// One line of `available` that we trade.
    struct Line {
        var kind: ContractKind
        var unit: ContractDuration.Unit
        var shortest: Int32
        var longest: Int32
        var leastStake: Money?
        var mostStake: Money?
    }

    static func lines(_ payload: JSONValue, currency: Currency) -> [Line] {
        guard let available = payload["available"]?.array else { return [] }
        var lines: [Line] = []
        for item in available {
            guard let type = item["contract_type"]?.string, let kind = ContractKind(derivType: type), item["start_type"]?.string == "spot",
                let shortest = item["min_contract_duration"]?.string.flatMap({ ContractDuration(text: $0) }),
                let longest = item["max_contract_duration"]?.string.flatMap({ ContractDuration(text: $0) })
            else { continue }
            // Rise and fall without a barrier of their own.
            if kind == .rise || kind == .fall, item["barriers"]?.integer != 0 { continue }
            let least = item.money("min_stake", currency), most = item.money("max_stake", currency)
            func add(_ unit: ContractDuration.Unit, _ from: Int64, _ to: Int64) {
                guard let from = ContractDuration(max(1, from), unit), let to = ContractDuration(min(to, Line.mostOf(unit)), unit), from.count <= to.count
                else { return }
                lines.append(Line(kind: kind, unit: unit, shortest: from.count, longest: to.count, leastStake: least, mostStake: most))
            }
            switch item["expiry_type"]?.string {
            case "tick": if shortest.unit == .ticks, longest.unit == .ticks { add(.ticks, Int64(shortest.count), Int64(longest.count)) }
            case "intraday":
                guard let from = shortest.seconds, let to = longest.seconds else { continue }
                add(.seconds, from, to)
                add(.minutes, (from + 59) / 60, to / 60)
                add(.hours, (from + 3_599) / 3_600, to / 3_600)
            case "daily":
                guard shortest.unit == .days, longest.unit == .days else { continue }
                add(.days, Int64(shortest.count), Int64(longest.count))
            default: continue
            }
        }
        return lines
    }

    /// Stake bounds of a proposal: as it names them, or the most from the greatest payout at its price.
    static func bounds(_ proposal: JSONValue, currency: Currency) -> (least: Money, most: Money)? {
        let stake = proposal["validation_params"]?["stake"], details = proposal["contract_details"]
        guard let least = stake?.money("min", currency) ?? details?.money("minimum_stake", currency) ?? proposal.money("min_stake", currency) else {
            return nil
        }
        if let most = stake?.money("max", currency) ?? details?.money("maximum_stake", currency) ?? proposal.money("max_stake", currency) {
            return (least, most)
        }
        guard let greatest = proposal["validation_params"]?["payout"]?.money("max", currency), let ask = proposal.money("ask_price", currency),
            let payout = proposal.money("payout", currency), payout.isPositive, ask.isPositive
        else { return nil }
        let (high, low) = greatest.minorUnits.multipliedFullWidth(by: ask.minorUnits)
        guard high.magnitude < payout.minorUnits.magnitude else { return nil }
        let most = payout.minorUnits.dividingFullWidth((high, low)).quotient
        guard most <= Money.most else { return nil }
        return (least, Money(minorUnits: most, currency: currency))
    }
}

extension OfferReader.Line {
    static func mostOf(_ unit: ContractDuration.Unit) -> Int64 {
        switch unit {
        case .ticks: 100
        case .seconds: 86_400
        case .minutes: 1_440
        case .hours: 24
        case .days: 365
        }
    }

    func offer(_ symbol: Symbol, least: Money, most: Money) -> Offer {
        Offer(symbol: symbol, kind: kind, unit: unit, shortest: shortest, longest: longest, leastStake: least, mostStake: most)
    }
}
