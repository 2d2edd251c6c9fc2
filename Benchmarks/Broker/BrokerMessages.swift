// How many of the broker's messages are read in a second by one thread: those that come all the time. The texts are
// the simulated broker's own, with echo, ids and all.

import DerivWire
import PlainJSON
import TradingModel

struct BrokerMessages: Benchmark {
    let name = "broker-messages"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let count = size.pick(full: 2_000_000, smoke: 2_000)
        let ticks = (0..<1_000).map { Array(BrokerMessages.tick(number: Int64($0)).utf8) }
        let booking = Array(BrokerMessages.transaction.utf8)
        var sum: Int64 = 0, best = Int.max, bestTree = Int.max, read = 0
        // The best of several rounds: others that want the processor do not count.
        for _ in 0..<5 {
            var began = Stopwatch.threadTime()
            for index in 0..<count / 5 {
                ticks[index % ticks.count].withUnsafeBytes { bytes in
                    if let message = TickMessage(bytes) { (sum, read) = (sum &+ message.tick.price.pips, read + 1) }
                }
            }
            best = min(best, Stopwatch.threadTime() - began)
            began = Stopwatch.threadTime()
            for _ in 0..<count / 50 {
                if try JSONValue.parse(booking)["transaction"]?["amount"]?.number?.units(digits: 2) == -1_000 { read += 1 }
            }
            bestTree = min(bestTree, Stopwatch.threadTime() - began)
        }
        guard read == count / 5 * 5 + count / 50 * 5 else { throw BenchmarkFailure("\(read) messages were understood") }
        return BenchmarkReport(
            name: name,
            computed: "\(read) messages read, ticks of \(ticks[0].count) bytes and bookings of \(booking.count); their prices add up to \(sum) pips",
            figures: [
                Figure("ticks", .perSecond(count / 5 * 1_000_000_000 / max(1, best)), aim: "3 000 000/s"),
                Figure("bookings, read as a tree", .perSecond(count / 50 * 1_000_000_000 / max(1, bestTree))),
            ])
    }

    private static func tick(number: Int64) -> String {
        let quote = Decimals.text(105_884 + number, decimals: 2)
        return """
            {"echo_req":{"ticks_history":"1HZ100V","count":1,"end":"latest","style":"ticks","subscribe":1,"req_id":9},"tick":{"ask":\(quote),"bid":\(quote),\
            "epoch":\(1_790_000_000 + number),"id":"5c0d1c7e-90b1-4d5c-8d7e-0d6a3b6f0001","pip_size":2,"quote":\(quote),"symbol":"1HZ100V"},"msg_type":"tick",\
            "req_id":9,"subscription":{"id":"5c0d1c7e-90b1-4d5c-8d7e-0d6a3b6f0001"}}
            """
    }

    private static let transaction = """
        {"echo_req":{"transaction":1,"subscribe":1,"req_id":7},"transaction":{"action":"buy","amount":-10.00,"balance":9990.00,"currency":"USD",\
        "id":"5c0d1c7e-90b1-4d5c-8d7e-0d6a3b6f0004","transaction_id":520000000002,"transaction_time":1790000003,"contract_id":260000000001,\
        "date_expiry":1790000013,"display_name":"Volatility 100 Index","longcode":"Volatility 100 Index even: pays when tick 5 ends in an even digit.",\
        "symbol":"R_100"},"msg_type":"transaction","req_id":7,"subscription":{"id":"5c0d1c7e-90b1-4d5c-8d7e-0d6a3b6f0004"}}
        """
}
