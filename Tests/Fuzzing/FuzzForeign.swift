import PlainJSON
import PreviousImport
import SimulatedMarket
import TradingModel

// What clients of the simulated broker send, and what an export of the previous system holds.
@testable import DerivSimulator

/// Each line is a request on one connection, with a second of trading between them. Whatever is said, each answer is one JSON
/// object that names its type, and no longer than a client takes.
func fuzzRequest(_ bytes: UnsafeRawBufferPointer) {
    let began = Timestamp(milliseconds: 1_790_000_000_000)
    let broker = InProcessBroker(seed: 1, symbols: [Symbol("1HZ100V")!, Symbol("R_50")!], opening: began, openingBalanceMinorUnits: 1_000_000)
    let connection = broker.connect { output in
        guard case .frame(let frame) = output else { return }
        // What a client passes through is given back as it came, numbers among it that nobody can hold.
        if let value = try? JSONValue.parse(frame) {
            if value["msg_type"]?.string == nil { fatalError("an answer without a type") }
        } else if !String(decoding: frame, as: UTF8.self).contains("\"passthrough\"") {
            fatalError("an answer that is no JSON")
        }
        if frame.count > 1 << 20 { fatalError("an answer of \(frame.count) bytes") }
    }
    broker.receive(Array("{\"authorize\":\"fuzzed\"}".utf8), on: connection)
    var second: Int64 = 0
    for line in bytes.split(separator: 0x0a, maxSplits: 7, omittingEmptySubsequences: true) {
        broker.receive(Array(line), on: connection)
        second += 1
        broker.turn(to: Timestamp(milliseconds: began.milliseconds + second * 1_000))
    }
    for account in broker.books.accounts.values where account.balance.isNegative { fatalError("an account at \(account.balance)") }
}

/// The first byte says of which collection and form the rest is a file.
func fuzzPrevious(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let collections = ["user", "derivapitokens", "signalistbotsettings", "autotradingsessions", "signals", "signalistbottrades"]
    let names = collections.flatMap { name in ["json", "jsonl", "bson"].map { "\(name).\($0)" } }
    guard let files = try? CollectionFile.all(in: [names[Int(first) % names.count]]), let file = files.first else { return }
    var previous = PreviousImport(open: { _ in .opened(isCompromised: false) })
    previous.read(file, Array(bytes.dropFirst()))
    _ = previous.finish()
}
