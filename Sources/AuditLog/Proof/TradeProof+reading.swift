import PlainJSON
import TradingModel

/// A file that is no proof: where, and what was expected there.
public struct ProofUnreadable: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let expected: String
    public var description: String { "\(path): expected \(expected)" }
}

extension TradeProof {
    /// Larger files are not read.
    public static let bytesMost = 64 << 20

    public init(_ bytes: [UInt8]) throws(ProofUnreadable) {
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw ProofUnreadable(path: "the file", expected: "JSON (\(error))") }
        let file = Member(json, "the file")
        guard try file["format"].text() == TradeProof.format else { throw file["format"].wrong(TradeProof.format) }
        guard try file["version"].whole() == TradeProof.version else { throw file["version"].wrong("\(TradeProof.version)") }
        self.init(
            madeAt: try file["madeAt"].moment(), trade: try file["trade"].text(), state: try file["state"].text(),
            result: try file["result"].ifAny.map { result throws(ProofUnreadable) in try Result(result) },
            origin: try file["origin"].ifAny.map { origin throws(ProofUnreadable) in try OriginRow(origin) },
            facts: try file["facts"].list { fact throws(ProofUnreadable) in try ShownFact(fact) },
            compared: try file["compared"].list { row throws(ProofUnreadable) in try Compared(row) },
            comparedFrom: try file["comparedFrom"].whole(),
            chain: try file["chain"].list { segment throws(ProofUnreadable) in try Segment(segment) },
            statement: try file["statement"].ifAny.map { statement throws(ProofUnreadable) in
                Statement(publicKey: try statement["key"].hash(), signature: try statement["signature"].bytes())
            },
            missing: try file["missing"].list { missing throws(ProofUnreadable) in
                Missing(try missing["what"].text(), try missing["says"].text())
            },
            nextCheckpointBy: try file["nextCheckpointBy"].ifAny.map { moment throws(ProofUnreadable) in try moment.moment() })
    }
}

/// A value in the file and the way to it.
private struct Member {
    let json: JSONValue?
    let path: String
    init(_ json: JSONValue?, _ path: String) { (self.json, self.path) = (json, path) }

    subscript(name: String) -> Member { Member(json?[name], "\(path).\(name)") }
    var ifAny: Member? { json == nil || json == .null ? nil : self }
    func wrong(_ expected: String) -> ProofUnreadable { ProofUnreadable(path: path, expected: expected) }

    func text() throws(ProofUnreadable) -> String {
        guard let text = json?.string else { throw wrong("text") }
        return text
    }
    func whole() throws(ProofUnreadable) -> Int64 {
        guard let whole = json?.integer, whole.magnitude <= Member.most else { throw wrong("a whole number within 2^61") }
        return whole
    }
    /// The sum of any two can be reckoned with.
    private static let most: UInt64 = 1 << 61
    func moment() throws(ProofUnreadable) -> Timestamp { Timestamp(milliseconds: try whole()) }
    func bytes() throws(ProofUnreadable) -> [UInt8] {
        // Small letters only: one record, one text.
        guard let text = json?.string, let bytes = [UInt8](hex: text), bytes.hexText == text else { throw wrong("hexadecimal digits") }
        return bytes
    }
    func hash() throws(ProofUnreadable) -> [UInt8] {
        let hash = try bytes()
        guard hash.count == AuditChain.hashLength else { throw wrong("32 bytes") }
        return hash
    }
    func list<Element>(_ element: (Member) throws(ProofUnreadable) -> Element) throws(ProofUnreadable) -> [Element] {
        guard let values = json?.array else { throw wrong("a list") }
        var elements: [Element] = []
        for (place, value) in values.enumerated() { elements.append(try element(Member(value, "\(path)[\(place)]"))) }
        return elements
    }
}

extension TradeProof.Result {
    fileprivate init(_ member: Member) throws(ProofUnreadable) {
        self.init(
            currency: try member["currency"].text(), exponent: try member["exponent"].whole(), price: try member["price"].whole(),
            payout: try member["payout"].whole(), profit: try member["profit"].whole())
    }
}

extension OriginRow {
    fileprivate init(_ member: Member) throws(ProofUnreadable) {
        self.init(
            number: try member["number"].whole(), signal: try member["signal"].text(), way: try member["way"].text(), name: try member["name"].text(),
            key: try member["key"].ifAny.map { key throws(ProofUnreadable) in try key.text() }, body: try member["body"].bytes())
        guard try member["sha256"].hash() == AuditChain.content(of: body) else { throw member["sha256"].wrong("the SHA-256 of body") }
    }
}

extension TradeProof.ShownFact {
    fileprivate init(_ member: Member) throws(ProofUnreadable) {
        self.init(
            FactRow(
                sequence: try member["sequence"].whole(), owner: try member["owner"].whole(), ownerSequence: try member["ownerSequence"].whole(),
                at: try member["at"].moment(), account: try member["account"].ifAny.map { account throws(ProofUnreadable) in try account.whole() },
                session: try member["session"].ifAny.map { session throws(ProofUnreadable) in try session.whole() }, kind: try member["kind"].text(),
                body: Array(try member["body"].text().utf8)), line: try member["line"].text())
    }
}

extension TradeProof.Compared {
    fileprivate init(_ member: Member) throws(ProofUnreadable) {
        let unit = try member["unit"].text(), share = member["share"].ifAny
        guard ["money", "count"].contains(unit) else { throw member["unit"].wrong("money or count") }
        self.init(
            name: try member["name"].text(), isMoney: unit == "money", stood: try member["stood"].whole(), with: try member["with"].whole(),
            limit: try member["limit"].whole(), shareOf: try share.map { share throws(ProofUnreadable) in try share["of"].whole() },
            basisPoints: try share.map { share throws(ProofUnreadable) in try share["basisPoints"].whole() })
    }
}

extension TradeProof.Segment {
    fileprivate init(_ member: Member) throws(ProofUnreadable) {
        self.init(
            before: try member["before"].hash(), first: try member["first"].whole(),
            entries: try member["entries"].list { link throws(ProofUnreadable) in try TradeProof.Link(link) },
            checkpoint: try member["checkpoint"].ifAny.map { checkpoint throws(ProofUnreadable) in
                guard let json = checkpoint.json, let read = AuditCheckpoint(json) else { throw checkpoint.wrong("a checkpoint") }
                return read
            })
    }
}

extension TradeProof.Link {
    fileprivate init(_ member: Member) throws(ProofUnreadable) {
        if member.json?.string != nil {
            self = .digest(try member.hash())
            return
        }
        self = .entry(
            AuditEntry(
                sequence: try member["sequence"].whole(), at: try member["at"].moment(), actor: try member["actor"].text(),
                action: try member["action"].text(), object: try member["object"].text(), outcome: try member["outcome"].text(),
                content: try member["content"].hash()), parts: try member["parts"].list { part throws(ProofUnreadable) in try part.hash() })
    }
}
