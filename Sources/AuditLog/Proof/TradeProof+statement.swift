import Crypto
import TradingModel

/// Whoever put a proof together says that it is whole: that these were all the limits in force, and that this is all that was on
/// record of the trade at that time. The chain shows that each fact is what it was; a fact that is not in the file it cannot show.
extension TradeProof {
    public struct Statement: Hashable, Sendable {
        /// Ed25519.
        public let publicKey: [UInt8]
        public let signature: [UInt8]
        public init(publicKey: [UInt8], signature: [UInt8]) { (self.publicKey, self.signature) = (publicKey, signature) }
    }

    /// Signed by the key of the checkpoints; nil says why it cannot be.
    public func stated(by signer: AuditSigner?, otherwise reason: String = "the key ring could not be read") -> TradeProof {
        var proof = self
        if let signer {
            proof.statement = Statement(publicKey: signer.publicKey, signature: signer.sign(statementBytes))
        } else {
            proof.statement = nil
            proof.missing.append(Missing("statement", reason))
        }
        return proof
    }

    /// What the statement is about: which facts there are, and what was compared, from how many.
    private var statementBytes: [UInt8] {
        var canonical = CanonicalBytes("signalist proof statement 1")
        canonical.add(madeAt.milliseconds); canonical.add(trade); canonical.add(state); canonical.add(comparedFrom)
        canonical.add(Int64(facts.count))
        for fact in facts { canonical.add(fact.row.sequence) }
        canonical.add(Int64(compared.count))
        for row in compared {
            canonical.add(row.name); canonical.add(row.isMoney ? "money" : "count")
            canonical.add(row.stood); canonical.add(row.with); canonical.add(row.limit)
            canonical.add(row.share?.of); canonical.add(row.share?.basisPoints)
        }
        return canonical.bytes
    }

    /// Does the signature fit the rest? Whose key it is, the reader has to know.
    var isStated: Bool {
        guard let statement, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: statement.publicKey) else { return false }
        return key.isValidSignature(statement.signature, for: statementBytes)
    }
}
