import Crypto
import Foundation
import Testing
import TradingModel

@testable import signalist

/// A file of passwords that nobody may choose: words, or sorted hashes.
@Suite struct LeakedPasswordsTests {
    private static func list(_ text: String) throws -> LeakedPasswords {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("leaked-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        // It stays open.
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try LeakedPasswords(path: path)
    }
    private static func hash(_ text: String) -> String { Insecure.SHA1.hash(data: Array(text.utf8)).hexText.uppercased() }

    @Test(arguments: ["\n", "\r\n"])
    func wordsAreKnownInAnyLetters(_ end: String) throws {
        let list = try LeakedPasswordsTests.list(["hunter2hunter", "Trustno1Trustno1", "пароль-пароль"].joined(separator: end))
        for known in ["hunter2hunter", "HUNTER2hunter", "trustno1trustno1", "Пароль-Пароль"] { #expect(try list.contains(known), "\(known)") }
        for other in ["hunter2hunte", "hunter2hunter ", ""] { #expect(try !list.contains(other), "\(other)") }
    }

    /// Each of them is found, wherever it stands, and none beside them; with counts of every length.
    @Test(arguments: [1, 2, 3, 10, 2_000], ["\n", "\r\n"])
    func eachHashIsFoundInTheFile(_ count: Int, _ end: String) throws {
        let words = (0..<count).map { "password number \($0)" }
        let lines = words.map(LeakedPasswordsTests.hash).sorted().enumerated().map { $1 + ($0 % 3 == 0 ? "" : ":\(String(repeating: "7", count: $0 % 9 + 1))") }
        for last in ["", end] {
            let list = try LeakedPasswordsTests.list(lines.joined(separator: end) + last)
            for word in words {
                #expect(try list.contains(word), "\(word)")
                #expect(try list.contains(word.uppercased()), "in small letters it is there")
            }
            for other in (0..<200).map({ "another number \($0)" }) { #expect(try !list.contains(other), "\(other)") }
        }
    }

    @Test func whatIsNoListIsRefused() throws {
        #expect(throws: LeakedPasswords.Unusable.self) { try LeakedPasswords(path: "/nowhere/at/all") }
        #expect(throws: LeakedPasswords.Unusable.self) { try LeakedPasswordsTests.list("") }
        let unsorted = (0..<500).map { LeakedPasswordsTests.hash("\($0)") }
        #expect(throws: LeakedPasswords.Unusable.self) { try LeakedPasswordsTests.list(unsorted.joined(separator: "\n")) }
        // What stands between hashes is noticed by whoever comes to it.
        let torn = try LeakedPasswordsTests.list((unsorted.sorted().prefix(4) + ["no hash at all"]).joined(separator: "\n"))
        #expect(throws: LeakedPasswords.Unusable.self) { for number in 0..<300 { _ = try torn.contains("number \(number)") } }
    }
}
