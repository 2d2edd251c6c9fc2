import PlainJSON
import SimulatedMarket
import TradingModel

/// Puts accounts, ledger and contracts together again from the lines of a state directory.
struct LedgerReading {
    private var accounts: [BrokerAccount] = []
    private var currencies: [Label: Currency] = [:]
    private var ledger: [Booking] = []
    private var contracts: [SoldContract] = []
    private var indexOfContract: [Int64: Int] = [:]
    /// The latest moment of any line, one without a booking among them.
    private var latest: Timestamp?

    /// False when the line is none that a store writes.
    mutating func take(_ line: JSONValue) -> Bool {
        if let moment = line["time"]?.integer.map({ Timestamp(milliseconds: $0) }) { latest = max(latest ?? moment, moment) }
        if line["line"]?.string == "changed" { return takeChange(line) }
        guard let kind = line["line"]?.string, let login = line["login"]?.string.flatMap({ Label($0) }), let id = line["transaction"]?.integer,
            let amount = line["amount"]?.integer, let balance = line["balance"]?.integer, let time = line["time"]?.integer
        else { return false }
        if kind == "opened" {
            guard let isVirtual = line["virtual"]?.bool, let code = line["currency"]?.string, let currency = Currency.named(code),
                let at = line["at"]?.integer
            else { return false }
            accounts.append(
                BrokerAccount(
                    login: login, isVirtual: isVirtual, openedAt: Timestamp(milliseconds: at), owner: line["owner"]?.string.flatMap { UInt64($0) },
                    currency: currency))
            currencies[login] = currency
        }
        guard let currency = currencies[login] else { return false }
        let contract = line["contract"]?.integer.map { ContractID(rawValue: $0) }
        func booking(_ action: Booking.Action) -> Booking {
            Booking(
                id: TransactionID(rawValue: id), login: login, action: action, amount: Money(minorUnits: amount, currency: currency),
                balanceAfter: Money(minorUnits: balance, currency: currency), contract: contract, time: Timestamp(milliseconds: time))
        }
        switch kind {
        case "opened", "credited": ledger.append(booking(.virtualCredit))
        case "bought":
            guard let contract, let offer = LedgerReading.offer(line), let payout = line["payout"]?.integer else { return false }
            indexOfContract[contract.rawValue] = contracts.count
            contracts.append(
                SoldContract(
                    id: contract, login: login, offer: offer, price: Money(minorUnits: -amount, currency: currency),
                    payout: Money(minorUnits: payout, currency: currency),
                    purchasedAt: Timestamp(seconds: Timestamp(milliseconds: time).seconds), buy: TransactionID(rawValue: id), tag: line["tag"]?.string,
                    entry: LedgerReading.ticks(line["ticks"], of: offer.symbol)?.first, limits: LedgerReading.limits(line, currency),
                    commission: line["commission"]?.integer.map { Money(minorUnits: $0, currency: currency) }))
            ledger.append(booking(.buy))
        case "settled":
            // A ledger of the first version says `won` instead of the cause.
            guard let contract, let index = indexOfContract[contract.rawValue],
                let cause = line["cause"]?.string.flatMap({ ContractSettlement.Cause(rawValue: $0) }) ?? (line["won"]?.bool == nil ? nil : .expiry),
                let ticks = LedgerReading.ticks(line["ticks"], of: contracts[index].symbol)
            else { return false }
            let exit = LedgerReading.ticks(line["exit"], of: contracts[index].symbol)?.first
            contracts[index].restore(ticks: ticks)
            contracts[index].settle(
                ContractSettlement(
                    cause: cause, payout: Money(minorUnits: amount, currency: currency), sell: TransactionID(rawValue: id),
                    time: Timestamp(milliseconds: time)), exit: exit ?? ticks.last)
            ledger.append(booking(.sell))
        default: return false
        }
        return true
    }

    private mutating func takeChange(_ line: JSONValue) -> Bool {
        guard let contract = line["contract"]?.integer, let index = indexOfContract[contract], let time = line["time"]?.integer else { return false }
        contracts[index].change(LedgerReading.limits(line, contracts[index].price.currency), at: Timestamp(milliseconds: time))
        return true
    }

    /// The whole state, with the snapshot's clock or the moment of the ledger's latest line, whichever is later.
    func state(market: JSONValue) throws -> BrokerState {
        guard let seed = market["seed"]?.string.flatMap({ UInt64($0) }), let clock = market["clock"]?.integer, let places = market["markets"]?.array,
            let open = market["open"]?.array
        else { throw StateError(what: "market.json is not a snapshot") }
        let positions = try places.map { place in
            guard let symbol = place["symbol"]?.string.flatMap({ Symbol($0) }), let epoch = place["epoch"]?.integer, let pips = place["pips"]?.integer,
                let origin = place["origin"]?.integer
            else {
                throw StateError(what: "market.json has a market without its place")
            }
            return MarketPosition(symbol: symbol, epoch: epoch, pips: pips, origin: origin)
        }
        var contracts = contracts
        for entry in open {
            // A contract settled since the snapshot has its ticks from the ledger.
            guard let id = entry["contract"]?.integer, let index = indexOfContract[id], contracts[index].isOpen,
                let ticks = LedgerReading.ticks(entry["ticks"], of: contracts[index].symbol)
            else { continue }
            contracts[index].restore(ticks: ticks)
        }
        let last = max(Timestamp(milliseconds: clock), latest ?? Timestamp(milliseconds: clock))
        return BrokerState(seed: seed, clock: last, positions: positions, accounts: accounts, ledger: ledger, contracts: contracts)
    }

    private static func offer(_ line: JSONValue) -> OfferedTerms? {
        guard let symbol = line["symbol"]?.string.flatMap({ Symbol($0) }), let kind = line["kind"]?.string.flatMap({ OfferedKind(name: $0) }) else {
            return nil
        }
        if let multiplier = line["multiplier"]?.integer { return OfferedTerms(symbol: symbol, kind: kind, span: .open(multiplier: multiplier)) }
        guard let duration = line["duration"]?.string.flatMap({ ContractDuration(text: $0) }) else { return nil }
        return OfferedTerms(symbol: symbol, kind: kind, span: .duration(duration), digit: line["digit"]?.integer.map { Int($0) })
    }

    private static func limits(_ line: JSONValue, _ currency: Currency) -> LimitOrder {
        func money(_ name: String) -> Money? { line[name]?.integer.map { Money(minorUnits: $0, currency: currency) } }
        return LimitOrder(takeProfit: money("takeProfit"), stopLoss: money("stopLoss"))
    }

    private static func ticks(_ value: JSONValue?, of symbol: Symbol) -> [Tick]? {
        value?.array?.compactMap { pair in
            guard let pair = pair.array, pair.count == 2, let epoch = pair[0].integer, let pips = pair[1].integer else { return nil }
            return Tick(symbol: symbol, time: Timestamp(seconds: epoch), price: Price(pips: pips))
        }
    }
}
