/// Values in the order of their ids. Looked up by halving, walked in order: no decision can hang on a hash.
public struct Roster<Element: Identified>: Sendable where Element: Sendable {
    public private(set) var elements: [Element] = []
    public init() {}

    /// Where the element of an id is, good until one is inserted or removed. What reads a field of a large element reads
    /// it through its place, `roster[at: place].field`: the element itself is not copied.
    @inline(__always) func place(of id: Element.ID) -> Int? {
        let index = firstIndex(notBefore: id)
        return index < elements.count && elements[index].id == id ? index : nil
    }

    private func firstIndex(notBefore id: Element.ID) -> Int {
        var low = 0, high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    @inline(__always) private func knownPlace(of id: Element.ID) -> Int {
        guard let index = place(of: id) else { preconditionFailure("\(Element.self) \(id) is not known") }
        return index
    }

    public func contains(_ id: Element.ID) -> Bool { place(of: id) != nil }
    public func find(_ id: Element.ID) -> Element? { place(of: id).map { elements[$0] } }
    public var isEmpty: Bool { elements.isEmpty }
    public var count: Int { elements.count }

    /// The element of an id that is known to be there.
    public subscript(id: Element.ID) -> Element {
        @inline(__always) get { elements[knownPlace(of: id)] }
        @inline(__always) _modify { yield &elements[knownPlace(of: id)] }
    }

    subscript(at place: Int) -> Element {
        @inline(__always) get { elements[place] }
        @inline(__always) _modify { yield &elements[place] }
    }

    public mutating func insert(_ element: Element) {
        let index = firstIndex(notBefore: element.id)
        precondition(index == elements.count || elements[index].id != element.id, "\(Element.self) \(element.id) is there already")
        elements.insert(element, at: index)
    }

    @discardableResult
    public mutating func remove(_ id: Element.ID) -> Element { elements.remove(at: knownPlace(of: id)) }
}

/// Something with an id that says its place among its like.
public protocol Identified {
    associatedtype ID: Comparable & Sendable
    var id: ID { get }
}

extension Roster: Equatable where Element: Equatable {}
extension Roster: Hashable where Element: Hashable {}
extension Roster: Encodable where Element: Encodable {}
extension Roster: Decodable where Element: Decodable {}
