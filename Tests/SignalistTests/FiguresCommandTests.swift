// The command that works out figures from a file: what it prints, and what it says of a file that is not as it should be.
import ArgumentParser
import Foundation
import Testing
import TradeAnalytics

@testable import signalist

struct FiguresCommandTests {
    static let header = "id,symbol,side,open_epoch,close_epoch,stake,pnl\n"

    /// A file of this text in a folder of its own, as long as `body` runs.
    func withFile<Value>(_ text: String, _ body: (String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "trades.csv")
        try Data(text.utf8).write(to: file)
        return try body(file.path)
    }

    func json(_ text: String, start: Int64 = 1_000_000, years: [Int] = [365], decimals: Int = 2) throws -> [String: Any] {
        try withFile(text) { path in
            var reader = TradeFileReader(path: path, start: start, decimals: decimals)
            let json = FiguresJSON.text(try reader.read(), years: years, decimals: decimals)
            return try JSONSerialization.jsonObject(with: Data(json.utf8)) as! [String: Any]
        }
    }

    /// Each complaint without the path of the file.
    func complaints(_ text: String, decimals: Int = 2) throws -> [String] {
        try withFile(text) { path in
            var reader = TradeFileReader(path: path, start: 1_000_000, decimals: decimals)
            let failure = try #require(throws: TradeFileReader.Failure.self) { try reader.read() }
            return failure.description.split(separator: "\n").map { $0.replacingOccurrences(of: path + ":", with: "") }
        }
    }

    @Test func figuresOfAFile() throws {
        let found = try json(
            FiguresCommandTests.header
                + "1,R_50,CALL,1700000000,1700000060,10.00,9.50\r\n2,R_75,PUT,1700000060,1700000120,10,-10\n3,R_50,PUT,1700090000,1700090000,10.0,0.5")
        let total = try #require(found["by_hand_trades"] as? [String: Any])
        #expect(total["n"] as? Int == 3 && total["net"] as? Double == 0 && total["gross_loss"] as? Double == -10 && total["median"] as? Double == 0.5)
        #expect(total["profit_factor"] as? Double == 1 && total["final_equity"] as? Double == 10_000)
        let days = try #require((found["by_hand_daily"] as? [String: [String: Any]])?["365"])
        #expect(days["days"] as? Int == 2 && days["best_day"] as? Double == 0.5 / 9_999.5)
        #expect(Set(try #require(found["by_symbol"] as? [String: Any]).keys) == ["R_50", "R_75"])
        let symbol = try #require((found["by_symbol"] as? [String: [String: Any]])?["R_50"])
        #expect(symbol["n"] as? Int == 2 && symbol["profit_factor"] is NSNull)
        #expect(Set(try #require(found["by_side"] as? [String: Any]).keys) == ["CALL", "PUT"])
        #expect(found.count == 4)
    }

    @Test func aFileWithoutTradesHasFiguresToo() throws {
        let total = try #require(try json(FiguresCommandTests.header)["by_hand_trades"] as? [String: Any])
        #expect(total["n"] as? Int == 0 && total["win_rate"] is NSNull)
    }

    @Test func decimalsAreTheCurrencys() throws {
        let text = FiguresCommandTests.header + "1,R_50,CALL,1,2,0.00010000,-0.00000001\n"
        let total = try #require(try json(text, start: 100_000_000, decimals: 8)["by_hand_trades"] as? [String: Any])
        #expect(total["net"] as? Double == -0.000_000_01)
        #expect(try complaints(text) == ["2:17: stake is \"0.00010000\", expected an amount with at most 2 decimals, up to 10000000000.00"])
    }

    @Test(arguments: [
        ("", "1:1: the file is empty, expected the line id,symbol,side,open_epoch,close_epoch,stake,pnl"),
        ("id,symbol\n", "1:1: the first line is \"id,symbol\", expected id,symbol,side,open_epoch,close_epoch,stake,pnl"),
        (header + "\n", "2:1: an empty line, expected id,symbol,side,open_epoch,close_epoch,stake,pnl"),
        (header + "1,R_50,CALL,1,2,3\n", "2:18: 6 fields, expected id,symbol,side,open_epoch,close_epoch,stake,pnl"),
        (header + "1,R_50,CALL,1,2,3,4,5\n", "2:20: more than 7 fields: id,symbol,side,open_epoch,close_epoch,stake,pnl"),
        (header + ",R_50,CALL,1,2,3,4\n", "2:1: id is empty, expected a name or a number"),
        (header + "1,R 50,CALL,1,2,3,4\n", "2:3: symbol is \"R 50\", expected 2 to 16 letters, digits and underscores"),
        (header + "1,\"R_50\",CALL,1,2,3,4\n", "2:3: symbol is \"\\\"R_50\\\"\", expected 2 to 16 letters, digits and underscores"),
        (header + "1,R_50,,1,2,3,4\n", "2:8: side is empty, expected 1 to 32 bytes without spaces at their ends"),
        (header + "1,R_50,CALL,-1,2,3,4\n", "2:13: open_epoch is \"-1\", expected seconds since 1970"),
        (header + "1,R_50,CALL,1,2.5,3,4\n", "2:15: close_epoch is \"2.5\", expected seconds since 1970"),
        (header + "1,R_50,CALL,1,999999999999,3,4\n", "2:15: close_epoch is \"999999999999\", expected seconds since 1970, up to the year 9999"),
        (header + "1,R_50,CALL,3,2,3,4\n", "2:15: close_epoch 2 is before open_epoch 3"),
        (header + "1,R_50,CALL,1,2,-3,4\n", "2:17: a stake of -300 minor units, expected none below zero"),
        (header + "1,R_50,CALL,1,2,3,1e5\n", "2:19: pnl is \"1e5\", expected an amount with at most 2 decimals, up to 10000000000.00"),
        (header + "1,R_50,CALL,1,2,3,\n", "2:19: pnl is empty, expected an amount with at most 2 decimals, up to 10000000000.00"),
        (header + "1,R_50,CALL,1,2,3,-\n", "2:19: pnl is \"-\", expected an amount with at most 2 decimals, up to 10000000000.00"),
        (header + "1,R_50,CALL,1,2,3,5.\n", "2:19: pnl is \"5.\", expected an amount with at most 2 decimals, up to 10000000000.00"),
        (header + "1,R_50,CALL,1,2,3,1.234\n", "2:19: pnl is \"1.234\", expected an amount with at most 2 decimals, up to 10000000000.00"),
        (header + "1,R_50,CALL,1,2,3,NaN\n", "2:19: pnl is \"NaN\", expected an amount with at most 2 decimals, up to 10000000000.00"),
        (
            header + "1,R_50,CALL,1,2,3,10000000000.01\n",
            "2:19: pnl is \"10000000000.01\", expected an amount with at most 2 decimals, up to 10000000000.00"
        ),
        (
            header + "1,R_50,CALL,1,2,3,99999999999999999999\n",
            "2:19: pnl is \"99999999999999999999\", expected an amount with at most 2 decimals, up to 10000000000.00"
        ),
        (
            header + "1,R_50,CALL,1,9,3,4\n2,R_50,CALL,1,8,3,4\n",
            "3:15: settled at 8000 ms, before the trade ahead of it at 9000 ms; trades come in order of settlement"
        ),
        (header + String(repeating: "x", count: 5_000), "2:1: a line of more than 4096 bytes, expected id,symbol,side,open_epoch,close_epoch,stake,pnl"),
    ]) func aLineThatIsNotAsItShouldBeIsNamedByItsPlace(text: String, complaint: String) throws {
        #expect(try complaints(text) == [complaint])
    }

    @Test func everyBadLineIsNamedUpToTwenty() throws {
        let found = try complaints(FiguresCommandTests.header + String(repeating: "1,R_50,CALL,1,2,3,x\n1,R_50,CALL,1,2,3,4\n", count: 25))
        #expect(found.count == 21 && found[0].hasPrefix("2:19:") && found[19].hasPrefix("40:19:") && found[20] == "and 5 more refused lines")
    }

    @Test func aFileThatIsNotThereIsNamed() {
        var reader = TradeFileReader(path: "/nowhere/trades.csv", start: 1, decimals: 2)
        let failure = #expect(throws: TradeFileReader.Failure.self) { try reader.read() }
        #expect(failure?.description.hasPrefix("/nowhere/trades.csv: cannot be read: ") == true)
    }

    /// Longer than the pieces it is read in, with lines that lie across their ends.
    @Test func aLongFileIsReadInPieces() throws {
        let lines = (0..<40_000).map { "\($0),R_\($0 % 3 * 25 + 25),\($0 % 2 == 0 ? "CALL" : "PUT"),\($0),\($0 + 1),10.00,\($0 % 5 == 0 ? "-10.00" : "2.50")" }
        let total = try #require(try json(FiguresCommandTests.header + lines.joined(separator: "\n"))["by_hand_trades"] as? [String: Any])
        #expect(total["n"] as? Int == 40_000 && total["losses"] as? Int == 8_000 && total["net"] as? Double == 0)
    }

    @Test(arguments: [
        (["trades.csv", "--start", "0"], "--start 0"), (["trades.csv", "--start", "x"], "--start x"), (["trades.csv", "--start", "1.234"], "--start 1.234"),
        (["trades.csv", "--start", "1", "--days", "360"], "--days 360"), (["trades.csv", "--start", "1", "--decimals", "9"], "--decimals 9"),
        (["trades.csv", "--start", "10000000000.01"], "--start 10000000000.01"), (["trades.csv"], "--start"), (["--start", "1"], "<trades>"),
    ]) func aWrongArgumentIsNamed(arguments: [String], name: String) {
        let error = #expect(throws: (any Error).self) { try FiguresCommand.parse(arguments) }
        #expect(error.map { FiguresCommand.message(for: $0).contains(name) } == true)
    }

    @Test func theDocumentNamesEveryFigure() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: "docs/figures.md"), encoding: .utf8)
        let keys = document.split(separator: "\n").compactMap { $0.firstMatch(of: /^\| `([a-z0-9_]+)` \| .+ \| .* \|$/).map { String($0.1) } }
        #expect(keys == (TradeFigures.all.map { "\($0.key)" } + DailyFigures.all.map { "\($0.key)" }))
    }

    @Test(
        .enabled(
            if: FiguresCommandTests.reference != nil, "the reference figures are not here: ../shared/data/metrics beside the repository, or in SIGNALIST_SHARED"
        ))
    func theReferenceFileHasTheReferenceFigures() throws {
        let folder = try #require(FiguresCommandTests.reference)
        var reader = TradeFileReader(path: folder.appending(path: "reference_trades.csv").path, start: 1_000_000, decimals: 2)
        let ours = FiguresJSON.text(try reader.read(), years: [252, 365], decimals: 2)
        let found = try #require(try JSONSerialization.jsonObject(with: Data(ours.utf8)) as? [String: Any])
        let expected = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "reference_metrics.json"))) as? [String: Any])
        for key in ["by_hand_trades", "by_hand_daily", "by_symbol", "by_side"] { compare(found[key], expected[key], key) }
    }

    func compare(_ ours: Any?, _ reference: Any?, _ place: String) {
        if let reference = reference as? [String: Any] {
            let ours = ours as? [String: Any]
            #expect(ours?.keys.sorted() == reference.keys.sorted(), "\(place)")
            for (key, value) in reference { compare(ours?[key], value, "\(place).\(key)") }
        } else if let reference = reference as? Double, let ours = ours as? Double {
            #expect((ours - reference).magnitude <= 1e-9 * max(1, reference.magnitude), "\(place): \(ours), reference \(reference)")
        } else {
            Issue.record("\(place): \(String(describing: ours)), reference \(String(describing: reference))")
        }
    }

    static let reference: URL? = {
        let named = ProcessInfo.processInfo.environment["SIGNALIST_SHARED"].map { URL(filePath: $0) }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = (named ?? root.deletingLastPathComponent().appending(path: "shared")).appending(path: "data/metrics")
        return FileManager.default.fileExists(atPath: folder.appending(path: "reference_metrics.json").path) ? folder : nil
    }()

    @Test func tablesForPeople() throws {
        let text = try withFile(FiguresCommandTests.header + "1,R_50,CALL,1,2,10.00,9.50\n2,R_50,PUT,1,2,10.00,-10.00\n") { path in
            var reader = TradeFileReader(path: path, start: 1_000_000, decimals: 2)
            return FiguresText.text(try reader.read(), years: [252, 365], decimals: 2)
        }
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("profit_factor 0.95") && lines.contains("net -0.50") && lines.contains("expectancy -0.2500"))
        #expect(lines.contains("days a year of 252 a year of 365") && lines.contains("sharpe - -"))
        #expect(lines.contains("CALL 1 1 9.50 - 9.5000 0.00 -"))
    }
}
