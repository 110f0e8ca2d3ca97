import JSON

/// Flows as mitmproxy saves them: typed netstrings, one after another, of which the requests to models are read.
///
/// The format is that of <https://tnetstrings.info> with `;` for Unicode text, as mitmproxy writes it.
enum FlowFile {
    /// Whether the bytes begin with a typed netstring that is a dictionary.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        var reader = NetstringReader(bytes)
        if case .table? = reader.next() { return true }
        return false
    }

    /// The exchanges with models, and what else was in the file.
    /// - Parameter bound: What the compressed bodies may unfold into together.
    /// - Throws: ``ImportError`` for bodies that go beyond the bound.
    static func exchanges(
        _ bytes: [UInt8], _ losses: inout Losses, within bound: UnfoldingBound
    ) throws(ImportError) -> [RecordedExchange] {
        var bound = bound
        var reader = NetstringReader(bytes)
        var found: [RecordedExchange] = []
        while let flow = reader.next() {
            guard let request = flow["request"], let path = request["path"]?.bytes else {
                losses.add("a flow that is no HTTP request")
                continue
            }
            let begun = request["timestamp_start"]?.number ?? 0
            let response = flow["response"]
            let ended = response?["timestamp_end"]?.number ?? begun
            let asked = try body(request, &losses, &bound)
            var answered: [UInt8]?
            if let response { answered = try body(response, &losses, &bound) }
            let exchange = RecordedExchange(
                method: String(decoding: request["method"]?.bytes ?? [], as: UTF8.self),
                path: String(decoding: path, as: UTF8.self), body: asked, response: answered,
                time: Int64(bounded: begun * 1_000),
                milliseconds: max(0, (ended - begun) * 1_000))
            if let exchange { found.append(exchange) } else { losses.add(RecordedExchange.otherExchange) }
        }
        if !reader.isAtEnd { losses.add("the end of the file, which is cut or no flow") }
        return found
    }

    /// A message's body without its compression.
    private static func body(
        _ message: Netstring, _ losses: inout Losses, _ bound: inout UnfoldingBound
    ) throws(ImportError) -> [UInt8] {
        let content = message["content"]?.bytes ?? []
        var encoding = ""
        for pair in message["headers"]?.list ?? [] where pair.list.count == 2 {
            let name = String(decoding: pair.list[0].bytes ?? [], as: UTF8.self).lowercased()
            if name == "content-encoding" {
                encoding = String(decoding: pair.list[1].bytes ?? [], as: UTF8.self).lowercased()
            }
        }
        switch encoding {
        case "", "identity": return content
        case let coding:
            do {
                if coding == "zstd" {
                    return try bound.unfold { (most) throws(ImportError) in
                        try Zstandard.bytes(content[...], limit: most)
                    }
                }
                if let bytes = try bound.unfold(content, in: coding) { return bytes }
                losses.add("a body compressed by \(coding)")
            } catch {
                if error.isBound { throw error }
                losses.add("a body whose \(coding) is broken")
            }
        }
        return []
    }
}

/// A value of typed netstrings.
indirect enum Netstring {
    case bytes([UInt8])
    case number(Double)
    case list([Netstring])
    case table([(key: [UInt8], value: Netstring)])
    case other

    subscript(key: String) -> Netstring? {
        guard case .table(let members) = self else { return nil }
        return members.first { $0.key.elementsEqual(key.utf8) }?.value
    }

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var list: [Netstring] { if case .list(let elements) = self { elements } else { [] } }
}

/// Reads typed netstrings one after another; what is none ends it.
struct NetstringReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let deepest = 32

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func next() -> Netstring? { next(until: bytes.count, depth: 0) }

    private mutating func next(until end: Int, depth: Int) -> Netstring? {
        let start = position
        guard depth < NetstringReader.deepest, let (from, size) = header(until: end), from + size < end else {
            position = start
            return nil
        }
        position = from
        let type = bytes[from + size]
        let value: Netstring?
        switch type {
        case UInt8(ascii: ","), UInt8(ascii: ";"): value = .bytes(Array(bytes[from..<from + size]))
        case UInt8(ascii: "#"), UInt8(ascii: "^"):
            value = Double(String(decoding: bytes[from..<from + size], as: UTF8.self)).map { .number($0) }
        case UInt8(ascii: "!"), UInt8(ascii: "~"): value = .other
        case UInt8(ascii: "]"): value = elements(until: from + size, depth: depth).map { .list($0) }
        case UInt8(ascii: "}"): value = members(until: from + size, depth: depth).map { .table($0) }
        default: value = nil
        }
        guard let value else {
            position = start
            return nil
        }
        position = from + size + 1
        return value
    }

    /// The size and the colon.
    private func header(until end: Int) -> (from: Int, size: Int)? {
        var at = position
        var size = 0
        while at < end, (0x30...0x39).contains(bytes[at]), at - position < 12 {
            size = size * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > position, at < end, bytes[at] == UInt8(ascii: ":") else { return nil }
        return (at + 1, size)
    }

    private mutating func elements(until end: Int, depth: Int) -> [Netstring]? {
        var found: [Netstring] = []
        while position < end {
            guard let value = next(until: end, depth: depth + 1) else { return nil }
            found.append(value)
        }
        return found
    }

    private mutating func members(until end: Int, depth: Int) -> [(key: [UInt8], value: Netstring)]? {
        guard let all = elements(until: end, depth: depth), all.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: all.count, by: 2).compactMap { index in
            all[index].bytes.map { ($0, all[index + 1]) }
        }
    }
}
