import Foundation
import GRDB
import Testing
import TradingModel
import TradingPorts

@testable import SQLiteStore

/// Sealed tokens on their way to another key, and a copy that is looked at only.
@Suite struct CredentialTests {
    func account(_ number: Int64) -> AccountID { AccountID(rawValue: number) }

    func filled(_ folder: TemporaryFolder, _ count: Int64) throws -> SQLiteStore {
        let store = try folder.open(), owner = try store.createOwner("Ada")
        for number in 1...count {
            try store.keep([UInt8(number)], account: account(number), owner: owner, loginID: Label("VRTC\(number)")!, isVirtual: true, isCompromised: false)
        }
        return store
    }

    @Test func rowsComeInTheOrderOfTheirAccounts() throws {
        let folder = try TemporaryFolder(), store = try filled(folder, 5)
        #expect(try store.sealedCount() == 5)
        #expect(try store.sealedRows(after: account(0), limit: 2).map(\.account.rawValue) == [1, 2])
        #expect(try store.sealedRows(after: account(2), limit: 9).map(\.account.rawValue) == [3, 4, 5])
        #expect(try store.sealedRows(after: account(5), limit: 9) == [])
        try store.close()
    }

    /// The beginning of an envelope under this version of a key, and something behind it.
    private func envelope(_ version: UInt32) -> [UInt8] {
        Array("SGE".utf8) + [1, 1] + (0..<4).map { UInt8(truncatingIfNeeded: version >> (24 - 8 * $0)) } + [UInt8](repeating: 7, count: 100)
    }

    @Test func nothingComesInUnderAKeyThatIsFenced() async throws {
        let folder = try TemporaryFolder(), store = try filled(folder, 1), ada = OwnerID(rawValue: 1)
        guard case .added(let added) = try await store.add(NewPerson(email: Email("ada@example.org")!, name: "Ada", role: .trader, password: nil), by: .host)
        else { throw SQLiteStoreError.rowMissing(table: "person", of: "Ada") }
        let person = added.id
        func refused(_ error: any Error) -> Bool { (error as? DatabaseError)?.message?.contains("retired") ?? false }
        func token(_ version: UInt32) throws {
            try store.keep(envelope(version), account: account(2), owner: ada, loginID: Label("VRTC2")!, isVirtual: true, isCompromised: false)
        }
        func factor(_ version: UInt32) async throws { _ = try await store.beginSecondFactor(person, sealed: envelope(version), by: .host) }
        func password(_ version: UInt32) throws {
            try store.pool.write { db in
                try db.execute(sql: "UPDATE person SET password = ? WHERE owner = ?", arguments: [SealedPassword.text(envelope(version)), person.rawValue])
            }
        }
        try store.fence([1, 0xA0B0_C0D0])
        for version in [1, 0xA0B0_C0D0] as [UInt32] {
            #expect { try token(version) } throws: { refused($0) }
            await #expect { try await factor(version) } throws: { refused($0) }
            #expect { try password(version) } throws: { refused($0) }
        }
        #expect {
            try store.pool.write { db in
                try db.execute(sql: "INSERT INTO hook_secret (hook, version, bytes, created_at) VALUES ('h', 1, ?, 0)", arguments: [Data(envelope(1))])
            }
        } throws: { refused($0) }
        for version in [2, 0xA0B0_C0D1] as [UInt32] {
            try token(version)
            try await factor(version)
            try password(version)
        }
        // What is no envelope is none of a key's.
        try store.keep([1], account: account(3), owner: ada, loginID: Label("VRTC3")!, isVirtual: true, isCompromised: false)
        let rows = try store.sealedRows(after: account(1), limit: 9)
        #expect(rows.map(\.credential.hook) == [nil, nil, SecondFactor.place, SealedPassword.place])
        // Nor is a row moved to such a key.
        #expect {
            try store.reseal([Reseal(account: account(2), old: envelope(0xA0B0_C0D1), new: envelope(1), isCompromised: false)], nil)
        } throws: { refused($0) }
        try store.fence([])
        try token(1)
        try password(1)
        try await factor(1)
        try store.close()
    }

    @Test func onlyTheBytesThatWereOpenedAreReplaced() throws {
        let folder = try TemporaryFolder(), store = try filled(folder, 3)
        let changes = [
            Reseal(account: account(1), old: [1], new: [11], isCompromised: false), Reseal(account: account(2), old: [9], new: [12], isCompromised: false),
            Reseal(account: account(3), old: [3], new: [13], isCompromised: true), Reseal(account: account(7), old: [7], new: [17], isCompromised: false),
        ]
        #expect(try store.reseal(changes, nil) == [account(2), account(7)])
        #expect(try store.sealedRows(after: account(0), limit: 9).map(\.credential.bytes) == [[11], [2], [13]])
        #expect(try store.sealedRows(after: account(0), limit: 9).map(\.credential.isCompromised) == [false, false, true])
        // The mark stays with the token, whatever it is sealed with, until another one is stored.
        #expect(try store.reseal([Reseal(account: account(3), old: [13], new: [23], isCompromised: false)], nil) == [])
        #expect(try store.sealed(account(3))?.isCompromised == true)
        try store.keep([33], account: account(3), owner: OwnerID(rawValue: 1), loginID: Label("VRTC3")!, isVirtual: true, isCompromised: false)
        #expect(try store.sealed(account(3))?.isCompromised == false)
        try store.close()
    }

    @Test func oneRotationIsUnderWayAndItsPlaceIsKept() throws {
        let folder = try TemporaryFolder(), store = try filled(folder, 1), now = Timestamp(seconds: 1_800_000_000)
        #expect(try store.rotation() == nil)
        var rotation = try store.keep(Rotation(from: 1, to: 2, startedAt: now))
        #expect(rotation.id > 0)
        #expect(throws: (any Error).self) { try store.keep(Rotation(from: 1, to: 3, startedAt: now)) }
        (rotation.phase, rotation.upTo, rotation.resealed) = (.resealing, account(1), 1)
        #expect(try store.reseal([Reseal(account: account(1), old: [1], new: [2], isCompromised: false)], rotation) == [])
        #expect(try store.rotation() == rotation)
        // A change that fails takes the page with it.
        var unknown = rotation
        unknown.id = 99
        #expect(throws: SQLiteStoreError.self) { try store.reseal([Reseal(account: account(1), old: [2], new: [3], isCompromised: false)], unknown) }
        #expect(try store.sealed(account(1))?.bytes == [2])
        for phase in RotationPhase.allCases {
            rotation.phase = phase
            try store.keep(rotation)
            #expect(try store.rotation()?.phase == phase)
        }
        #expect(try store.keep(Rotation(from: 2, to: 3, startedAt: now)).id > rotation.id)
        #expect(try store.ringEpoch() == 0)
        try store.keepRingEpoch(7)
        #expect(try store.ringEpoch() == 7)
        try store.close()
    }

    @Test func aCopyIsReadAndNotChanged() throws {
        let folder = try TemporaryFolder(), store = try filled(folder, 3)
        try store.close()
        let path = folder.path + "/copy ?#%.sqlite"
        try FileManager.default.copyItem(atPath: store.path, toPath: path)
        let before = try Data(contentsOf: URL(filePath: path))
        let copy = try StoreCopy.open(path)
        #expect(copy.instanceID == store.instanceID)
        #expect(try copy.sealedRows(after: account(1), limit: 9).map(\.credential.bytes) == [[2], [3]])
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(throws: SQLiteStoreError.self) { try StoreCopy.open(folder.path + "/none.sqlite") }
        try Data("no database, but long enough to be read as one".utf8).write(to: URL(filePath: path))
        #expect(throws: SQLiteStoreError.self) { try StoreCopy.open(path) }
    }
}
