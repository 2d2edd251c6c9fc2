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

    /// A document that passed, for whoever stores it.
    private struct Pending {
        let file: CollectionFile
        let bytes: [UInt8]
    }

    private let open: (ImportValue) -> TokenState
    private var waiting: [PreviousCollection: Pending] = [:]
    private var report = ImportReport()

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
        report.realizedProfit = reading.profit.keys.sorted().map { ($0, reading.profit[$0]!) }
        report.notTaken.sort()
        return report
    }
}

/// What earlier collections said that later ones are held against.
private struct Reading {
    let open: (ImportValue) -> PreviousImport.TokenState
    var users: Set<String>?
    /// When the sessions of each user ran, milliseconds; without an end they run on.
    var sessions: [String: [ClosedRange<Int64>]] = [:]
    var profit: [String: Int64] = [:]

    mutating func take(_ collection: PreviousCollection, _ file: CollectionFile, _ bytes: [UInt8], _ report: inout ImportReport) {
        var figures = ImportReport.Collection(name: collection.rawValue, file: file.name), first: [String: Int] = [:]
        var refused: [ImportReport.Refused] = [], flagged: [ImportReport.Flagged] = []
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
                do throws(CheckedDocument.Refusal) { document = try CheckedDocument(value, collection.rules) } catch { return refuse("\(error)") }
            }
            guard let key = document.text(collection.key), !key.isEmpty else { return refuse("\(collection.key): expected text that is not empty") }
            if let before = first.updateValue(entry.place, forKey: key) {
                first[key] = before
                return refuse("\(collection.key): it stands twice, first at \(before)")
            }
            for field in document.defaulted { figures.defaulted[field, default: 0] += 1 }
            for flag in flags(collection, document) {
                figures.flagged[flag, default: 0] += 1
                flagged.append(.init(collection: collection.rawValue, id: key, flag: flag))
            }
            learn(collection, document)
            figures.imported += 1
        }
        report.collections.append(figures)
        report.refused += refused
        report.flagged += flagged
    }

    private mutating func learn(_ collection: PreviousCollection, _ document: CheckedDocument) {
        let user = document.text("userId") ?? ""
        switch collection {
        case .users: users?.insert(document.text("_id") ?? "")
        case .sessions:
            let from = document.moment("startedAt") ?? 0
            sessions[user, default: []].append(from...max(from, document.moment("stoppedAt") ?? .max))
        case .trades: profit[user, default: 0] += document.cents("realizedPnl") ?? 0
        case .tokens, .settings, .signals: break
        }
    }

    /// In the order of `ImportFlag`.
    private func flags(_ collection: PreviousCollection, _ document: CheckedDocument) -> [ImportFlag] {
        var flags: Set<ImportFlag> = []
        if !document.plainSecrets.isEmpty { flags.insert(.plainSecret) }
        if !document.unknown.isEmpty { flags.insert(.unknownFields) }
        if !document.rounded.isEmpty { flags.insert(.rounded) }
        if let users, let user = document.text("userId"), !users.contains(user) { flags.insert(.noUser) }
        switch collection {
        case .users, .settings, .signals: break
        case .tokens: flags.formUnion(tokenFlags(document))
        case .sessions:
            let runs = ["starting", "active", "stopping"].contains(document.text("status"))
            if runs { flags.insert(.stuckActive) }
            if let limit = document.cents("riskSettings.dailyLossLimit"), (1...10_000).contains(limit) { flags.insert(.percentLossLimit) }
            if document.text("broker") != "deriv" { flags.insert(.otherBroker) }
        case .trades:
            if let id = document.text("brokerTradeId"), id.isEmpty || !id.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { flags.insert(.fabricatedContract) }
            if document.defaulted.contains("stopLoss") || document.defaulted.contains("takeProfit") { flags.insert(.missingFields) }
            let entry = document.moment("entryTimestamp") ?? 0
            if !(sessions[document.text("userId") ?? ""] ?? []).contains(where: { $0.contains(entry) }) { flags.insert(.noSession) }
            if document.text("status") != "OPEN", document.cents("realizedPnl") == nil { flags.insert(.noResult) }
        }
        return ImportFlag.allCases.filter(flags.contains)
    }

    private func tokenFlags(_ document: CheckedDocument) -> Set<ImportFlag> {
        var flags: Set<ImportFlag> = []
        if document.text("accountId") == nil { flags.insert(.noLoginID) }
        switch open(document["token"] ?? .null) {
        case .opened(let isCompromised): if isCompromised { flags.insert(.tokenCompromised) }
        case .unopened: flags.insert(.tokenUnopened)
        case .notSealed: flags.insert(.tokenCompromised)
        }
        return flags
    }
}
