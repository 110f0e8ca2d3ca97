/// A value in a JSON text, with the range of bytes that it is written in.
///
/// For texts of others that are passed on: what is changed is spliced in by ``ByteSplices``, every other byte stays as it
/// was written. Unlike ``JSONParser`` it takes lone surrogates in strings, which clients that cut text in the middle of
/// a character do send; ``string`` shows them as U+FFFD.
public struct JSONPlace: Sendable {
    /// What stands there.
    indirect enum Shape: Sendable {
        case object([(key: String, value: Node)])
        case array([Node])
        case string
        case other
    }

    struct Node: Sendable {
        let range: Range<Int>
        let shape: Shape
    }

    private let bytes: [UInt8]
    private let node: Node

    private init(bytes: [UInt8], node: Node) {
        self.bytes = bytes
        self.node = node
    }

    /// The value of a whole text.
    /// - Throws: ``JSONError`` for what is no JSON.
    public init(_ bytes: [UInt8], maximumDepth: Int = 512) throws(JSONError) {
        var scanner = JSONScanner(bytes, maximumDepth: maximumDepth)
        node = try scanner.text()
        self.bytes = bytes
    }

    /// Where the value stands in the text.
    public var range: Range<Int> { node.range }

    /// The bytes that the value is written in.
    public var raw: ArraySlice<UInt8> { bytes[node.range] }

    /// The first member with that key, when this is an object that has it.
    public subscript(key: String) -> JSONPlace? {
        guard case .object(let members) = node.shape else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }.map {
            JSONPlace(bytes: bytes, node: $0.value)
        }
    }

    /// The members in order, when this is an object.
    public var members: [(key: String, value: JSONPlace)]? {
        guard case .object(let members) = node.shape else { return nil }
        return members.map { ($0.key, JSONPlace(bytes: bytes, node: $0.value)) }
    }

    /// The elements, when this is an array.
    public var elements: [JSONPlace]? {
        guard case .array(let nodes) = node.shape else { return nil }
        return nodes.map { JSONPlace(bytes: bytes, node: $0) }
    }

    /// The decoded text, when this is a string.
    public var string: String? {
        guard case .string = node.shape else { return nil }
        return JSONScanner.decode(bytes[(node.range.lowerBound + 1)..<(node.range.upperBound - 1)])
    }

    /// Whether this is `true`.
    public var isTrue: Bool { raw.elementsEqual("true".utf8) }

    /// Whether this is `null`.
    public var isNull: Bool { raw.elementsEqual("null".utf8) }

    /// The number, when this is an integral one that fits.
    public var int: Int? {
        if case .other = node.shape { Int(String(decoding: raw, as: UTF8.self)) } else { nil }
    }

    /// The value; `nil` where it holds what ``JSONParser`` refuses, such as a lone surrogate.
    public var value: JSONValue? { try? JSONParser.parse(Array(raw)) }
}

/// Finds where values begin and end.
private struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private let maximumDepth: Int

    init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func text() throws(JSONError) -> JSONPlace.Node {
        let node = try value()
        skipSpace()
        guard position == bytes.count else { throw fault("nothing may follow the value") }
        return node
    }

    private func fault(_ reason: String) -> JSONError {
        let line = bytes[..<position].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let start = bytes[..<position].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(reason: reason, offset: position, line: line, column: position - start + 1)
    }

    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func value() throws(JSONError) -> JSONPlace.Node {
        skipSpace()
        let start = position
        let shape: JSONPlace.Shape
        switch current {
        case UInt8(ascii: "{"): shape = .object(try members())
        case UInt8(ascii: "["): shape = .array(try elements())
        case UInt8(ascii: "\""):
            try skipString()
            shape = .string
        default:
            while position < bytes.count, isWord(bytes[position]) { position += 1 }
            guard (try? JSONParser.parse(Array(bytes[start..<position]))) != nil else {
                position = start
                throw fault("no JSON value starts here")
            }
            shape = .other
        }
        return JSONPlace.Node(range: start..<position, shape: shape)
    }

    private func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= maximumDepth else {
            throw fault("more than \(maximumDepth) values lie in one another")
        }
        position += 1
        skipSpace()
    }

    private mutating func members() throws(JSONError) -> [(key: String, value: JSONPlace.Node)] {
        try enter()
        defer { depth -= 1 }
        var members: [(key: String, value: JSONPlace.Node)] = []
        while current != UInt8(ascii: "}") {
            if !members.isEmpty {
                guard current == UInt8(ascii: ",") else { throw fault("a comma or a brace was expected") }
                position += 1
                skipSpace()
            }
            let start = position
            guard current == UInt8(ascii: "\"") else { throw fault("a key was expected") }
            try skipString()
            let key = JSONScanner.decode(bytes[(start + 1)..<(position - 1)])
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw fault("a colon was expected") }
            position += 1
            members.append((key, try value()))
            skipSpace()
        }
        position += 1
        return members
    }

    private mutating func elements() throws(JSONError) -> [JSONPlace.Node] {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONPlace.Node] = []
        while current != UInt8(ascii: "]") {
            if !elements.isEmpty {
                guard current == UInt8(ascii: ",") else { throw fault("a comma or a bracket was expected") }
                position += 1
            }
            elements.append(try value())
            skipSpace()
        }
        position += 1
        return elements
    }

    private mutating func skipString() throws(JSONError) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                guard position + 1 < bytes.count, "\"\\/bfnrtu".utf8.contains(bytes[position + 1]) else {
                    throw fault("no escape of JSON")
                }
                position += 2
            case 0..<0x20: throw fault("a control character in a string")
            default: position += 1
            }
        }
        throw fault("the string does not end")
    }

    /// The text of a string's inside.
    static func decode(_ inside: ArraySlice<UInt8>) -> String {
        guard let first = inside.firstIndex(of: UInt8(ascii: "\\")) else {
            return String(decoding: inside, as: UTF8.self)
        }
        var units = Array(String(decoding: inside[..<first], as: UTF8.self).utf16)
        var at = first
        while at < inside.endIndex {
            guard inside[at] == UInt8(ascii: "\\"), at + 1 < inside.endIndex else {
                let end = inside[at...].firstIndex(of: UInt8(ascii: "\\")) ?? inside.endIndex
                units += String(decoding: inside[at..<max(end, at + 1)], as: UTF8.self).utf16
                at = max(end, at + 1)
                continue
            }
            let escape = inside[at + 1]
            at += 2
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                let end = min(at + 4, inside.endIndex)
                units.append(UInt16(String(decoding: inside[at..<end], as: UTF8.self), radix: 16) ?? 0xFFFD)
                at = end
            default: units.append(UInt16(escape))
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
