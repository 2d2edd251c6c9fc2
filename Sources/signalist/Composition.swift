import AuditLog
import Crypto
import DerivBroker
import Foundation
import KeyRing
import KeyRotation
import Logging
import NIOCore
import NIOPosix
import People
import SQLiteStore
import Synchronization
import TradingAPI
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// The server's parts put together: the one file that names every adapter.
struct Composition {
    let store: SQLiteStore
    let keys: KeyKeeper
    let clock: TradingClock
    let server: TradingServer
    let broker: DerivBroker
    let market: DerivMarket
    let apiGroup: MultiThreadedEventLoopGroup
    let hooks: HookBook
    let checkpointing: Checkpointing
    let people: PeopleBook
    let configuration: ServerConfiguration
    let logger: Logger
    /// What was brought along from before this start.
    let factsBefore: Int64

    /// Opens the store and the key ring and joins the rest. `clock` is a demo's, shared with its broker; without one,
    /// time is learnt from the broker.
    init(
        _ configuration: ServerConfiguration, clock shared: (@Sendable () -> Timestamp)? = nil, brokerGroup: any EventLoopGroup, logger: Logger,
        onBuyWritten: (@Sendable (IntentID) -> Void)? = nil
    ) throws {
        (self.configuration, self.logger) = (configuration, logger)
        try Folder.make(configuration.dataDirectory)
        store = try SQLiteStore.open(configuration.dataDirectory + "/signalist.sqlite")
        let turn = DispatchQueue(label: "resealing")
        keys = try KeyKeeper(configuration, store: store, later: { work in turn.async(execute: work) }) { notice in
            switch notice {
            case .compromised, .notResealed: logger.warning("token", metadata: ["notice": "\(notice)"])
            case .ringOlderThanData: logger.error("key ring", metadata: ["notice": "\(notice)"])
            }
        }
        logger.info("key ring", metadata: ["source": "\(keys.source)", "epoch": "\(keys.ring.epoch)", "primary": "\(keys.ring.primary)"])
        do {
            let count = try keys.rebind()
            if count > 0 { logger.notice("second factors are sealed for a purpose of their own now", metadata: ["count": "\(count)"]) }
        } catch { logger.error("second factors could not be sealed anew; they open as they are", metadata: ["error": "\(error)"]) }
        checkpointing = try Checkpointing(store: store, keys: keys, file: CheckpointFile(path: configuration.auditCheckpoints), logger: logger)
        let restored = try store.restore()
        factsBefore = restored.nextSequence - 1

        let accounts = restored.state.accounts.elements.filter { !$0.isRemoved }.map(\.id)
        for account in try store.eraseTokens(except: Set(accounts)) {
            logger.notice("a token that belonged to no account is gone", metadata: ["account": "\(account)"])
        }
        let floor = restored.state.at, onClock: @Sendable (Int64, Timestamp, Timestamp) -> Void
        if let shared {
            clock = TradingClock(speed: configuration.brokerSpeed) { max(floor, shared()) }
            onClock = { _, _, _ in }
        } else {
            let own = BrokerClock(start: max(floor, WallClock.now()), speed: configuration.brokerSpeed)
            clock = own.clock
            onClock = { seconds, sent, heard in
                let shift = own.learn(brokerSeconds: seconds, sent: sent, heard: heard)
                // Whoever looks for the reason why nothing is bought finds it here, and in the health of the server.
                guard abs(shift) >= 5_000 * Int64(own.speed) else { return }
                logger.warning(
                    shift < 0 ? "the clock is ahead of the broker's and runs at half speed until they agree" : "the clock was behind the broker's",
                    metadata: ["seconds": "\(abs(shift) / 1_000)"])
            }
        }
        let vault = keys.vault
        hooks = Composition.hooks(store, keys)
        people = PeopleBook(
            store: store, everybody: try store.everybody(), keys: try store.everyAccessKey(), instance: store.instanceID,
            settings: configuration.peopleSettings,
            box: Composition.box(keys, SecondFactor.place), passwordBox: Composition.box(keys, SealedPassword.place),
            hasLeaked: try LeakedPasswords.asked(of: configuration.blockedPasswords, logger),
            couldNotOpen: Composition.tellOnce(logger), now: { WallClock.now() })
        if configuration.engine.allowsRealTrading, configuration.peopleSettings.secondFactorOf.isEmpty {
            logger.warning("real money may trade and nobody has to have a second factor", metadata: ["setting": "SIGNALIST_SECOND_FACTOR"])
        }
        let suspects = try StartRecord.begin(
            configuration.dataDirectory + "/starts", running: restored.state.sessions.elements.filter(\.phase.isRunning).map(\.id))
        market = try DerivMarket(
            address: configuration.brokerAddress, group: brokerGroup, clock: clock, logger: logger, seed: UInt64.random(in: .min ... .max))
        server = TradingServer(
            journal: store, restored: restored, reads: store,
            audit: ServedAudit(store: store, file: CheckpointFile(path: configuration.auditCheckpoints), signer: { [keys] in AuditSigner(keys.ring) }),
            vault: vault, market: market, clock: clock, settings: configuration.engine,
            unsafe: suspects, tokenless: Set(restored.state.accounts.elements.map(\.id)).subtracting(try store.accountsWithCredentials()),
            inboxCapacity: configuration.inboxCapacity, logger: logger, onFinding: Composition.recordFinding(store, logger))
        broker = try DerivBroker(
            address: configuration.brokerAddress, group: brokerGroup, clock: clock,
            hooks: .init(sinks: server.sinks, vault: vault, onClock: onClock, onBuyWritten: onBuyWritten), logger: logger,
            seed: UInt64.random(in: .min ... .max))
        server.attach(broker)
        apiGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// A line a person: whoever is shut out tries again and again.
    private static func tellOnce(_ logger: Logger) -> @Sendable (OwnerID, any Error) -> Void {
        let told = Mutex<Set<OwnerID>>([])
        return { person, error in
            guard told.withLock({ $0.count < 1_000 && $0.insert(person).inserted }) else { return }
            logger.error(
                "the password or second factor of a person does not open: bring back the key of the ring, or 'signalist person reset'",
                metadata: ["person": "\(person)", "error": "\(error)"])
        }
    }

    /// Takes commands about keys from the same user on this machine, until it is closed.
    func controlSocket() throws -> ControlSocket {
        let keys = keys, logger = logger, store = store
        return try ControlSocket(folder: configuration.dataDirectory) { request, proof, progress in
            let outcome = store.noted(request, with: proof, keys, logger) {
                withoutActuallyEscaping(progress) { KeyOperations(keeper: keys, isServing: true, progress: $0).run(request) }
            }
            logger.notice("keys", metadata: ["command": "\(request.name)", "outcome": "\(outcome.code)"])
            return outcome
        }
    }

    /// A broken invariant is on the audit log, too; what shows it, in the log and where a session failed, in the journal.
    private static func recordFinding(_ store: SQLiteStore, _ logger: Logger) -> @Sendable (Finding) -> Void {
        { finding in
            let act = AuditAct(
                actor: "auditor", action: "invariant broken", object: finding.object, outcome: finding.invariant, content: Array(finding.evidence.utf8))
            do { try store.record(act) } catch { logger.error("a broken invariant is not on the audit log", metadata: ["error": "\(error)"]) }
        }
    }

    private static func hooks(_ store: SQLiteStore, _ keys: KeyKeeper) -> HookBook {
        HookBook(
            store: store, now: { WallClock.now() }, seal: { try keys.seal($0, hook: $1, owner: $2) }, open: { try keys.open($0, hook: $1, owner: $2) })
    }

    /// Secrets of second factors and hashes of passwords are sealed as secrets of hooks are, for places that no hook has.
    private static func box(_ keys: KeyKeeper, _ place: String) -> SecretBox {
        SecretBox(seal: { try keys.seal($0, hook: place, owner: $1) }, open: { try keys.open($0, hook: place, owner: $1) })
    }

    func apiConfiguration() -> APIConfiguration {
        var api = APIConfiguration()
        (api.host, api.port, api.version) = (configuration.host, configuration.port, Signalist.version)
        api.proxies = configuration.proxies
        api.hosts += configuration.hosts
        api.streamsOfOwnerMost = configuration.streamsPerOwner
        api.headerSeconds = Int64(configuration.headerSeconds)
        api.connectionsOfAddressMost = configuration.connectionsPerAddress
        api.allowsRealTrading = configuration.engine.allowsRealTrading
        (api.certificate, api.isSecure, api.limits) = (configuration.certificate, configuration.tls != .none, configuration.limits)
        return api
    }

    /// The owner of this server, made at the first start, with a first key in a file of its own.
    func firstOwner() throws -> OwnerID {
        if let owner = try store.owners().first { return owner.id }
        let owner = try store.createOwner("owner"), key = APIKey.new()
        try store.addKey(owner, hash: key.hash, name: "first key")
        try key.write(to: configuration.apiKeyFile)
        logger.notice("first API key written", metadata: ["file": "\(configuration.apiKeyFile)"])
        if isatty(STDERR_FILENO) == 1 { Terminal.note("Your first API key: \(key.text)\n(also in \(configuration.apiKeyFile))") }
        return owner
    }

    /// While there is no admin, a code for making one lies in a file that only this user reads; with a terminal it is shown, too.
    func offerSetUp() async throws {
        guard let code = try await people.setUpCode() else {
            unlink(configuration.setUpFile)
            return
        }
        try PrivateFile.write(code.reveal { $0 }, to: configuration.setUpFile, setting: "SIGNALIST_SET_UP_FILE")
        let minutes = PeopleBook.setUpSeconds / 60
        logger.notice("nobody looks after people yet; set-up code written", metadata: ["file": "\(configuration.setUpFile)", "minutes": "\(minutes)"])
        guard isatty(STDERR_FILENO) == 1 else { return }
        Terminal.note("Your set-up code, good for \(minutes) minutes: \(code.reveal { $0 })\n(also in \(configuration.setUpFile))")
    }

    /// Serves until it is told to end; an hour of that is no crashing start.
    func runSteadily(_ run: () async throws -> Void) async throws {
        let steady = Task {
            try await Task.sleep(for: StartRecord.steadyAfter)
            StartRecord.note(.steady)
        }
        defer { steady.cancel() }
        try await run()
        StartRecord.note(.ended)
    }

    func close() async {
        await broker.shutDown()
        await market.shutDown()
        checkpointing.look(always: true)
        try? store.close()
        try? await apiGroup.shutdownGracefully()
    }
}

/// A key of the API: 256 bits of the system's chance behind a prefix that scanners know. Only its hash is stored.
struct APIKey {
    let text: String
    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    static func new() -> APIKey {
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
        return APIKey(
            text: "sgk_" + secret.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: ""))
    }

    func write(to path: String) throws { try PrivateFile.write(text, to: path, setting: "SIGNALIST_API_KEY_FILE") }
}

/// One line that only this user reads.
enum PrivateFile {
    static func write(_ text: String, to path: String, setting: String) throws {
        try Folder.make((path as NSString).deletingLastPathComponent)
        // A file of before may be open to others: it goes first.
        unlink(path)
        guard FileManager.default.createFile(atPath: path, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600]) else {
            throw ConfigurationError(name: setting, value: path, expected: "a file that can be written")
        }
    }
}

enum Folder {
    /// Makes a folder that only its owner may enter, with those above it.
    static func make(_ path: String) throws {
        if path.isEmpty { return }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationError(name: "the folder", value: path, expected: "one that can be made and written (\(String(cString: strerror(errno))))")
        }
    }
}
