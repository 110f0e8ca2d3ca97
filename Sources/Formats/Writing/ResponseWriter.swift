import Agent
import JSON

/// What a response says of itself besides its content.
public struct ResponseIdentity: Sendable, Hashable {
    /// The response's ID.
    public var id: String
    /// The model's name.
    public var model: String
    /// Seconds since 1970.
    public var created: Int

    /// An identity of the given parts.
    public init(id: String, model: String, created: Int) {
        self.id = id
        self.model = model
        self.created = created
    }
}

/// Writes a response in one format: as a stream while it comes, or whole.
public struct ResponseWriter: Sendable {
    private var writer: any FrameWriter
    private var queue = SegmentQueue()
    private var hasBegun = false

    /// A writer of one response.
    public init(_ format: WireFormat, identity: ResponseIdentity) {
        writer = format.room.writer(identity)
    }

    /// The bytes of a piece; what comes out of turn (a call that goes on after another began) is held back until its
    /// place.
    public mutating func write(_ piece: ResponsePiece) -> [UInt8] {
        let start = begin()
        return start + queue.take(piece).flatMap { writer.write($0) }
    }

    /// The bytes that end the stream: what is held back, the reason of the end, token counts.
    ///
    /// - Parameter response: the whole response, whose words and calls have been written before.
    public mutating func end(_ response: ModelResponse) -> [UInt8] {
        let start = begin()
        return start + queue.finish().flatMap { writer.write($0) } + writer.end(response)
    }

    private mutating func begin() -> [UInt8] {
        guard !hasBegun else { return [] }
        hasBegun = true
        return writer.begin()
    }

    /// A response as a whole stream, cut into its frames.
    public static func stream(
        of response: ModelResponse, in format: WireFormat, identity: ResponseIdentity
    ) -> [[UInt8]] {
        var writer = ResponseWriter(format, identity: identity)
        var frames: [[UInt8]] = []
        if let blocks = response.providerBlocks, blocks.format == format.rawValue,
            let native = writer.writer.write(native: blocks.blocks, calls: response.calls)
        {
            frames += [writer.begin()] + native
        } else {
            for piece in response.pieces { frames.append(writer.write(piece)) }
        }
        frames.append(writer.end(response))
        return frames.filter { !$0.isEmpty }
    }

    /// A response as one JSON text, for a request that asks for no stream.
    public static func whole(
        _ response: ModelResponse, in format: WireFormat, identity: ResponseIdentity
    ) -> JSONValue {
        format.room.whole(response, identity)
    }
}

extension ModelResponse {
    /// The response in pieces: thinking, words, then call by call.
    var pieces: [ResponsePiece] {
        var pieces: [ResponsePiece] = []
        if let thinking, !thinking.text.isEmpty { pieces.append(.thinking(thinking.text)) }
        if !content.isEmpty { pieces.append(.text(content)) }
        for (position, call) in calls.enumerated() {
            pieces += [
                .call(number: position + 1, id: call.id.text, name: call.name),
                .arguments(number: position + 1, call.arguments.text), .callEnded(number: position + 1),
            ]
        }
        return pieces
    }
}

/// One format's writing of a response.
protocol FrameWriter: Sendable {
    /// The bytes before everything else.
    mutating func begin() -> [UInt8]
    /// The bytes of a step.
    mutating func write(_ step: SegmentStep) -> [UInt8]
    /// The bytes of a response's parts as its provider wrote them, frame by frame; `nil` where the format writes none so.
    mutating func write(native blocks: JSONValue, calls: [ToolCall]) -> [[UInt8]]?
    /// The bytes after everything else.
    mutating func end(_ response: ModelResponse) -> [UInt8]
}

extension FrameWriter {
    mutating func write(native blocks: JSONValue, calls: [ToolCall]) -> [[UInt8]]? { nil }
}

/// A part of a response that is written from first to last before the next begins.
enum Segment: Sendable, Hashable {
    case thinking
    case text
    case call(id: String, name: String)
}

/// A step in writing segments one after the other.
enum SegmentStep: Sendable, Hashable {
    case begin(Segment)
    case grow(Segment, String)
    /// The segment is over; all of its text.
    case end(Segment, String)
}

/// Puts pieces that may take turns into an order in which one segment ends before the next begins.
struct SegmentQueue: Sendable {
    private struct Entry: Sendable {
        var segment: Segment
        /// The number of the call that it is.
        var call: Int?
        var text = ""
        /// How many bytes of the text have been written.
        var written = 0
        var isOpen = true
        var hasBegun = false
    }

    private var entries: [Entry] = []

    mutating func take(_ piece: ResponsePiece) -> [SegmentStep] {
        switch piece {
        case .text(let text): add(text, to: .text)
        case .token(let token): add(String(decoding: token.bytes, as: UTF8.self), to: .text)
        case .thinking(let text): add(text, to: .thinking)
        case .call(let number, let id, let name):
            closeWords()
            let known = id.isEmpty ? "call_\(number)" : id
            entries.append(Entry(segment: .call(id: known, name: name), call: number))
        case .arguments(let number, let text):
            if let place = entries.firstIndex(where: { $0.call == number }) { entries[place].text += text }
        case .callEnded(let number):
            if let place = entries.firstIndex(where: { $0.call == number }) { entries[place].isOpen = false }
        case .providerCall, .note, .usage, .finish: break
        }
        return advance()
    }

    mutating func finish() -> [SegmentStep] {
        for place in entries.indices { entries[place].isOpen = false }
        return advance()
    }

    private mutating func add(_ text: String, to segment: Segment) {
        guard !text.isEmpty else { return }
        if entries.last?.segment != segment || entries.last?.isOpen != true {
            closeWords()
            entries.append(Entry(segment: segment))
        }
        entries[entries.count - 1].text += text
    }

    private mutating func closeWords() {
        if let last = entries.last, last.call == nil { entries[entries.count - 1].isOpen = false }
    }

    private mutating func advance() -> [SegmentStep] {
        var steps: [SegmentStep] = []
        while var entry = entries.first {
            if !entry.hasBegun { steps.append(.begin(entry.segment)) }
            entry.hasBegun = true
            if entry.text.utf8.count > entry.written {
                let fresh = String(decoding: entry.text.utf8.dropFirst(entry.written), as: UTF8.self)
                steps.append(.grow(entry.segment, fresh))
                entry.written = entry.text.utf8.count
            }
            entries[0] = entry
            if entry.isOpen { break }
            steps.append(.end(entry.segment, entry.text))
            entries.removeFirst()
        }
        return steps
    }
}

/// How frames are written.
enum FrameText {
    /// An event of an event stream.
    static func event(_ value: JSONValue, name: String? = nil) -> [UInt8] {
        Array(((name.map { "event: \($0)\n" } ?? "") + "data: \(lineSafe(value.text()))\n\n").utf8)
    }

    /// A JSON text on a line of its own.
    static func line(_ value: JSONValue) -> [UInt8] { Array((lineSafe(value.text()) + "\n").utf8) }

    /// The JSON text with the scalars escaped that python's clients take for the end of a line, where only CR and LF are.
    static func lineSafe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isLineEnd) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isLineEnd(scalar) {
                safe +=
                    (scalar.value == 0x85 ? "\\u0085" : "\\u\(String(scalar.value, radix: 16))")
                    .unicodeScalars
            } else {
                safe.append(scalar)
            }
        }
        return String(safe)
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        [0x85, 0x2028, 0x2029].contains(scalar.value)
    }
}

extension JSONObject {
    /// An object of the members whose value is there.
    init(present members: [(String, JSONValue?)]) {
        self.init(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }
}
