/// Values in the order of their ids. Looked up by halving, walked in order: no decision can hang on a hash.
public struct Roster<Element: Identified>: Sendable where Element: Sendable {
    public private(set) var elements: [Element] = []
    public init() {}

    private func index(of id: Element.ID) -> Int? {
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

    public func contains(_ id: Element.ID) -> Bool { index(of: id) != nil }
    public func find(_ id: Element.ID) -> Element? { index(of: id).map { elements[$0] } }
    public var isEmpty: Bool { elements.isEmpty }
    public var count: Int { elements.count }

    /// The element of an id that is known to be there.
    public subscript(id: Element.ID) -> Element {
        get {
            guard let index = index(of: id) else { preconditionFailure("\(Element.self) \(id) is not known") }
            return elements[index]
        }
        _modify {
            guard let index = index(of: id) else { preconditionFailure("\(Element.self) \(id) is not known") }
            yield &elements[index]
        }
    }

    public mutating func insert(_ element: Element) {
        let index = firstIndex(notBefore: element.id)
        precondition(index == elements.count || elements[index].id != element.id, "\(Element.self) \(element.id) is there already")
        elements.insert(element, at: index)
    }

    @discardableResult
    public mutating func remove(_ id: Element.ID) -> Element {
        guard let index = index(of: id) else { preconditionFailure("\(Element.self) \(id) is not known") }
        return elements.remove(at: index)
    }
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
