// What the previous system's endpoints read from a request and from the store: one token, one session.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

extension Call {
    /// The members of a body of which some are read and the rest is ignored, as the previous system did. No body is an
    /// empty one.
    func previousFields() throws(Problem) -> Fields {
        if body.isEmpty { return try Fields([], only: []) }
        guard case .object(let members) = try Body.parse(body) else { throw Problem(.malformedJSON, "the body is not an object") }
        return try Fields(members, only: Set(members.map(\.key)))
    }

    /// A parameter without a value is absent, as empty fields of a form were.
    func previousQuery() throws(Problem) -> Fields {
        try Fields(query.filter { $0.value != .string("") }, only: Set(query.map(\.key)), isText: true)
    }

    func place() async throws -> PreviousPlace { try await reads.previousPlace(owner) ?? PreviousPlace() }

    /// What is known of an account's token: of one that was stored elsewhere, what its line says.
    func place(for row: AccountRow) async throws -> PreviousPlace {
        var place = try await reads.previousPlace(owner) ?? PreviousPlace(isValid: true)
        if place.account == nil { (place.account, place.isValid) = (row.id, true) }
        place.isValid = place.isValid && row.line != .refused
        return place
    }

    /// The account whose token was stored last through these endpoints; before that the newest one.
    func previousAccount() async throws -> AccountRow? {
        let accounts = try await reads.accounts(owner)
        let place = try await reads.previousPlace(owner)
        if let id = place?.account { return accounts.first { $0.id == id } }
        return place == nil ? accounts.last : nil
    }

    /// The same, when the broker takes its token and its owner has not revoked it.
    func usableAccount() async throws -> AccountRow? {
        guard let row = try await previousAccount(), row.line != .refused, try await reads.previousPlace(owner)?.isValid ?? true else { return nil }
        return row
    }

    /// The session that was started last through these endpoints, while it is not over.
    func previousSession() async throws -> SessionRow? {
        guard let id = try await place().session, let session = try await reads.session(id, owner: owner), session.phase.isRunning else { return nil }
        return session
    }
}

extension Field {
    /// The members of an object of which some are read, or none when it is absent.
    func previousMembers() throws(Problem) -> Fields {
        guard let field = ifGiven else { return try Fields([], only: []) }
        guard let members = field.value?.members else { throw wrong("an object") }
        return try Fields(members, path: path, only: Set(members.map(\.key)))
    }
}

extension SessionID {
    /// The previous system's ids are UUIDs. The same number always gives the same one; nothing is read back from it.
    var uuid: String { PreviousID.uuid("session \(rawValue)") }
}

extension SessionRow {
    /// The id that it had in the previous system, or ours in its form.
    var previousID: String { previous?.key ?? id.uuid }
}

extension TradeRow {
    /// The id that it had in the previous system, or ours in its form.
    var previousID: String { previous?.key ?? intent.id.uuid }
}

extension IntentID {
    var uuid: String { PreviousID.uuid("trade \(text)") }
}
