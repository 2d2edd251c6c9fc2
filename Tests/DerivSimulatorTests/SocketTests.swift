import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

/// The simulator behind a real socket on the loopback interface.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
    private func running(_ change: (inout DerivSimulatorConfiguration) -> Void = { _ in }, _ body: (DerivSimulator, Int) async throws -> Void) async throws {
        var configuration = DerivSimulatorConfiguration()
        change(&configuration)
        let simulator = DerivSimulator(configuration: configuration, group: MultiThreadedEventLoopGroup.singleton)
        let port = try await simulator.start()
        do { try await body(simulator, port) } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    @Test func aContractIsBoughtAndSettledOverTheWire() async throws {
        try await running {
            $0.speed = 20
        } _: { simulator, port in
            try await Client.talk(to: port) { client in
                try await client.say(#"{"authorize":"demo","req_id":1}"#)
                let authorised = try await client.next { $0.type == "authorize" }
                #expect(authorised.at("authorize.is_virtual")?.integer == 1)
                try await client.say(#"{"buy":"1","price":10,"subscribe":1,"req_id":2,"parameters":{\#(rise)}}"#)
                let bought = try await client.next { $0.type == "buy" }
                let end = try await client.next { $0.at("proposal_open_contract.is_sold")?.integer == 1 }
                #expect(end["req_id"]?.integer == 2)
                let oracle = try await simulator.oracle(), contract = try #require(oracle.contracts.first)
                #expect(contract.id.rawValue == bought.at("buy.contract_id")?.integer)
                #expect(contract.settlement?.payout.minorUnits == end.cents("proposal_open_contract.sell_price"))
                await simulator.dropConnections()
                await #expect(throws: ClientIsClosed.self) { try await client.next { _ in false } }
            }
        }
    }

    @Test func pingsAndFragmentsAreAnswered() async throws {
        try await running { _, port in
            try await Client.talk(to: port) { client in
                try await client.send(WebSocketFrame(fin: true, opcode: .ping, maskKey: .random(), data: ByteBuffer(string: "beat")))
                #expect(try await client.frame().opcode == .pong)
                try await client.send(WebSocketFrame(fin: false, opcode: .text, maskKey: .random(), data: ByteBuffer(string: #"{"pi"#)))
                try await client.send(WebSocketFrame(fin: true, opcode: .ping, maskKey: .random(), data: ByteBuffer(string: "between")))
                try await client.send(WebSocketFrame(fin: true, opcode: .continuation, maskKey: .random(), data: ByteBuffer(string: #"ng":1}"#)))
                #expect(try await client.frame().opcode == .pong)
                #expect(try await client.next { _ in true }["ping"]?.string == "pong")
            }
        }
    }

    /// What a frame must not be, and the code it is answered with.
    enum Breach: CaseIterable {
        case unmasked, extensionBit, unknownData, unknownControl, continuationOfNothing, textInAMessage, fragmentedPing, longPing, oversize, oversizeInParts
        case badUTF8, badUTF8InParts, closeOfOneByte, closeWithCode1005, closeWithBadReason

        var code: UInt16 {
            switch self {
            case .oversize, .oversizeInParts: 1009
            case .badUTF8, .badUTF8InParts, .closeWithBadReason: 1007
            case .unmasked, .extensionBit, .unknownData, .unknownControl, .continuationOfNothing, .textInAMessage, .fragmentedPing, .longPing, .closeOfOneByte,
                .closeWithCode1005:
                1002
            }
        }

        var frames: [WebSocketFrame] {
            func frame(_ opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true, rsv1: Bool = false, masked: Bool = true) -> WebSocketFrame {
                WebSocketFrame(fin: fin, rsv1: rsv1, opcode: opcode, maskKey: masked ? .random() : nil, data: ByteBuffer(bytes: bytes))
            }
            let ping = Array(#"{"ping":1}"#.utf8), long = [UInt8](repeating: 0x20, count: 600_000)
            return switch self {
            case .unmasked: [frame(.text, ping, masked: false)]
            case .extensionBit: [frame(.text, ping, rsv1: true)]
            case .unknownData: [frame(WebSocketOpcode(encodedWebSocketOpcode: 3)!, ping)]
            case .unknownControl: [frame(WebSocketOpcode(encodedWebSocketOpcode: 0xb)!, [])]
            case .continuationOfNothing: [frame(.continuation, ping)]
            case .textInAMessage: [frame(.text, Array("{".utf8), fin: false), frame(.text, ping)]
            case .fragmentedPing: [frame(.ping, [], fin: false)]
            case .longPing: [frame(.ping, Array(long.prefix(126)))]
            case .oversize: [frame(.text, long + long)]
            case .oversizeInParts: [frame(.text, long, fin: false), frame(.continuation, long)]
            case .badUTF8: [frame(.text, [0x22, 0xff, 0x22])]
            case .badUTF8InParts: [frame(.text, [0x22, 0xc3], fin: false), frame(.continuation, [0x22])]
            case .closeOfOneByte: [frame(.connectionClose, [3])]
            case .closeWithCode1005: [frame(.connectionClose, [0x03, 0xed])]
            case .closeWithBadReason: [frame(.connectionClose, [0x03, 0xe8, 0xff])]
            }
        }
    }

    @Test(arguments: Breach.allCases) func whatBreaksTheProtocolEndsTheConnectionWithItsCode(_ breach: Breach) async throws {
        try await running { simulator, port in
            try await Client.talk(to: port) { client in
                for frame in breach.frames { try await client.send(frame) }
                let frame = try await client.frame()
                #expect(frame.opcode == .connectionClose)
                #expect(frame.data.getInteger(at: frame.data.readerIndex, as: UInt16.self) == breach.code)
            }
            // It took nothing else down.
            try await Client.talk(to: port) { client in
                try await client.say(#"{"ping":1}"#)
                #expect(try await client.next { _ in true }["ping"]?.string == "pong")
            }
        }
    }

    @Test func aBrokerThatStopsSaysSo() async throws {
        try await running { simulator, port in
            try await Client.talk(to: port) { client in
                try await client.say(#"{"website_status":1,"subscribe":1}"#)
                #expect(try await client.next { _ in true }.at("website_status.site_status")?.string == "up")
                await simulator.stop()
                #expect(try await client.next { _ in true }.at("website_status.site_status")?.string == "updating")
                let frame = try await client.frame()
                #expect(frame.opcode == .connectionClose && frame.data.getInteger(at: frame.data.readerIndex, as: UInt16.self) == 1001)
            }
        }
    }

    @Test func aCloseIsAnsweredWithItsOwnCode() async throws {
        try await running { _, port in
            try await Client.talk(to: port) { client in
                var data = ByteBuffer(bytes: [0x0f, 0xa1])
                data.writeString("enough")
                try await client.send(WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data))
                let frame = try await client.frame()
                #expect(frame.opcode == .connectionClose && frame.data == data)
                await #expect(throws: ClientIsClosed.self) { try await client.frame() }
            }
        }
    }

    @Test func aReaderThatDoesNotReadIsClosed() async throws {
        try await running { simulator, port in
            try await Client.talk(to: port) { client in
                _ = try await client.channel.channel.setOption(.autoRead, value: false).get()
                for _ in 0..<400 { try? await client.say(#"{"ticks_history":"1HZ100V","end":"latest","count":5000}"#) }
                while try await simulator.connectionCount() > 0 { await Task.yield() }
            }
        }
    }

    /// Many answers at once are no reason to close: the client reads them as they come.
    @Test(arguments: [(#"{"active_symbols":"full"}"#, 100), (#"{"ticks_history":"1HZ100V","end":"latest","count":5000}"#, 40)])
    func aReaderThatReadsGetsEveryAnswer(_ request: String, _ count: Int) async throws {
        try await running { _, port in
            try await Client.talk(to: port) { client in
                for number in 0..<count { try await client.say(request.dropLast() + #","req_id":\#(number)}"#) }
                for number in 0..<count { #expect(try await client.next { _ in true }["req_id"]?.integer == Int64(number)) }
            }
        }
    }

    @Test func aTakenPortLeavesTheStateAlone() async throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        try await running { _, port in
            await #expect(throws: (any Error).self) {
                try await self.running {
                    ($0.port, $0.stateDirectory) = (port, folder.path)
                } _: { _, _ in
                }
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func whatIsNoWebSocketIsToldSo() async throws {
        try await running { _, port in
            let answer = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                var text = ""
                for try await part in inbound { text += String(buffer: part) }
                return text
            }
            #expect(answer.hasPrefix("HTTP/1.1 426"))
        }
    }

    @Test func aStoppedBrokerGoesOnWhereItWas() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulator-\(UInt64.random(in: 0 ... .max))").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var ledger: [Booking] = [], clock = Timestamp(seconds: 0)
        for round in 0..<2 {
            try await running {
                $0.stateDirectory = folder
            } _: { simulator, port in
                if round == 1 {
                    let oracle = try await simulator.oracle()
                    #expect(Array(oracle.ledger.prefix(ledger.count)) == ledger)
                    #expect(oracle.clock >= clock && oracle.clock.milliseconds(since: clock) < 10_000)
                }
                try await Client.talk(to: port) { client in
                    try await client.say(#"{"authorize":"demo"}"#)
                    try await client.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
                    #expect(try await client.next { $0.type == "buy" }.cents("buy.balance_after") != nil)
                }
                let oracle = try await simulator.oracle()
                (ledger, clock) = (oracle.ledger, oracle.clock)
            }
        }
        #expect(ledger.count { $0.action == .buy } == 2)
    }
}

struct ClientIsClosed: Error {}

/// A small WebSocket client.
private struct Client {
    typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    let channel: Channel
    let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    let frames: Frames

    /// The one iterator over what comes in; only one task uses it.
    final class Frames {
        var iterator: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
        init(_ iterator: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator) { self.iterator = iterator }
    }

    static func talk(to port: Int, _ body: (Client) async throws -> Void) async throws {
        let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let upgrader = NIOTypedWebSocketClientUpgrader<Channel>(maxFrameSize: 1 << 20) { channel, _ in
                    channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
                }
                var headers = HTTPHeaders()
                headers.add(name: "Host", value: "localhost")
                headers.add(name: "Sec-WebSocket-Extensions", value: "permessage-deflate; client_max_window_bits")
                let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/websockets/v3?app_id=1089&l=EN&brand=", headers: headers)
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                    configuration: .init(
                        upgradeConfiguration:
                            NIOTypedHTTPClientUpgradeConfiguration(
                                upgradeRequestHead: head, upgraders: [upgrader],
                                notUpgradingCompletionHandler: { $0.eventLoop.makeFailedFuture(ClientIsClosed()) })))
            }
        }
        let channel = try await upgrade.get()
        try await channel.executeThenClose { inbound, outbound in
            try await body(Client(channel: channel, outbound: outbound, frames: Frames(inbound.makeAsyncIterator())))
        }
    }

    func send(_ frame: WebSocketFrame) async throws { try await outbound.write(frame) }
    func say(_ text: some StringProtocol) async throws {
        try await send(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: String(text))))
    }

    func frame() async throws -> WebSocketFrame {
        guard let frame = try await frames.iterator.next() else { throw ClientIsClosed() }
        return frame
    }

    /// The next message that `test` accepts.
    func next(_ test: (JSONValue) -> Bool) async throws -> JSONValue {
        while true {
            let frame = try await frame()
            guard frame.opcode == .text else { continue }
            let message = try JSONValue.parse(frame.data.readableBytesView)
            if test(message) { return message }
        }
    }
}
