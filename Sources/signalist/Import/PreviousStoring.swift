import KeyRing
import KeyRotation
import PreviousImport
import SQLiteStore
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// Stores what an export holds and is not on record yet, in commits of some hundred records each. What is there already is
/// told by its old id and left alone: an import that was killed goes on where it was, and a second one changes nothing.
struct PreviousStoring {
    private let store: SQLiteStore
    private let keys: KeyKeeper
    /// Opens the previous system's tokens.
    private let ring: KeyRing
    private let documents: [PreviousCollection: [ImportedDocument]]
    /// Sessions wait for a person also without a flag.
    private let reviewsAll: Bool
    private let progress: (Int, Int) -> Void

    private var before: ImportedBefore
    private var state: EngineState
    private var sequence: Int64
    private var ownerSequences: [OwnerID: Int64]
    /// The moment of every fact of this import.
    private let at: Timestamp
    private let total: Int
    private var done = 0

    /// How many of each collection were new.
    private(set) var stored: [PreviousCollection: Int] = [:]
    /// Users whose login id another account has.
    private(set) var loginsTaken: [String] = []

    private var entries: [JournalEntry] = []
    private var records: [ImportedRecord] = []
    private static let batch = 500
    /// Whose signals are everybody's.
    private static let everybody = "everybody"

    init(
        store: SQLiteStore, keys: KeyKeeper, ring: KeyRing, documents: [PreviousCollection: [ImportedDocument]], now: Timestamp, reviewsAll: Bool,
        progress: @escaping (Int, Int) -> Void
    ) throws {
        (self.store, self.keys, self.ring, self.documents, self.progress) = (store, keys, ring, documents, progress)
        self.reviewsAll = reviewsAll
        before = try store.importedBefore()
        let restored = try store.restore()
        (state, sequence, ownerSequences) = (restored.state, restored.nextSequence, restored.ownerSequences)
        at = max(restored.state.at, now)
        total = documents.values.reduce(0) { $0 + $1.count }
    }

    /// Returns when everything is durable.
    mutating func run() throws {
        try storeUsers()
        try storeTokens()
        try storeSettings()
        try storeSessions()
        try storeSignals()
        try storeTrades()
        try flush()
    }

    private func all(_ collection: PreviousCollection) -> [ImportedDocument] { documents[collection] ?? [] }

    // MARK: Users and tokens

    private mutating func storeUsers() throws {
        let tokens = Dictionary(all(.tokens).map { ($0.key, $0) }) { first, _ in first }
        let profiles = Dictionary(all(.users).map { ($0.key, $0) }) { first, _ in first }
        for id in userIDs() {
            try step(.users, if: profiles[id] != nil)
            let token = tokens[id], login = token?.text("accountId").flatMap { Label($0) }
            if let known = before.users[id] {
                if let account = known.account, let login, state.accounts.find(account)?.profile.loginID != login { loginsTaken.append(id) }
                continue
            }
            let owner = OwnerID(rawValue: before.owner), document = profiles[id]
            before.owner += 1
            var user = ImportedUser(id: id, owner: owner, account: nil, email: document?.text("email"), name: document?.text("name"))
            if id != PreviousStoring.everybody {
                // One login is one account of one owner.
                let isTaken = login.map { login in state.accounts.elements.contains { !$0.isRemoved && $0.profile.loginID == login } } ?? false
                if isTaken { loginsTaken.append(id) }
                let account = AccountID(rawValue: nextNumber())
                user.account = account
                note(.accountAdded(PreviousRecords.profile(id, token, isTaken: isTaken)), owner, account)
            } else {
                user.name = "everybody of the previous system"
            }
            records.append(.user(user, PreviousRecords.place(token)))
            before.users[id] = user
            if document != nil { stored[.users, default: 0] += 1 }
        }
    }

    /// Those of the export in its order, then those that only others name.
    private func userIDs() -> [String] {
        let named = all(.users).map(\.key)
        var known = Set(named), others: Set<String> = []
        for collection in PreviousCollection.allCases where collection != .users {
            for document in all(collection) { if let user = document.user, known.insert(user).inserted { others.insert(user) } }
        }
        return named + others.sorted() + (all(.signals).contains { $0.user == nil } ? [PreviousStoring.everybody] : [])
    }

    private mutating func storeTokens() throws {
        let tokens = Dictionary(all(.tokens).map { ($0.key, $0) }) { first, _ in first }
        for id in userIDs() {
            if tokens[id] != nil { try step(.tokens, if: true) }
            guard var user = before.users[id], let account = user.account, user.token == nil, let profile = state.accounts.find(account)?.profile else {
                continue
            }
            var credential: SealedCredential?
            if loginsTaken.contains(id) {
                user.token = .loginTaken
            } else if let text = tokens[id]?.token {
                (user.token, credential) = try take(text, account, user.owner, profile)
            } else {
                user.token = ImportedUser.Token.none
            }
            records.append(.token(user, account, credential))
            before.users[id] = user
            if tokens[id] != nil { stored[.tokens, default: 0] += 1 }
        }
    }

    /// Sealed anew with the primary key; what does not open stays as it is, for a secret that comes later.
    private func take(_ text: String, _ account: AccountID, _ owner: OwnerID, _ profile: AccountProfile) throws -> (ImportedUser.Token, SealedCredential) {
        func seal(_ token: Secret, isCompromised: Bool) throws -> SealedCredential {
            try keys.sealed(
                token, account: account, owner: owner, loginID: profile.loginID, isVirtual: profile.isVirtual, isCompromised: isCompromised)
        }
        guard let envelope = try? PreviousEnvelope(stored: text) else { return (.sealed, try seal(Secret(text), isCompromised: true)) }
        guard let opening = try? ring.open(envelope) else {
            return (.unopened, SealedCredential(bytes: Array(text.utf8), owner: owner, loginID: profile.loginID, isVirtual: profile.isVirtual))
        }
        return (.sealed, try seal(opening.secret, isCompromised: opening.isCompromised))
    }

    private mutating func storeSettings() throws {
        for document in all(.settings) {
            try step(.settings, if: true)
            guard let owner = before.users[document.user ?? ""]?.owner, before.settings.insert(document.key).inserted else { continue }
            records.append(.settings(PreviousRecords.settings(document, owner: owner)))
            stored[.settings, default: 0] += 1
        }
    }

    // MARK: Sessions, signals, trades

    private func currency(_ account: AccountID) -> Currency { state.accounts.find(account)?.profile.currency ?? .usd }

    private mutating func storeSessions() throws {
        var trades: [String: [ImportedDocument]] = [:], without: [String: [ImportedDocument]] = [:]
        for trade in all(.trades) {
            if let session = trade.session { trades[session, default: []].append(trade) } else { without[trade.user ?? "", default: []].append(trade) }
        }
        let tokens = Dictionary(all(.tokens).map { ($0.key, $0.flags) }) { first, _ in first }
        let sessions = all(.sessions).sorted { ($0.moment("startedAt")!, $0.key) < ($1.moment("startedAt")!, $1.key) }
        var firstBalance: [String: Int64] = [:]
        let today = TradingDay(daysSince1970: Int32(TradingDay.floorDivide(at.milliseconds, 86_400_000)))
        for document in sessions {
            try step(.sessions, if: true)
            guard let id = document.user, let user = before.users[id], let account = user.account else { continue }
            if firstBalance[id] == nil { firstBalance[id] = document.units("startBalance") }
            guard before.sessions[document.key] == nil else { continue }
            let shared = (tokens[id] ?? []) + (loginsTaken.contains(id) ? [.loginTaken] : [])
            let record = PreviousRecords.session(
                document, trades: trades[document.key] ?? [], account: shared, currency(account), today: today, reviewsAll: reviewsAll)
            let session = add(record, user.owner, account)
            if ["starting", "active", "paused", "stopping"].contains(record.status), !record.hold.contains(.broker) {
                records.append(.running(session, user.owner))
            }
            stored[.sessions, default: 0] += 1
        }
        for id in without.keys.sorted() {
            guard let user = before.users[id], let account = user.account else { continue }
            let record = PreviousRecords.holder(of: without[id]!, user: id, startBalance: firstBalance[id], currency(account))
            if before.sessions[record.key] == nil { _ = add(record, user.owner, account) }
        }
    }

    private mutating func add(_ record: ImportedSession, _ owner: OwnerID, _ account: AccountID) -> SessionID {
        let session = SessionID(rawValue: nextNumber())
        note(.previous(.sessionImported(record)), owner, account, session)
        before.sessions[record.key] = session
        return session
    }

    private mutating func storeSignals() throws {
        for document in all(.signals) {
            try step(.signals, if: true)
            guard let owner = before.users[document.user ?? PreviousStoring.everybody]?.owner, before.signals.insert(document.key).inserted else { continue }
            note(.previous(.signalImported(PreviousRecords.signal(document, owner: owner))), owner)
            stored[.signals, default: 0] += 1
        }
    }

    /// In the order in which they were bought, as lists show them.
    private mutating func storeTrades() throws {
        for document in all(.trades).sorted(by: { ($0.moment("entryTimestamp")!, $0.key) < ($1.moment("entryTimestamp")!, $1.key) }) {
            try step(.trades, if: true)
            guard let id = document.user, let user = before.users[id], let account = user.account,
                let session = before.sessions[document.session ?? "no-session-\(id)"], before.trades.insert(document.key).inserted
            else { continue }
            let trade = PreviousRecords.trade(
                document, currency(account), signal: signal(of: document, user.owner, session), contract: contract(of: document, user.owner, account))
            note(.previous(.tradeImported(trade)), user.owner, account, session)
            stored[.trades, default: 0] += 1
        }
    }

    /// The one that it names, once in a session; else one of its own.
    private mutating func signal(of document: ImportedDocument, _ owner: OwnerID, _ session: SessionID) -> SignalID {
        let names = [PreviousRecords.signalKey(document), "trade \(document.key)"].compactMap(\.self)
        for name in names {
            let id = SignalIdentity.id(owner: owner, source: PreviousRecords.source, key: name)
            if before.intents.insert(IntentID(session: session, signal: id)).inserted { return id }
        }
        preconditionFailure("trade \(document.key) stands twice")
    }

    /// The broker's number, or one below 0 for a number that it never gave, or gave to another trade here.
    private mutating func contract(of document: ImportedDocument, _ owner: OwnerID, _ account: AccountID) -> ContractID {
        func isFree(_ number: Int64) -> Bool { before.contracts.insert(ImportedContract(account: account, contract: ContractID(rawValue: number))).inserted }
        if let text = document.text("brokerTradeId"), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text), number > 0, isFree(number)
        {
            return ContractID(rawValue: number)
        }
        var number = -1 - Int64(SignalIdentity.id(owner: owner, source: PreviousRecords.source, key: "contract \(document.key)").high >> 8)
        while !isFree(number) { number -= 1 }
        return ContractID(rawValue: number)
    }

    // MARK: Batches

    private mutating func nextNumber() -> Int64 {
        before.number += 1
        return before.number - 1
    }

    private mutating func note(_ event: Fact.Event, _ owner: OwnerID, _ account: AccountID? = nil, _ session: SessionID? = nil) {
        let fact = Fact(at: at, owner: owner, account: account, session: session, event)
        state.evolve(fact)
        ownerSequences[owner, default: 0] += 1
        entries.append(JournalEntry(sequence: sequence, ownerSequence: ownerSequences[owner]!, fact: fact))
        sequence += 1
    }

    /// Before each document: whatever belongs together is complete here.
    private mutating func step(_ collection: PreviousCollection, if isOne: Bool) throws {
        if entries.count + records.count >= PreviousStoring.batch { try flush() }
        if isOne {
            done += 1
            if done % 100 == 0 || done == total { progress(done, total) }
        }
    }

    private mutating func flush() throws {
        guard !entries.isEmpty || !records.isEmpty else { return }
        let rows = Projection.rows(entries.map(\.fact), state: state)
        try store.write(entries, rows: rows, keeping: records + [.numbers(next: before.number)])
        entries.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
    }
}
