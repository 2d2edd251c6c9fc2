// The API behind a socket: Hummingbird reads and writes HTTP, `API` answers.

import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
public import NIOCore
import NIOSSL
public import People
import PlainJSON
public import ServiceLifecycle
public import TradingService

/// Everything about the API that an operator may set.
public struct APIConfiguration: Sendable {
    /// Loopback unless the operator says otherwise, which takes TLS here or in a proxy.
    public var host = "127.0.0.1"
    /// Names by which it may be asked, beside `host`.
    public var hosts = ["127.0.0.1", "localhost", "::1"]
    /// Files of a certificate, with those above it, and of its key, as PEM; nil without TLS here.
    public var certificate: TLSFiles?
    public var limits = RequestLimits()
    /// The server was started with real accounts allowed.
    public var allowsRealTrading = false
    /// 0 takes any free port.
    public var port = 8080
    /// No request of ours comes near it.
    public var bodyBytesMost = 65_536
    public var headerBytesMost = 16_384
    public var headersMost = 64
    public var connectionsMost = 4_096
    /// Of one address, or of one household of IPv6; this machine's own and declared proxies apart. 0 is no bound.
    public var connectionsOfAddressMost = 256
    public var streamsMost = 2_000
    /// Of one owner, whatever it asks with.
    public var streamsOfOwnerMost = 50
    /// Of one visit: as many windows of a browser.
    public var streamsOfVisitMost = 6
    var streams: StreamLimits { StreamLimits(inAll: streamsMost, ofOwner: streamsOfOwnerMost, ofVisit: streamsOfVisitMost) }
    /// From its first byte a request's head is there within so long, and from its head its body; a connection's TLS as long after its beginning.
    public var headerSeconds: Int64 = 5
    public var bodySeconds: Int64 = 30
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

/// Where the certificate lies.
public struct TLSFiles: Sendable, Hashable {
    public var certificate: String
    public var key: String
    /// Certificates of those who vouch for senders of alerts; nil: nobody is asked for a certificate.
    public var senders: String?
    public init(certificate: String, key: String, senders: String? = nil) { (self.certificate, self.key, self.senders) = (certificate, key, senders) }

    /// TLS 1.2 and later, each with forward secrecy and authenticated ciphers alone.
    func configuration() throws -> TLSConfiguration {
        let chain: [NIOSSLCertificate], secret: NIOSSLPrivateKey
        do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch { throw TLSFileError(file: certificate, expected: "a certificate as PEM") }
        do { secret = try NIOSSLPrivateKey(file: key, format: .pem) } catch { throw TLSFileError(file: key, expected: "the certificate's key as PEM") }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { NIOSSLCertificateSource.certificate($0) }, privateKey: .privateKey(secret))
        if let senders {
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(senders)) } catch {
                throw TLSFileError(file: senders, expected: "certificates as PEM")
            }
            // Whoever shows one must have a right one; who shows none is a browser, or a sender whose hook asks for none.
            tls.certificateVerification = .optionalVerification
        }
        tls.minimumTLSVersion = .tlsv12
        // Of TLS 1.2; all of 1.3 are so.
        tls.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        tls.applicationProtocols = ["http/1.1"]
        return tls
    }
}

/// A file of the certificate that is not what it must be.
public struct TLSFileError: Error, Hashable, CustomStringConvertible {
    public let file: String
    public let expected: String
    public var description: String { "\(file): expected \(expected)" }
}

/// The API as a service. It ends when the group that it runs in shuts down: streams are closed, requests are answered.
/// - Throws: when the certificate or its key cannot be read.
/// - Parameter onListening: is told the port, once connections are taken.
public func makeAPIService(
    desk: any TradingDesk, hooks: HookBook, people: PeopleBook, configuration: APIConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> some Service {
    let api = API(desk: desk, hooks: hooks, people: people, configuration: configuration, logger: logger)
    var http = HTTP1Channel.Configuration(idleTimeout: .seconds(configuration.idleSeconds))
    http.httpDecoder.maxHeaderListSize = configuration.headerBytesMost
    http.httpDecoder.maxHeaderFieldSize = configuration.headerBytesMost
    http.httpDecoder.maxHeaderFieldCount = configuration.headersMost
    let deadlines = RequestDeadlines(head: .seconds(configuration.headerSeconds), body: .seconds(configuration.bodySeconds))
    let connections = ConnectionCount(most: configuration.connectionsOfAddressMost, proxies: configuration.proxies)
    let plain = HTTPServerBuilder { [http] responder in
        TimedChannel(http: HTTP1Channel(responder: responder, configuration: http), deadlines: deadlines, connections: connections)
    }
    let server = try configuration.certificate.map { try HTTPServerBuilder.tls(plain, tlsConfiguration: $0.configuration()) } ?? plain
    let application = Application(
        responder: APIResponder(api: api), server: server,
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
                peer: context.peer, certificateNames: context.certificateNames,
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
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { NetworkAddress($0) }
        channel = source.channel
    }

    /// Addresses and hosts of the certificate that the other end showed and that was found right.
    @Sendable func certificateNames() async -> [String] {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return [] }
        return certificate._subjectAlternativeNames().filter { $0.nameType == .email || $0.nameType == .dnsName }.map {
            String(decoding: $0.contents, as: UTF8.self)
        }
    }
}
