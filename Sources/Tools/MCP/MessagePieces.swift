import JSON

/// Puts a server's lines together to messages: usually one line is one message; some servers spread one over several
/// lines, write several or other words into one, or write what is no JSON.
struct MessagePieces: Sendable {
    /// What a line came to.
    enum Outcome: Sendable, Hashable {
        /// A message is complete.
        case message(JSONValue)
        /// A message was read although something was wrong with it.
        case remark(String)
        /// A message has begun, and may go on in the next line.
        case unfinished
        /// What is no part of a message.
        case noise(String)
        /// A message that cannot be read: why, and the numbers that may be its ID.
        case broken(ids: [Int], String)
        /// Nothing that the server writes can be read; why, as what follows its name.
        case unusable(String)
    }

    private var begun: [UInt8] = []
    /// How the brackets stand in what was begun.
    private var balance = JSONBalance()
    /// How many lines have come: what was begun and has not gone on since is cut.
    private(set) var count = 0
    private static let mostBytes = 1 << 20
    /// The most places in a row at which a message is looked for and none is found.
    private static let mostPlaces = 32
    private static let brace = UInt8(ascii: "{")

    /// Takes a line.
    mutating func append(_ given: [UInt8]) -> [Outcome] {
        count += 1
        let line = MessagePieces.withoutMark(given)
        if let reason = MessagePieces.objection(to: line) { return [.unusable(reason)] }
        guard !begun.isEmpty else {
            return MessagePieces.read(line).map(MessagePieces.outcomes) ?? scan(line)
        }
        // What stands in a line of its own and has a message's members is one, and what was begun is not gone on with.
        if let (value, remark) = MessagePieces.read(line), value.isMessage {
            return [MessagePieces.broken(takeBegun())] + MessagePieces.outcomes(value, remark)
        }
        // All of what was begun is looked at only for a line in which something else may begin.
        if line.contains(MessagePieces.brace), !MessagePieces.marks(begun[...]), let found = fresh(line) {
            return found
        }
        // That it goes on has been said when it began.
        return goOn([UInt8(ascii: "\n")] + line).filter { $0 != .unfinished }
    }

    /// The line read by itself, where what was begun turns out to be no message: a brace of other words.
    private mutating func fresh(_ line: [UInt8]) -> [Outcome]? {
        var other = self
        let noise = MessagePieces.broken(other.takeBegun())
        let found = other.scan(line)
        // No object stands directly within an object.
        let isNested =
            begun.last { $0 > 0x20 } == MessagePieces.brace && line.first { $0 > 0x20 } == MessagePieces.brace
        guard isNested || found.contains(where: { if case .message = $0 { true } else { false } }) else {
            return nil
        }
        self = other
        return [noise] + found
    }

    /// Adds to what was begun, up to the brace that closes it.
    private mutating func goOn(_ line: [UInt8]) -> [Outcome] {
        for (place, byte) in line.enumerated() where balance.isClosed(by: byte) {
            let text = begun + line[...place]
            let rest = Array(line[(place + 1)...])
            begun = []
            let found = MessagePieces.read(text).map(MessagePieces.outcomes) ?? [MessagePieces.broken(text)]
            return found + scan(rest)
        }
        begun += line
        return begun.count > MessagePieces.mostBytes ? [MessagePieces.broken(takeBegun())] : [.unfinished]
    }

    /// Takes a message that came whole, as the body of an answer or an event.
    static func whole(_ bytes: [UInt8]) -> [Outcome] {
        let text = withoutMark(bytes)
        if let (value, remark) = read(text) { return outcomes(value, remark) }
        let isBegun = text.first { $0 > 0x20 } == brace
        return [isBegun ? broken(text) : .noise(shown(text[...]))]
    }

    /// The bytes without a byte order mark.
    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The message in a whole body or event; `nil` where it is none.
    static func value(_ bytes: [UInt8]) -> JSONValue? {
        for case .message(let value) in whole(bytes) { return value }
        return nil
    }

    /// Whether a message has begun that is not complete.
    var hasBegun: Bool { !begun.isEmpty }

    /// Gives up what was begun and not gone on with.
    mutating func giveUp() -> Outcome? { begun.isEmpty ? nil : MessagePieces.broken(takeBegun()) }

    /// A message that cannot be read, with what may be its ID; what does not look like one is noise.
    private static func broken(_ bytes: [UInt8]) -> Outcome {
        guard marks(bytes[...]) else { return .noise(shown(bytes[...])) }
        var reason = "which ends before its end"
        if JSONSplice.isBalanced(bytes) {
            do { _ = try JSONParser.parse(bytes) } catch { reason = "\(error)" }
        }
        return .broken(
            ids: ids(in: bytes), "wrote a message that is no JSON, \(reason): \(shown(bytes[...]))")
    }

    private mutating func takeBegun() -> [UInt8] {
        defer { begun = [] }
        return begun
    }

    /// Looks for messages within a line that is not one as a whole.
    private mutating func scan(_ line: [UInt8]) -> [Outcome] {
        // Each place costs a look at all that follows it.
        if line.count > MessagePieces.mostBytes { return [MessagePieces.broken(line)] }
        var found: [Outcome] = []
        var (rest, place, places) = (line.startIndex, line.startIndex, 0)
        func noise(until end: Int) {
            let text = line[rest..<end]
            if text.contains(where: { $0 > 0x20 }) { found.append(.noise(MessagePieces.shown(text))) }
        }
        while places < MessagePieces.mostPlaces, let open = line[place...].firstIndex(of: MessagePieces.brace)
        {
            places += 1
            place = open + 1
            guard let end = MessagePieces.end(of: line, from: open) else {
                // A message that goes on may begin with its brace alone; before more it must look like one.
                let isAlone = line[(open + 1)...].allSatisfy { $0 <= 0x20 }
                let isFirst = line[rest..<open].allSatisfy { $0 <= 0x20 }
                guard isAlone || isFirst || MessagePieces.marks(line[open...]) else { continue }
                noise(until: open)
                (begun, balance) = ([], JSONBalance())
                return found + goOn(Array(line[open...]))
            }
            let text = Array(line[open..<end])
            if let (value, remark) = MessagePieces.read(text), value.isMessage {
                noise(until: open)
                found += MessagePieces.outcomes(value, remark)
            } else if MessagePieces.marks(text[...]) {
                noise(until: open)
                found.append(MessagePieces.broken(text))
            } else {
                continue
            }
            // What was read costs no more looks.
            (rest, place, places) = (end, end, 0)
        }
        noise(until: line.endIndex)
        return found
    }

    private static func outcomes(_ value: JSONValue, _ remark: String?) -> [Outcome] {
        (remark.map { [.remark($0)] } ?? []) + [.message(value)]
    }

    /// The value of a text, and what had to be repaired in it.
    private static func read(_ text: [UInt8]) -> (JSONValue, String?)? {
        guard let first = text.first(where: { $0 > 0x20 }), [brace, UInt8(ascii: "[")].contains(first) else {
            return nil
        }
        if let value = try? JSONParser.parse(text) { return value.isContainer ? (value, nil) : nil }
        guard let repaired = JSONRepair.parse(text, replacesBytes: true), repaired.value.isContainer else {
            return nil
        }
        return (repaired.value, repaired.remark)
    }

    /// Why no line of a server can be read that writes such a one.
    private static func objection(to line: [UInt8]) -> String? {
        let head = Array("content-length:".utf8)
        if line.count >= head.count, zip(line, head).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 }) {
            return "frames its messages by Content-Length, as LSP does; over stdio MCP has one message a line"
        }
        let isWide = [[0xFF, 0xFE], [0xFE, 0xFF], [brace, 0], [0, brace]].contains { line.starts(with: $0) }
        return isWide ? "writes UTF-16; over stdio MCP has UTF-8" : nil
    }

    /// How the keys begin that messages have and other objects mostly don't: what is cut may end within one.
    private static let words = ["jsonrpc", "\"result", "\"error", "\"id", "\"method"].map { Array($0.utf8) }

    /// Whether the text looks like a message of JSON-RPC, whole or not.
    private static func marks(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.prefix(mostBytes)
        for (place, byte) in zip(text.indices, text)
        where byte == UInt8(ascii: "j") || byte == UInt8(ascii: "\"") {
            if words.contains(where: { text[place...].starts(with: $0) }) { return true }
        }
        // It may end within its first key.
        let start = text.prefix(40).filter { $0 > 0x20 }
        return start.count > 2 && text.count < 40
            && ["jsonrpc", "result", "error", "id", "method"].contains {
                "{\"\($0)\"".utf8.starts(with: start)
            }
    }

    /// The place after the brace that closes the one at `open`; `nil` where none does.
    private static func end(of line: [UInt8], from open: Int) -> Int? {
        var balance = JSONBalance()
        for place in open..<line.count where balance.isClosed(by: line[place]) { return place + 1 }
        return nil
    }

    /// The numbers after keys "id", however deep.
    private static func ids(in bytes: [UInt8]) -> [Int] {
        let isLong = bytes.count > mostBytes
        let text = String(
            decoding: bytes.prefix(mostBytes) + (isLong ? bytes.suffix(200) : []), as: UTF8.self)
        return text.matches(of: /["']id["']\s*:\s*["']?(\d{1,9})/).prefix(100).compactMap { Int($0.1) }
    }

    /// The beginning, on one line.
    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(200).map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool { objectValue != nil || arrayValue != nil }

    /// Whether it names JSON-RPC, or answers something: a line of a log may have an ID as well.
    fileprivate var isMessage: Bool {
        self["jsonrpc"] != nil || self["id"] != nil && (self["result"] != nil || self["error"] != nil)
    }
}
