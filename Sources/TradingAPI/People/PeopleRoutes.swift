// Looking after people: for admins.

import Hummingbird
import Logging
import People
import PlainJSON
import TradingModel
import TradingPorts

enum PeopleRoutes {
    static func list(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return .page(try await call.people.people(), next: nil) { $0.value($1) }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let person = try await found(call)
        return .json { $0.value(person) }
    }

    /// Without a password; the person sets one by a code.
    static func add(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(["email", "name", "role"])
        let person = NewPerson(email: try fields["email"].email(), name: try fields["name"].personName(), role: try fields["role"].role())
        guard case .added(let added) = try await call.people.add(person, by: call.doer) else { throw Problem(.emailTaken, field: "email") }
        note("person added", added, call)
        return .json(.created, headers: [.location: "/api/v1/people/\(added.id)"]) { $0.value(added) }
    }

    static func change(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let id = try id(call), fields = try call.fields(["name", "role", "disabled"])
        let change = PersonChange(
            name: try fields["name"].ifGiven?.personName(), role: try fields["role"].ifGiven?.role(), isDisabled: try fields["disabled"].ifGiven?.flag())
        switch try await call.people.change(id, change, by: call.doer) {
        case .changed(let person, _):
            note("person changed", person, call)
            return .json { $0.value(person) }
        case .unknown: throw Problem(.notFound)
        case .lastAdmin: throw Problem(.lastAdmin)
        case .forgotten: throw Problem(.personForgotten)
        }
    }

    /// Name and address go, for good; what the books hold of the number stays.
    static func forget(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        switch try await call.people.forget(try id(call), by: call.doer) {
        case .forgotten(let person):
            note("person forgotten", person, call)
            return .json { $0.value(person) }
        case .unknown: throw Problem(.notFound)
        case .notDisabled: throw Problem(.personNotDisabled)
        }
    }

    static func passwordCode(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let person = try await found(call), code = try await call.people.passwordCode(person.id, by: call.doer)
        note("one-time code for a password made", person, call)
        return .json(.created) { json in
            json.object { json in
                code.reveal { json.member("code", $0) }
                json.member("validSeconds", PeopleBook.linkSeconds)
            }
        }
    }

    private static func id(_ call: Call) throws(Problem) -> OwnerID {
        OwnerID(rawValue: try Field(path: "person", value: call.parameters["person"].map { .string($0) }, isText: true).integer(1...Int64.max))
    }

    private static func found(_ call: Call) async throws -> Person {
        guard let person = try await call.people.person(try id(call)) else { throw Problem(.notFound) }
        return person
    }

    private static func note(_ what: Logger.Message, _ person: Person, _ call: Call) {
        call.logger.notice(
            what, metadata: ["person": "\(person.id)", "role": "\(person.role.rawValue)", "disabled": "\(person.disabledAt != nil)", "by": "\(call.by)"])
    }
}

extension Field {
    func email() throws(Problem) -> Email {
        guard let email = value?.string.flatMap({ Email($0) }) else { throw wrong("an address such as ada@example.org") }
        return email
    }

    func personName() throws(Problem) -> String {
        guard let name = value?.string, (1...Person.longestName).contains(name.utf8.count),
            !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
        else { throw wrong("a name of 1 to \(Person.longestName) bytes without control characters") }
        return name
    }

    func role() throws(Problem) -> Role { try word(Role.allCases.map { ($0.rawValue, $0) }) }
}

extension JSONWriter {
    mutating func value(_ person: Person) {
        object { json in
            json.member("id", person.id.rawValue)
            json.member("email", person.email.text)
            json.member("name", person.name)
            json.member("role", person.role.rawValue)
            json.member("hasPassword", person.password != nil)
            json.member("createdAt", person.createdAt)
            json.member("disabledAt", ifAny: person.disabledAt?.description)
            json.member("forgottenAt", ifAny: person.forgottenAt?.description)
            json.member("secondFactor", person.hasSecondFactor)
        }
    }
}
