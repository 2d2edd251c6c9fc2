// While the circuit of an account's line is open nothing is bought, and a signal waits.
import Testing
import TradingEngine
import TradingModel
import TradingTesting

private typealias S = EngineScript

struct CircuitScripts {
    private static let until = S.start.adding(seconds: 60)
    private static func opened(_ until: Timestamp = until) -> Input.Event { .broker(S.accountID, .circuitOpened(cause: Label("rate limit")!, until: until)) }

    @Test func nothingIsBoughtWhileTheCircuitIsOpenAndWhatWaitsIsBoughtAfterwards() {
        var s = S.trading()
        #expect(s.at(1, Self.opened()) == ["a1 circuit open: rate limit, until \(Self.until)"])
        #expect(s.at(2, Self.opened()) == [], "it is open")
        #expect(s.at(2, .signal(S.signal(1, at: 2))).last == "s1 refused 00000001 circuit_open, waits")
        #expect(s.at(3, .broker(S.accountID, .circuitClosed)) == ["a1 circuit closed", "s1 intend 00000001 1HZ100V rise 5t 10.00"])
        #expect(s.at(4, .broker(S.accountID, .circuitClosed)) == [])
    }

    @Test func theLineOfANewProcessBeginsWithAClosedCircuit() {
        var s = S.trading()
        _ = s.at(1, Self.opened())
        s.restart()
        #expect(s.engine.state.accounts.elements[0].circuitOpenUntil != nil, "it is on record")
        _ = s.at(2, .broker(S.accountID, .lineDown(cause: Label("restarted")!, clean: false)))
        _ = s.at(3, .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))))
        #expect(s.engine.state.accounts.elements[0].circuitOpenUntil == nil)
    }
}
