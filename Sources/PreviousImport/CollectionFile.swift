/// A file of one collection, by its name: `COLLECTION.json`, `COLLECTION.jsonl` or `COLLECTION.bson`.
public struct CollectionFile: Hashable, Sendable {
    public enum Form: String, Hashable, Sendable { case json, jsonl, bson }
    public let name: String
    public let collection: String
    public let form: Form

    /// Nil for what is no collection: what a dump says about indexes, and everything else.
    public init?(name: String) {
        guard let dot = name.lastIndex(of: "."), let form = Form(rawValue: String(name[name.index(after: dot)...]).lowercased()) else { return nil }
        let collection = String(name[..<dot])
        guard !collection.isEmpty, !collection.contains("."), !name.hasPrefix(".") else { return nil }
        (self.name, self.collection, self.form) = (name, collection, form)
    }

    /// Two files of one collection.
    public struct Doubled: Error, Hashable, CustomStringConvertible {
        public let collection: String
        public let names: [String]
        public var description: String { "\(names.joined(separator: " and ")) are both the collection \(collection), expected one of them" }
    }

    /// The collections in a folder, in the order of their names.
    /// - Throws: `Doubled`.
    public static func all(in names: [String]) throws(Doubled) -> [CollectionFile] {
        let files = names.compactMap(CollectionFile.init(name:)).sorted { ($0.collection, $0.name) < ($1.collection, $1.name) }
        for (one, next) in zip(files, files.dropFirst()) where one.collection == next.collection {
            throw Doubled(collection: one.collection, names: files.filter { $0.collection == one.collection }.map(\.name))
        }
        return files
    }

    /// One document of a file, or why it is none. `place` is the line, or the number of the document where there are no lines.
    public struct Entry: Sendable {
        public let place: Int
        public let value: Result<ImportValue, Unreadable>
    }
    public struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Each document in order. After a place where BSON breaks nothing can be read any more, which the last entry says.
    public func read(_ bytes: [UInt8], _ take: (Entry) -> Void) {
        switch form {
        case .bson:
            var reader = BSONReader(bytes), place = 0
            while true {
                place += 1
                do throws(BSONReader.Failure) {
                    guard let document = try reader.next() else { return }
                    take(Entry(place: place, value: .success(document)))
                } catch {
                    take(Entry(place: place, value: .failure(Unreadable(description: "\(error); nothing after it can be read"))))
                    return
                }
            }
        case .json, .jsonl:
            // `mongoexport` writes a document a line into either name, and one list with `--jsonArray`.
            if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") { return list(bytes, take) }
            for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
                if line.allSatisfy({ $0 <= 0x20 }) { continue }
                do throws(ExtendedJSON.Failure) {
                    take(Entry(place: number + 1, value: .success(try ExtendedJSON.document(line))))
                } catch { take(Entry(place: number + 1, value: .failure(Unreadable(description: "\(error)")))) }
            }
        }
    }

    private func list(_ bytes: [UInt8], _ take: (Entry) -> Void) {
        do throws(ExtendedJSON.Failure) {
            for (number, element) in try ExtendedJSON.list(bytes).enumerated() {
                do throws(ExtendedJSON.Failure) {
                    take(Entry(place: number + 1, value: .success(try ExtendedJSON.value(element))))
                } catch { take(Entry(place: number + 1, value: .failure(Unreadable(description: "\(error)")))) }
            }
        } catch { take(Entry(place: 1, value: .failure(Unreadable(description: "\(error)")))) }
    }
}
