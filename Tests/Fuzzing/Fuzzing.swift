// What libFuzzer calls. One program holds every target; FUZZ_TARGET names the one that runs. Built by script/fuzz, which
// compiles the production sources with libFuzzer's counters.
import Foundation

/// A parser, and what must hold of it whatever the bytes: it ends, it does not trap, and what it took it gives back.
typealias Target = @Sendable (UnsafeRawBufferPointer) -> Void

let targets: [String: Target] = [
    "json": fuzzJSON, "numbers": fuzzNumbers, "line": fuzzLine, "walk": fuzzWalk, "statement": fuzzStatement, "token": fuzzToken,
    "shortcode": fuzzShortcode, "words": fuzzWords, "facts": fuzzFacts, "envelope": fuzzEnvelope, "keyring": fuzzKeyRing,
    "configuration": fuzzConfiguration, "trades": fuzzTrades, "request": fuzzRequest, "previous": fuzzPrevious,
]

private let target: Target = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = targets[name] else { fatalError("FUZZ_TARGET=\(name): expected one of \(targets.keys.sorted().joined(separator: " "))") }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

/// What a parser took must come to the same once more.
func same<Value: Equatable>(_ one: Value, _ other: Value, _ what: String) {
    if one != other { fatalError("\(what): \(one) and then \(other)") }
}

func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
