import Agent
import JSON

/// Reads a response of one format as its bytes come: streamed or whole, whatever was asked for.
///
/// A value: feeding it touches nothing else. Whatever the bytes are, it answers with frames or a fault.
public struct ResponseReader: Sendable {
    /// The format.
    public let format: WireFormat
    private var splitter = FrameSplitter()
    private var reader: any FrameReader
    private var plain: PlainCalls
    /// How many JSON texts of the format have come, and whether the first was an event.
    private var count = 0
    private var isEvents = false
    /// The first JSON that belongs to no response, for the sentence that says what came instead.
    private var unknown: JSONValue?
    /// The frame that was the fault, where one was.
    public private(set) var faulted: ReadFrame?
    /// What came with it and after it.
    private var left: [WireFrame] = []

    /// A reader of one response.
    public init(_ format: WireFormat) {
        self.format = format
        reader = format.room.reader()
        plain = PlainCalls(format)
    }

    /// Whether the response says that nothing more follows.
    public var isComplete: Bool { reader.draft.isOver }

    /// Whether the reason of the end has come: what may follow adds token counts at most.
    public var hasFinished: Bool { reader.draft.isUsable }

    /// Whether what has come belongs to no response of the format: ``finish()`` then says whose it is.
    public var isOfAnotherFormat: Bool { !reader.draft.hasBegun && unknown != nil }

    /// Takes bytes as they come, cut anywhere.
    /// - Throws: ``StreamFault`` for the provider's own error, and for what the format does not allow; the reader is
    ///   of no use then, but for ``skip(_:)``.
    public mutating func take(_ bytes: some Sequence<UInt8>) throws(StreamFault) -> [ReadFrame] {
        var read: [ReadFrame] = []
        try take(bytes, into: &read)
        return read
    }

    /// The same for those who want what came before a fault as well.
    public mutating func take(
        _ bytes: some Sequence<UInt8>, into read: inout [ReadFrame]
    ) throws(StreamFault) {
        try take(splitter.take(bytes), isLast: false, into: &read)
    }

    /// Says that nothing more comes.
    /// - Throws: ``StreamFault`` where what has come was no response at all, with its first words.
    public mutating func finish() throws(StreamFault) -> [ReadFrame] {
        var read: [ReadFrame] = []
        try finish(into: &read)
        return read
    }

    /// Takes bytes that are not to be read, after a fault; what they can hold is told nevertheless.
    /// - Throws: ``StreamFault`` for a frame that does not end.
    public mutating func skip(_ bytes: [UInt8]) throws(StreamFault) -> [ReadFrame] {
        let frames = left + (try splitter.take(bytes))
        left = []
        return frames.map(unread)
    }

    /// What is left of those when nothing more comes.
    public mutating func skipRest() -> [ReadFrame] {
        let frames = left + splitter.finish()
        left = []
        return frames.map(unread)
    }

    private mutating func take(
        _ frames: [WireFrame], isLast: Bool, into read: inout [ReadFrame]
    ) throws(StreamFault) {
        for (position, frame) in frames.enumerated() {
            do {
                read.append(try take(frame, isLast: isLast))
            } catch {
                faulted = unread(frame)
                left = Array(frames[(position + 1)...])
                throw error
            }
        }
    }

    /// The same for those who want what came before a fault as well.
    public mutating func finish(into read: inout [ReadFrame]) throws(StreamFault) {
        try take(splitter.finish(), isLast: true, into: &read)
        guard !reader.draft.hasBegun else {
            var pieces = reader.end()
            // A whole response needs no reason of its end.
            let isWhole = count == 1 && !isEvents && (format == .chatCompletions || format == .responses)
            if isWhole, !reader.draft.isUsable { pieces += reader.done().pieces }
            if !pieces.isEmpty {
                read.append(
                    ReadFrame(
                        frame: WireFrame(bytes: [], payload: .nothing, isEvent: false), pieces: pieces,
                        places: [], isEnd: true, tellsOfCalls: false, doubt: nil))
            }
            return
        }
        if let unknown {
            let text = unknown.text().prefix(200)
            if let foreign = ForeignAnswer.words(unknown) {
                throw StreamFault("the server answers in \(foreign): \(text)")
            }
            if let other = WireFormat(ofResponse: unknown) {
                throw StreamFault(
                    "the server answers in \(other.title), not in \(format.title); "
                        + "name that format for it instead: \(text)")
            }
            throw StreamFault("the server answered with JSON that is no \(format.responseName): \(text)")
        }
        if let line = splitter.strayLine {
            throw StreamFault(
                "the server answered with what is neither an event stream nor JSON: "
                    + "\(JSONValue.string(line).text()); is the url that of a model's API?")
        }
        throw StreamFault("the server ended its answer before the first word of it", isTransient: true)
    }

    /// What was told of a call in two ways, of which clients take either; `nil` where each was told in one.
    public var contradiction: String? {
        reader.draft.calls.contradiction
            ?? (reader.draft.calls.entries.isEmpty ? nil : plain.difference(from: reader.draft.calls.entries))
    }

    /// The whole response, its calls without an ID numbered from `firstCall`.
    ///
    /// - Parameter keepsCut: whether calls count as well that ended early: not every client looks why.
    /// - Throws: ``StreamFault`` when the stream broke off before its end.
    public func response(
        numberingFrom firstCall: Int, keepingCut keepsCut: Bool = false
    ) throws(StreamFault) -> ModelResponse {
        let reader = reader
        return try reader.draft.response(numberingFrom: firstCall, keepingCut: keepsCut) {
            reader.blocks(for: $0)
        }
    }

    private mutating func take(_ frame: WireFrame, isLast: Bool) throws(StreamFault) -> ReadFrame {
        // What comes after the end is none of the response, but not every client stops there.
        guard !reader.draft.isOver else {
            noteExcess(frame)
            return unread(frame)
        }
        var reading = Reading()
        switch frame.payload {
        case .nothing: break
        case .done: reading = reader.done()
        case .text(let bytes): try take(text: bytes, event: frame.event)
        case .json(let bytes):
            guard let (value, isSound) = try value(of: bytes, isLast: isLast) else { return unread(frame) }
            reading = try take(value, of: frame)
            if isSound { plain.take(value, of: frame) }
            let traces = CallTraces(in: value, of: format)
            return ReadFrame(
                frame: frame, pieces: reading.pieces, places: reading.places, isEnd: reader.draft.isUsable,
                tellsOfCalls: !reading.places.isEmpty || !traces.isEmpty(besides: reading.providers),
                doubt: reading.doubt ?? traces.doubt(read: reading.places, besides: reading.providers)
                    ?? frame.doubtBesideJSON)
        }
        return ReadFrame(
            frame: frame, pieces: reading.pieces, places: [], isEnd: reader.draft.isUsable,
            tellsOfCalls: false, doubt: frame.doubtBesideJSON)
    }

    /// Says that a frame after the end holds words or calls, where they are not those of the response once more.
    private mutating func noteExcess(_ frame: WireFrame) {
        guard case .json(let bytes) = frame.payload, let value = try? JSONParser.parse(bytes) else { return }
        var excess = format.room.reader()
        guard excess.isOwn(value), (try? excess.take(value, event: frame.event)) != nil else { return }
        let (content, calls) = (excess.draft.content, excess.draft.calls.entries)
        let isNew = !content.isEmpty && !content.utf8.elementsEqual(reader.draft.content.utf8)
        let known = reader.draft.calls.entries
        let isCalling = calls.contains { call in
            !known.contains {
                $0.name.utf8.elementsEqual(call.name.utf8)
                    && $0.arguments.utf8.elementsEqual(call.arguments.utf8)
            }
        }
        if isNew || isCalling {
            reader.draft.remark(
                "After its end the response went on with \(isCalling ? "calls" : "words"), which are not used."
            )
        }
    }

    /// A frame of which nothing is read.
    private func unread(_ frame: WireFrame) -> ReadFrame {
        var doubt = frame.doubtBesideJSON
        var tells = false
        if case .json(let bytes) = frame.payload {
            if let value = try? JSONParser.parse(bytes) {
                let traces = CallTraces(in: value, of: format)
                tells = !traces.isEmpty(besides: [])
                doubt = doubt ?? traces.doubt(read: [], besides: [])
            } else {
                doubt = "it holds what is no JSON"
            }
        }
        return ReadFrame(
            frame: frame, pieces: [], places: [], isEnd: reader.draft.isUsable, tellsOfCalls: tells,
            doubt: doubt)
    }

    /// The value that a JSON text tells; `nil` for one that was cut.
    /// - Returns: also whether it is JSON to the letter, which nothing had to be repaired in.
    private mutating func value(
        of bytes: [UInt8], isLast: Bool
    ) throws(StreamFault) -> (value: JSONValue, isSound: Bool)? {
        do {
            return (try JSONParser.parse(bytes), true)
        } catch {
            if isLast, !JSONSplice.isBalanced(bytes) { return nil }
            if let repaired = JSONRepair.parse(bytes) {
                reader.draft.remark(repaired.remark)
                return (repaired.value, false)
            }
            throw StreamFault(
                "the response holds what is no JSON (\(error)); nothing of it is used")
        }
    }

    private mutating func take(_ value: JSONValue, of frame: WireFrame) throws(StreamFault) -> Reading {
        if frame.event == "error" || !reader.isOwn(value), let error = ProviderError(value) {
            throw error.fault(isBegun: reader.draft.hasBegun)
        }
        guard reader.isOwn(value) else {
            if unknown == nil, case .object(let object) = value, !object.isEmpty {
                unknown = value
            }
            return Reading()
        }
        reader.draft.hasBegun = true
        if count == 0 { isEvents = frame.isEvent }
        count += 1
        return try reader.take(value, event: frame.event)
    }

    /// Data that is no JSON: what keeps a connection alive is passed over, anything else is said.
    private func take(text bytes: [UInt8], event: String?) throws(StreamFault) {
        let text = String(decoding: bytes, as: UTF8.self).trimmingSpaces
        let alive = ["", "ping", "heartbeat", "keep-alive", "keepalive", "null", "ok", "pong"]
        if alive.contains(text.lowercased()) { return }
        let shown = JSONValue.string(String(text.prefix(200))).text()
        if event == "error" || text.lowercased().hasPrefix("error") {
            throw StreamFault("the server broke off: \(text.prefix(400))", isProviders: true)
        }
        throw StreamFault("the stream holds \(shown), which is no JSON; nothing of the response is used")
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let isSpace: (Unicode.Scalar) -> Bool = { [" ", "\t", "\n", "\r"].contains($0) }
        let start = unicodeScalars.drop(while: isSpace)
        return String(
            Substring(start).unicodeScalars.reversed().drop(while: isSpace).reversed().map(Character.init))
    }
}

/// What one JSON text of a response adds.
struct Reading {
    var pieces: [ResponsePiece] = []
    var places: [CallPlace] = []
    /// Where a call stands that runs at the provider, and looks like one of the client's.
    var providers: [[String]] = []
    /// Why clients may read it otherwise, where they may.
    var doubt: String?

    mutating func place(_ call: Int, _ role: CallPlace.Role, _ tokens: [String]) {
        places.append(CallPlace(call: call, pointer: JSONPointer(tokens), role: role))
    }
}

/// One format's reading of a response.
protocol FrameReader: Sendable {
    /// What has come so far.
    var draft: ResponseDraft { get set }
    /// Whether a value belongs to a response of the format.
    func isOwn(_ value: JSONValue) -> Bool
    /// Takes one JSON text.
    mutating func take(_ value: JSONValue, event: String?) throws(StreamFault) -> Reading
    /// Takes the mark that ends a stream.
    mutating func done() -> Reading
    /// Takes the end of the connection.
    mutating func end() -> [ResponsePiece]
    /// The parts to be kept as the provider wrote them, with the calls as they are named now.
    func blocks(for calls: [ToolCall]) -> ProviderBlocks?
}

extension FrameReader {
    mutating func done() -> Reading {
        draft.isOver = true
        return Reading(pieces: draft.calls.endAll())
    }

    mutating func end() -> [ResponsePiece] { draft.isUsable ? draft.calls.endAll() : [] }
}
