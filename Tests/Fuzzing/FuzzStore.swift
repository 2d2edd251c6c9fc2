// What lies on our own disk and may have been damaged or made by somebody else: facts, envelopes, key rings, settings, files
// of trades.
import DerivBroker
import TradingEngine
import TradingModel
import TradingPorts

@testable import KeyRing
@testable import signalist

/// The first line is the kind, the rest the body.
func fuzzFacts(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let fact = try? FactCoding.decode(kind: text(UnsafeRawBufferPointer(rebasing: parts[0])), body: Array(parts[1]), sequence: 1) else {
        return
    }
    let (kind, body) = FactCoding.encode(fact)
    guard let again = try? FactCoding.decode(kind: kind, body: body, sequence: 1) else { fatalError("what was written cannot be read: \(fact)") }
    same(fact, again, "fact")
    _ = fact.line
}

func fuzzEnvelope(_ bytes: UnsafeRawBufferPointer) {
    if let sealed = try? SealedSecret(text: text(bytes)) { same(try? SealedSecret(text: sealed.text), sealed, "envelope") }
    if let sealed = try? SealedSecret(bytes: Array(bytes)) {
        same(try? SealedSecret(text: sealed.text), sealed, "envelope")
        _ = (sealed.keyVersion, sealed.description)
    }
}

func fuzzKeyRing(_ bytes: UnsafeRawBufferPointer) {
    guard let ring = try? KeyRingText.ring(Array(bytes), path: "fuzzed") else { return }
    let written = KeyRingText.bytes(of: ring)
    guard let again = try? KeyRingText.ring(written, path: "fuzzed") else { fatalError("a ring that was written cannot be read") }
    same(KeyRingText.bytes(of: again), written, "key ring")
}

func fuzzConfiguration(_ bytes: UnsafeRawBufferPointer) {
    let word = text(bytes)
    if let configuration = try? ServerConfiguration(environment: [:], file: word) { _ = configuration.brokerAddress }
    if let address = BrokerAddress(word, appID: 1_089), !(1...65_535).contains(address.port) { fatalError("port \(address.port)") }
}

/// Lines of a file of trades.
func fuzzTrades(_ bytes: UnsafeRawBufferPointer) {
    var reader = TradeLine(decimals: 2)
    for line in bytes.split(separator: 0x0a, maxSplits: 64, omittingEmptySubsequences: false) {
        _ = Array(line).withUnsafeBufferPointer { try? reader.trade($0) }
    }
}
