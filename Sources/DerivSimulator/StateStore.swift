import Foundation
import Glibc
import PlainJSON
import SimulatedMarket
import TradingModel

/// The state directory: `ledger.jsonl`, to which each booking is written before its answer leaves, and `market.json`, a
/// small snapshot of clock, market and open contracts that is replaced about once a second. Together they survive
/// `kill -9`: what left the process is in the ledger, and the prices since the snapshot follow from it.
///
/// The ledger is locked for as long as the store is open: two brokers on one directory would each write what the other
/// does not know.
final class StateStore {
    private let ledger: FileHandle
    private let marketFile: URL
    private var isOpen = true

    init(directory: String) throws {
        let folder = URL(fileURLWithPath: directory, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("ledger.jsonl").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateError(what: "\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno == EWOULDBLOCK ? "is in use by another broker" : "cannot be locked: \(String(cString: strerror(errno)))"
            Glibc.close(descriptor)
            throw StateError(what: "\(directory) \(reason)")
        }
        ledger = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        marketFile = folder.appendingPathComponent("market.json")
    }

    /// Gives the directory free; nothing is written afterwards. The system does the same when the process ends, however.
    func close() {
        guard isOpen else { return }
        isOpen = false
        flock(ledger.fileDescriptor, LOCK_UN)
        try? ledger.close()
    }

    deinit { close() }

    // MARK: Writing

    func append(opened account: BrokerAccount, _ booking: Booking) {
        line("opened", booking) { json in
            json.member("virtual", account.isVirtual)
            json.member("currency", account.balance.currency.code)
            json.member("at", account.openedAt.milliseconds)
            if let owner = account.owner { json.member("owner", "\(owner)") }
        }
    }

    func append(credited booking: Booking) { line("credited", booking) { _ in } }

    func append(bought contract: SoldContract, _ booking: Booking) {
        line("bought", booking) { json in
            json.member("symbol", contract.symbol.text)
            json.member("kind", contract.offer.kind.name)
            if let duration = contract.offer.duration { json.member("duration", duration.text) }
            if let digit = contract.offer.digit { json.member("digit", digit) }
            if let multiplier = contract.offer.multiplier {
                json.member("multiplier", multiplier)
                if let commission = contract.commission { json.member("commission", commission.minorUnits) }
                StateStore.write(contract.limits, &json)
                json.key("ticks")
                StateStore.write(contract.ticks, &json)
            }
            json.member("payout", contract.payout.minorUnits)
            if let tag = contract.tag { json.member("tag", tag) }
        }
    }

    func append(settled contract: SoldContract, _ booking: Booking) {
        line("settled", booking) { json in
            json.member("cause", contract.settlement!.cause.rawValue)
            json.key("ticks")
            StateStore.write(contract.ticks, &json)
            if let exit = contract.exit {
                json.key("exit")
                StateStore.write([exit], &json)
            }
        }
    }

    /// The orders of a multiplier; no money moves.
    func append(changed contract: SoldContract) {
        write { json in
            json.member("line", "changed")
            json.member("contract", contract.id.rawValue)
            json.member("time", contract.limitChanges.last!.time.milliseconds)
            StateStore.write(contract.limits, &json)
        }
    }

    private static func write(_ limits: LimitOrder, _ json: inout JSONWriter) {
        if let profit = limits.takeProfit { json.member("takeProfit", profit.minorUnits) }
        if let loss = limits.stopLoss { json.member("stopLoss", loss.minorUnits) }
    }

    private func line(_ kind: String, _ booking: Booking, _ more: (inout JSONWriter) -> Void) {
        write { json in
            json.member("line", kind)
            json.member("transaction", booking.id.rawValue)
            json.member("login", booking.login.text)
            json.member("amount", booking.amount.minorUnits)
            json.member("balance", booking.balanceAfter.minorUnits)
            json.member("time", booking.time.milliseconds)
            if let contract = booking.contract { json.member("contract", contract.rawValue) }
            more(&json)
        }
    }

    private func write(_ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(members)
        do { try ledger.write(contentsOf: json.bytes + [0x0a]) } catch {
            // An answer without its booking on disk would be a lie after the next start.
            fatalError("the simulated broker's ledger cannot be written: \(error)")
        }
    }

    func save(_ broker: SimulatedBroker) throws {
        var json = JSONWriter(capacity: 2_048)
        json.object { json in
            json.member("seed", "\(broker.seed)")
            json.member("clock", broker.clock.milliseconds)
            json.memberArray("markets") { json in
                for position in broker.positions {
                    json.object {
                        $0.member("symbol", position.symbol.text); $0.member("epoch", position.epoch); $0.member("pips", position.pips);
                        $0.member("origin", position.origin)
                    }
                }
            }
            json.memberArray("open") { json in
                for index in broker.open {
                    let contract = broker.contracts[index]
                    json.object { json in
                        json.member("contract", contract.id.rawValue)
                        json.key("ticks")
                        StateStore.write(contract.ticks, &json)
                    }
                }
            }
        }
        try Data(json.bytes).write(to: marketFile, options: .atomic)
    }

    private static func write(_ ticks: [Tick], _ json: inout JSONWriter) {
        json.array { json in
            for tick in ticks {
                json.array {
                    $0.value(tick.time.seconds); $0.value(tick.price.pips)
                }
            }
        }
    }

    // MARK: Reading

    /// What was written, or nil in a new directory. A torn last line, which no answer can have relied on, is cut off.
    func load() throws -> BrokerState? {
        let bytes = [UInt8](try ledger.readToEnd() ?? Data())
        let whole = (bytes.lastIndex(of: 0x0a) ?? -1) + 1
        if whole < bytes.count { try ledger.truncate(atOffset: UInt64(whole)) }
        try ledger.seekToEnd()
        guard let market = try? Data(contentsOf: marketFile) else {
            guard whole == 0 else { throw StateError(what: "\(marketFile.path) is missing beside a ledger that has lines") }
            return nil
        }
        let lines = try bytes[..<whole].split(separator: 0x0a).map { try JSONValue.parse($0) }
        var reading = LedgerReading()
        for (number, line) in lines.enumerated() {
            guard reading.take(line) else { throw StateError(what: "line \(number + 1) of ledger.jsonl is not a line of a ledger") }
        }
        return try reading.state(market: try JSONValue.parse(market))
    }
}

struct StateError: Error, CustomStringConvertible {
    let what: String
    var description: String { "state of the simulated broker: \(what)" }
}
