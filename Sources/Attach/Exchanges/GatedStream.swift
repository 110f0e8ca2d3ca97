import Agent
import Formats
import JSON

/// A response on its way to the client: words pass at once, calls and everything after the first of them are held.
///
/// A value: it decides what may leave, and whoever feeds it sends that. No byte of a call leaves it before
/// ``release(_:isOpened:)``.
struct GatedStream: Sendable {
    /// What came of some bytes.
    struct Output: Sendable {
        /// What may leave now.
        var passed: [UInt8] = []
        /// What it adds to the response, for the journal.
        var pieces: [ResponsePiece] = []
    }

    private let format: WireFormat
    private var reader: ResponseReader
    /// What has come and is in no frame that was read.
    private var unread: [UInt8] = []
    private var held: [ReadFrame] = []
    private var lastBlock = LastBlock()
    /// Whether JSON has come, of a response or not.
    private var hasJSON = false
    /// What keeps the client waiting after what it has been sent.
    private(set) var keepAlive: KeepAlive
    /// The ID by which the provider can be asked to go on from the response, where it told one.
    private(set) var responseID: String?
    /// The provider's fault that ended the response, where one did.
    private(set) var fault: StreamFault?
    /// Whether what came is no response at all, in which no client can find a call: it has passed as it came.
    private(set) var isForeign = false
    /// The first words of that; `nil` where nothing came.
    private(set) var foreignWords: String?

    init(_ format: WireFormat, isStreamed: Bool) {
        self.format = format
        reader = ResponseReader(format)
        keepAlive = KeepAlive(format, isStreamed: isStreamed)
    }

    /// Whether what has come is held from here on.
    var isHolding: Bool { !held.isEmpty }

    /// The calls whose type stands for their tool's name, by number, as their last frames have them.
    var items: [Int: String] { held.reduce(into: [:]) { $0.merge($1.items) { $1 } } }

    /// Whether the client has a block open, in which something can be sent that changes nothing.
    var hasOpenBlock: Bool { lastBlock.isKeptOpen }

    /// The frame with which the first call begins.
    var firstHeld: WireFrame? { held.first?.frame }

    /// Takes bytes as they come.
    mutating func take(_ bytes: [UInt8]) -> Output {
        var output = Output()
        var rest = bytes[...]
        while !rest.isEmpty {
            // A line at a time, so that a fault of one event takes no other with it.
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            feed(rest[..<end], &output)
            rest = rest[end...]
        }
        return output
    }

    /// Takes the end of what comes; of a response that is not whole nothing more leaves.
    mutating func finish() -> Output {
        var output = Output()
        guard fault == nil else { return output }
        do throws(StreamFault) {
            for frame in try reader.finish() { take(frame, &output) }
        } catch {
            fault = error
            isForeign = !isHolding && !hasJSON && GatedStream.holdsNothing(unread)
        }
        if isForeign {
            let words = String(decoding: unread.prefix(200), as: UTF8.self)
            foreignWords = unread.isEmpty ? nil : words
            output.passed += lastBlock.close() + unread
            unread = []
            return output
        }
        guard fault == nil, reader.hasFinished else {
            // What is left may be the beginning of a call.
            held = []
            return Output(passed: [], pieces: output.pieces)
        }
        if !isHolding { output.passed += lastBlock.close() }
        return output
    }

    /// Whether bytes are neither JSON nor an event stream, nor the beginning of one.
    private static func holdsNothing(_ bytes: [UInt8]) -> Bool {
        bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).allSatisfy { line in
            let words = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
            guard !words.isEmpty else { return true }
            return ["{", "[", ":", "data:", "event:", "id:", "retry:"].allSatisfy { mark in
                !words.starts(with: mark.utf8) && !mark.utf8.starts(with: words)
            }
        }
    }

    private mutating func feed(_ bytes: ArraySlice<UInt8>, _ output: inout Output) {
        guard fault == nil else {
            // The provider's last words about its own fault.
            output.passed += bytes
            return
        }
        unread += bytes
        do throws(StreamFault) {
            for frame in try reader.take(bytes) { take(frame, &output) }
        } catch {
            end(with: error, &output)
        }
    }

    /// Nothing of the calls is worth anything now; the client reads the provider's own error.
    private mutating func end(with fault: StreamFault, _ output: inout Output) {
        self.fault = fault
        output.passed += lastBlock.close() + unread
        unread = []
        held = []
    }

    private mutating func take(_ frame: ReadFrame, _ output: inout Output) {
        unread.removeFirst(min(frame.frame.bytes.count, unread.count))
        if case .json = frame.frame.payload { hasJSON = true }
        output.pieces += frame.pieces
        if format == .responses || format == .messages, responseID == nil {
            responseID = GatedStream.id(in: frame.frame)
        }
        let isCall =
            !frame.places.isEmpty || frame.pieces.contains { if case .call = $0 { true } else { false } }
        guard !isCall, !isHolding else { return held.append(frame) }
        for passed in lastBlock.pass(frame.frame) {
            output.passed += passed.bytes
            keepAlive.see(passed)
        }
    }

    private static func id(in frame: WireFrame) -> String? {
        guard case .json(let json) = frame.payload, let value = try? JSONParser.parse(json) else {
            return nil
        }
        if let told = value["response"] ?? value["message"] { return told["id"]?.stringValue }
        return value["object"] == "response" || value["type"] == "message" ? value["id"]?.stringValue : nil
    }

    /// The whole response.
    /// - Throws: ``StreamFault`` where it is not whole.
    func response(numberingFrom first: Int) throws(StreamFault) -> ModelResponse {
        if let fault { throw fault }
        return try reader.response(numberingFrom: first)
    }

    /// All that was held, with what was decided done to it.
    ///
    /// - Parameters:
    ///   - changes: the calls that are other than the model wrote them, by number; a name is given where it is another.
    ///   - isOpened: whether ``firstHeld`` has left already.
    mutating func release(_ changes: [Int: CallRewrite], isOpened: Bool) -> [UInt8] {
        let closing = lastBlock.close()
        var frames = format.rewriting(held, changes)
        if isOpened, let first = firstHeld, !frames.isEmpty {
            frames[0].removeFirst(min(first.bytes.count, frames[0].count))
        }
        held = []
        return closing + frames.flatMap { $0 }
    }
}

/// The last block of a Messages stream, kept open by one event until it is known whether calls follow it.
///
/// Claude Code waits for ever while deltas come in an open block, and ten minutes at most while only pings do.
private struct LastBlock: Sendable {
    private var kind = ""
    private var end: WireFrame?

    var isKeptOpen: Bool { end != nil }

    /// The frames that leave now that this one has come.
    mutating func pass(_ frame: WireFrame) -> [WireFrame] {
        var leaving = end.map { [$0] } ?? []
        end = nil
        guard case .json(let json) = frame.payload else { return leaving + [frame] }
        switch frame.event {
        case "content_block_start":
            kind = (try? JSONParser.parse(json))?["content_block"]?["type"]?.stringValue ?? ""
        case "content_block_stop" where kind == "text" || kind == "thinking":
            end = frame
            return leaving
        default: break
        }
        leaving.append(frame)
        return leaving
    }

    mutating func close() -> [UInt8] {
        defer { end = nil }
        return end?.bytes ?? []
    }
}
