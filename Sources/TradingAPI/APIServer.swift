// The API behind a socket: Hummingbird reads and writes HTTP, `API` answers.

import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
public import People
import PlainJSON
public import ServiceLifecycle
public import TradingService

/// Everything about the API that an operator may set.
public struct APIConfiguration: Sendable {
    /// Loopback unless the operator says otherwise: there is no TLS here.
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 8080
    /// No request of ours comes near it.
    public var bodyBytesMost = 65_536
    public var headerBytesMost = 16_384
    public var headersMost = 64
    public var connectionsMost = 4_096
    public var streamsMost = 2_000
    /// A comment on a silent stream, so that both sides notice when the other is gone.
    public var heartbeat = Duration.seconds(15)
    /// A connection on which nothing is asked is closed after so long.
    public var idleSeconds: Int64 = 60
    /// Proxies whose `X-Forwarded-For` is believed.
    public var proxies: [Network] = []
    /// Browsers reach it by https, by this server or a proxy before it: cookies go no other way.
    public var isSecure = false
    /// Shown by `GET /api/v1/health`.
    public var version = "development"

    public init() {}
}

/// The API as a service. It ends when the group that it runs in shuts down: streams are closed, requests are answered.
/// - Parameter onListening: is told the port, once connections are taken.
public func makeAPIService(
    desk: any TradingDesk, hooks: HookBook, people: PeopleBook, configuration: APIConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) -> some Service {
    let api = API(desk: desk, hooks: hooks, people: people, configuration: configuration, logger: logger)
    var http = HTTP1Channel.Configuration(idleTimeout: .seconds(configuration.idleSeconds))
    http.httpDecoder.maxHeaderListSize = configuration.headerBytesMost
    http.httpDecoder.maxHeaderFieldSize = configuration.headerBytesMost
    http.httpDecoder.maxHeaderFieldCount = configuration.headersMost
    let application = Application(
        responder: APIResponder(api: api), server: .http1(configuration: http),
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: nil,
            availableConnectionsDelegate: .maximum(configuration.connectionsMost, logger: logger)),
        onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
        eventLoopGroupProvider: .shared(eventLoopGroup), logger: logger)
    return OnEventLoop(service: application, eventLoop: eventLoopGroup.next())
}

/// From Hummingbird's request to ours and back, with one line in the log for each: no query, no header, no body.
struct APIResponder: HTTPResponder {
    typealias Context = PeerContext
    let api: API

    func respond(to request: Request, context: Context) async throws -> Response {
        let began = ContinuousClock.now
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        let (reply, route) = await api.answer(
            APIRequest(
                method: request.method, path: request.uri.path, query: request.uri.query, headers: request.headers, authority: request.head.authority,
                peer: context.peer,
                body: { most in
                    if let announced, announced > most { return nil }
                    var bytes: [UInt8] = []
                    do {
                        for try await part in request.body {
                            guard bytes.count + part.readableBytes <= most else { return nil }
                            bytes.append(contentsOf: part.readableBytesView)
                        }
                    } catch { throw Problem(.malformedJSON, "the body broke off") }
                    // Half a body could be a whole one with another meaning.
                    if let announced, bytes.count != announced { throw Problem(.malformedJSON, "the body broke off") }
                    return bytes
                }))
        let took = (ContinuousClock.now - began).components
        api.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "route": "\(route)", "status": "\(reply.status.code)",
                "milliseconds": "\(took.seconds * 1_000 + took.attoseconds / 1_000_000_000_000_000)",
            ])
        return response(to: request.method, reply)
    }

    private func response(to method: HTTPRequest.Method, _ reply: Reply) -> Response {
        switch reply.body {
        case .none: return Response(status: reply.status, headers: reply.headers)
        case .bytes(let bytes):
            var response = Response(status: reply.status, headers: reply.headers, body: method == .head ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes)))
            response.headers[.contentLength] = String(bytes.count)
            return response
        case .stream(let write):
            if method == .head { return Response(status: reply.status, headers: reply.headers) }
            return Response(status: reply.status, headers: reply.headers, body: ResponseBody(write))
        }
    }
}

/// Hummingbird's, with the other end of the connection.
struct PeerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: NetworkAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { NetworkAddress($0) }
    }
}
