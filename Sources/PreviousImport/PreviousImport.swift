import PlainJSON
import TradingModel

/// Reads everything that the previous system stored, collection by collection, and judges it: what is taken, what is
/// absent and has its default, what a person must look at, what is refused and why.
///
///     var reading = PreviousImport { token in … }
///     for file in try CollectionFile.all(in: names) { reading.read(file, bytes) }   // in any order
///     let report = reading.finish()
///
/// It knows no clock, no store and no key: what becomes of a token, `open` says.
public struct PreviousImport {
    /// What became of a sealed token of the previous system.
    public enum TokenState: Sendable, Hashable {
        case opened(isCompromised: Bool)
        /// No secret fits.
        case unopened
        /// It is no sealed token. Perhaps it is one in the clear.
        case notSealed
    }

    private struct Pending {
        let file: CollectionFile
        let bytes: [UInt8]
    }

    private let open: (ImportValue) -> TokenState
    private var waiting: [PreviousCollection: Pending] = [:]
    private var report = ImportReport()
    /// What passed, collection by collection in the order of the files; complete once it is finished.
    public private(set) var documents: [PreviousCollection: [ImportedDocument]] = [:]

    /// - Parameter open: tries a stored token, text or object, with the secrets of the previous system.
    public init(open: @escaping (ImportValue) -> TokenState) { self.open = open }

    public mutating func read(_ file: CollectionFile, _ bytes: [UInt8]) {
        guard let collection = PreviousCollection(rawValue: file.collection) else {
            report.notTaken.append(file.name)
            return
        }
        precondition(waiting[collection] == nil, "\(file.collection) is read twice")
        waiting[collection] = Pending(file: file, bytes: bytes)
    }

    /// - Parameter progress: called before each collection with its name.
    public mutating func finish(progress: (String) -> Void = { _ in }) -> ImportReport {
        var reading = Reading(open: open)
        for collection in PreviousCollection.allCases {
            guard let pending = waiting.removeValue(forKey: collection) else { continue }
            progress(pending.file.collection)
            reading.take(collection, pending.file, pending.bytes, &report)
        }
        reading.judge(&report)
        documents = reading.documents
        report.notTaken.sort()
        return report
    }
}

/// Everything that was read, and what one document says about another.
private struct Reading {
    let open: (ImportValue) -> PreviousImport.TokenState
    var documents: [PreviousCollection: [ImportedDocument]] = [:]
    private var users: Set<String>?
    /// Of the account of each user that has a token.
    private var currencies: [String: Currency] = [:]

    init(open: @escaping (ImportValue) -> PreviousImport.TokenState) { self.open = open }

    private func digits(_ user: String) -> Int { (currencies[user] ?? .usd).exponent }

    mutating func take(_ collection: PreviousCollection, _ file: CollectionFile, _ bytes: [UInt8], _ report: inout ImportReport) {
        var figures = ImportReport.Collection(name: collection.rawValue, file: file.name), first: [String: Int] = [:], addresses: [String: Int] = [:]
        var refused: [ImportReport.Refused] = [], taken: [ImportedDocument] = []
        if collection == .users { users = [] }
        file.read(bytes) { entry in
            figures.read += 1
            func refuse(_ reason: String) {
                figures.refused += 1
                refused.append(.init(file: file.name, place: entry.place, reason: reason))
            }
            let document: CheckedDocument
            switch entry.value {
            case .failure(let error): return refuse("\(error)")
            case .success(let value):
                do throws(CheckedDocument.Refusal) { document = try CheckedDocument(value, collection.rules, digits: digits(value, collection)) } catch {
                    return refuse("\(error)")
                }
            }
            guard let key = document.text(collection.key), !key.isEmpty else { return refuse("\(collection.key): expected text that is not empty") }
            if let before = first.updateValue(entry.place, forKey: key) {
                first[key] = before
                return refuse("\(collection.key): it stands twice, first at \(before)")
            }
            if collection == .users, let email = document.text("email")?.lowercased() {
                if let before = addresses[email] { return refuse("email: somebody else has this address, at \(before), but for large and small letters") }
                addresses[email] = entry.place
            }
            for field in document.defaulted { figures.defaulted[field, default: 0] += 1 }
            if collection == .users { users?.insert(document.text("_id") ?? "") }
            if collection == .tokens { currencies[key] = Currency.named(document.text("accountCurrency") ?? "USD") }
            taken.append(ImportedDocument(collection: collection, place: entry.place, key: key, document: document))
            figures.imported += 1
        }
        documents[collection] = taken
        report.collections.append(figures)
        report.refused += refused
    }

    /// Amounts are kept with the decimals of the account, which only its token tells.
    private func digits(_ value: ImportValue, _ collection: PreviousCollection) -> Int {
        if collection == .tokens {
            guard case .text(let code)? = value["accountCurrency"] else { return 2 }
            return (Currency.named(code) ?? .usd).exponent
        }
        switch value["userId"] {
        case .text(let id): return digits(id.lowercased())
        case .objectID(let id): return digits(id)
        default: return 2
        }
    }

    /// What a person must look at, once everything is known.
    mutating func judge(_ report: inout ImportReport) {
        file()
        let dead = deadSessions()
        for index in report.collections.indices {
            guard let collection = PreviousCollection(rawValue: report.collections[index].name), var taken = documents[collection] else { continue }
            for place in taken.indices {
                taken[place].flags = flags(taken[place], dead)
                for flag in taken[place].flags {
                    report.collections[index].flagged[flag, default: 0] += 1
                    report.flagged.append(.init(collection: collection.rawValue, id: taken[place].key, flag: flag))
                }
            }
            documents[collection] = taken
        }
        var profit: [String: Int64] = [:]
        for trade in documents[.trades] ?? [] { profit[trade.user ?? "", default: 0] += trade.units("realizedPnl") ?? 0 }
        report.realizedProfit = profit.keys.sorted().map { ($0, profit[$0]!, digits($0)) }
    }

    /// Files each trade under the session of its user and broker that ran when it was bought: of several the one that began last.
    private mutating func file() {
        var running: [String: [(from: Int64, until: Int64, key: String)]] = [:]
        for session in documents[.sessions] ?? [] {
            let from = session.document.moment("startedAt") ?? 0
            running["\(session.user ?? "") \(session.text("broker") ?? "")", default: []].append(
                (from, max(from, session.document.moment("stoppedAt") ?? .max), session.key))
        }
        for key in running.keys { running[key]!.sort { ($0.from, $0.key) < ($1.from, $1.key) } }
        for place in (documents[.trades] ?? []).indices {
            let trade = documents[.trades]![place], entry = trade.document.moment("entryTimestamp") ?? 0
            let theirs = running["\(trade.user ?? "") \(trade.text("broker") ?? "")"] ?? []
            documents[.trades]![place].session = theirs.last { $0.from <= entry && entry <= $0.until }?.key
        }
    }

    /// Sessions that say they run, and of which nothing is known for a day before the newest record.
    private func deadSessions() -> Set<String> {
        let told = ["createdAt", "updatedAt", "startedAt", "stoppedAt", "lastTradeAt", "entryTimestamp", "exitTimestamp", "lastValidatedAt"]
        var newest = Int64.min, seen: [String: Int64] = [:]
        for collection in PreviousCollection.allCases {
            for one in documents[collection] ?? [] {
                let last = told.compactMap(one.document.moment).max() ?? .min
                newest = max(newest, last)
                if collection == .sessions { seen[one.key] = max(seen[one.key] ?? .min, last) }
                if let session = one.session { seen[session] = max(seen[session] ?? .min, last) }
            }
        }
        let runs = ["starting", "active", "stopping"]
        let dead = (documents[.sessions] ?? []).filter { session in
            runs.contains(session.text("status") ?? "") && newest.subtractingReportingOverflow(seen[session.key] ?? .min).partialValue > 86_400_000
        }
        return Set(dead.map(\.key))
    }

    /// In the order of `ImportFlag`.
    private func flags(_ one: ImportedDocument, _ dead: Set<String>) -> [ImportFlag] {
        let document = one.document
        var flags: Set<ImportFlag> = []
        if !document.plainSecrets.isEmpty { flags.insert(.plainSecret) }
        if !document.unknown.isEmpty { flags.insert(.unknownFields) }
        if !document.rounded.isEmpty { flags.insert(.rounded) }
        if !document.cleaned.isEmpty { flags.insert(.cleanedText) }
        if let users, let user = document.text("userId"), !users.contains(user) { flags.insert(.noUser) }
        switch one.collection {
        case .users, .settings, .signals: break
        case .tokens: flags.formUnion(tokenFlags(document))
        case .sessions:
            if dead.contains(one.key) { flags.insert(.stuckActive) }
            let hundred = 100 * JSONNumber.powerOfTen(document.digits)
            if let limit = document.units("riskSettings.dailyLossLimit"), (1...hundred).contains(limit) { flags.insert(.percentLossLimit) }
            if document.empty.contains("signalFilters.symbols") || document.empty.contains("signalFilters.sources") { flags.insert(.emptyFilter) }
            if document.text("broker") != "deriv" { flags.insert(.otherBroker) }
        case .trades:
            if let id = document.text("brokerTradeId"), id.isEmpty || !id.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { flags.insert(.fabricatedContract) }
            if document.defaulted.contains("stopLoss") || document.defaulted.contains("takeProfit") { flags.insert(.missingFields) }
            if one.session == nil { flags.insert(.noSession) }
            if document.text("status") == "OPEN" { flags.insert(.leftOpen) } else if document.units("realizedPnl") == nil { flags.insert(.noResult) }
        }
        return ImportFlag.allCases.filter(flags.contains)
    }

    private func tokenFlags(_ document: CheckedDocument) -> Set<ImportFlag> {
        var flags: Set<ImportFlag> = []
        if let login = document.text("accountId").flatMap({ Label($0) }) {
            if login.text.hasPrefix("VRT") != (document.text("accountType") == "demo") { flags.insert(.accountTypeDiffers) }
        } else {
            flags.insert(.noLoginID)
        }
        switch open(document["token"] ?? .null) {
        case .opened(let isCompromised): if isCompromised { flags.insert(.tokenCompromised) }
        case .unopened: flags.insert(.tokenUnopened)
        case .notSealed: flags.insert(.tokenCompromised)
        }
        return flags
    }
}
