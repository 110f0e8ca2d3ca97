/// A JSON Pointer (RFC 6901): the path to a place inside a JSON value.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// The unescaped reference tokens, outermost first.
    public var tokens: [String]

    /// The pointer with the given tokens; none is the whole value.
    public init(_ tokens: [String] = []) { self.tokens = tokens }

    /// Reads a pointer such as `/properties/a~1b/0`, or gives `nil` when it is malformed.
    public init?(text: String) {
        if text.isEmpty {
            self.init()
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            var token: [UInt8] = []
            var bytes = part.makeIterator()
            while let byte = bytes.next() {
                guard byte == UInt8(ascii: "~") else {
                    token.append(byte)
                    continue
                }
                switch bytes.next() {
                case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
                default: return nil
                }
            }
            tokens.append(String(decoding: token, as: UTF8.self))
        }
        self.init(tokens)
    }

    /// This pointer with one more token.
    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

    /// This pointer with an array position as one more token.
    public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    /// The escaped text, empty for the whole value.
    public var description: String {
        tokens.map { token in
            var escaped = "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": escaped += "~0"
                case "/": escaped += "~1"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped
        }.joined()
    }

    /// Exact equality, by UTF-8 bytes.
    public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.count == right.tokens.count
            && zip(left.tokens, right.tokens).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    /// Feeds what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        for token in tokens { hasher.combine(utf8Of: token) }
    }
}

extension JSONValue {
    /// The value at that place, or `nil` when there is none (RFC 6901, section 4).
    public subscript(pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let object):
                guard let member = object[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONValue.arrayIndex(token), index < elements.count else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// The leaves (everything but non-empty arrays and objects) with their places, in document order.
    public var leaves: [(pointer: JSONPointer, value: JSONValue)] {
        var found: [(JSONPointer, JSONValue)] = []
        collectLeaves(at: JSONPointer(), into: &found)
        return found
    }

    private func collectLeaves(at pointer: JSONPointer, into found: inout [(JSONPointer, JSONValue)]) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                element.collectLeaves(at: pointer.appending(index), into: &found)
            }
        case .object(let object) where !object.isEmpty:
            for member in object {
                member.value.collectLeaves(at: pointer.appending(member.key), into: &found)
            }
        default: found.append((pointer, self))
        }
    }

    private static func arrayIndex(_ token: String) -> Int? {
        guard token.utf8.allSatisfy({ (0x30...0x39).contains($0) }), token == "0" || token.utf8.first != 0x30
        else { return nil }
        return Int(token)
    }
}
