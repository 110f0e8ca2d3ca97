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
    /// What may be the beginning of a page, or of a call for who reads it otherwise: it waits until that is known.
    private var doubtful: [UInt8] = []
    private var held: [ReadFrame] = []
    private var lastBlock = LastBlock()
    /// Whether JSON has come, of a response or not.
    private var hasJSON = false
    /// What keeps the client waiting after what it has been sent.
    private(set) var keepAlive: KeepAlive
    /// The ID by which the provider can be asked to go on from the response, where it told one.
    private(set) var responseID: String?
    /// The fault that ended the response, where one did.
    private(set) var fault: StreamFault?
    /// Whether what came could not be shown to hold no call, so that nothing from there on has left.
    private(set) var isRefused = false
    /// Whether the provider's own error has left, after which only what surely holds no call does.
    private(set) var hasPassedError = false
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

    /// What was told of a call in two ways; `nil` where each was told in one.
    var contradiction: String? { reader.contradiction }

    /// Takes bytes as they come.
    mutating func take(_ bytes: [UInt8]) -> Output {
        var output = Output()
        guard fault == nil else {
            pass(try? reader.skip(bytes), &output)
            return output
        }
        var frames: [ReadFrame] = []
        var found: StreamFault?
        do throws(StreamFault) { try reader.take(bytes, into: &frames) } catch { found = error }
        take(frames, &output)
        if let found, fault == nil {
            end(with: found, &output)
            pass(try? reader.skip([]), &output)
        }
        return output
    }

    /// Takes the end of what comes; of a response that is not whole nothing more leaves.
    mutating func finish() -> Output {
        var output = Output()
        guard fault == nil else {
            pass(reader.skipRest(), &output)
            return output
        }
        var frames: [ReadFrame] = []
        var found: StreamFault?
        do throws(StreamFault) { try reader.finish(into: &frames) } catch { found = error }
        if let found, reader.faulted == nil {
            fault = found
            let unread = doubtful + frames.flatMap(\.frame.bytes)
            isForeign = !isHolding && !hasJSON && ForeignText.holdsNothing(unread)
            held = []
            if isForeign {
                let words = String(decoding: unread.prefix(200), as: UTF8.self)
                foreignWords = unread.isEmpty ? nil : words
                output.passed += lastBlock.close() + unread
            }
            return output
        }
        take(frames, &output)
        if let found, fault == nil { end(with: found, &output) }
        guard fault == nil else {
            pass(reader.skipRest(), &output)
            return output
        }
        guard reader.hasFinished else {
            // What is left may be the beginning of a call.
            held = []
            return Output(passed: [], pieces: output.pieces)
        }
        if !isHolding { output.passed += lastBlock.close() }
        return output
    }

    /// Nothing of the calls is worth anything now; the client reads the provider's own error, where that is one.
    private mutating func end(with fault: StreamFault, _ output: inout Output) {
        guard fault.isProviders, doubtful.isEmpty, let frame = reader.faulted, frame.doubt == nil,
            !frame.tellsOfCalls
        else { return refuse(fault, &output) }
        self.fault = fault
        held = []
        hasPassedError = true
        output.passed += lastBlock.close() + frame.frame.bytes
    }

    /// What has come may hold a call for a client that reads it otherwise, or longer: the response ends before it.
    private mutating func refuse(_ fault: StreamFault, _ output: inout Output) {
        self.fault = fault
        isRefused = true
        held = []
        doubtful = []
        output.passed += lastBlock.close()
    }

    /// What comes after the provider's error: its last words, up to the first that may hold a call.
    private mutating func pass(_ frames: [ReadFrame]?, _ output: inout Output) {
        guard hasPassedError, !isRefused else { return }
        guard let frames else { return isRefused = true }
        for frame in frames {
            guard frame.doubt == nil, !frame.tellsOfCalls else { return isRefused = true }
            output.passed += frame.frame.bytes
        }
    }

    private mutating func take(_ frames: [ReadFrame], _ output: inout Output) {
        for frame in frames where fault == nil { take(frame, &output) }
    }

    private mutating func take(_ frame: ReadFrame, _ output: inout Output) {
        var mayBePage = false
        if case .nothing = frame.frame.payload { mayBePage = !hasJSON && !isHolding }
        if case .json = frame.frame.payload { hasJSON = true }
        if frame.doubt != nil || !doubtful.isEmpty {
            if mayBePage { return doubtful += frame.frame.bytes }
            let doubt = frame.doubt ?? "what came before it is neither an event of a stream nor JSON"
            let words =
                "the provider's answer was cut here, since a call in it could not be held: \(doubt)"
            return refuse(StreamFault(words), &output)
        }
        output.pieces += frame.pieces
        if format == .responses || format == .messages, responseID == nil {
            responseID = GatedStream.id(in: frame.frame)
        }
        let isCall =
            frame.tellsOfCalls || !frame.places.isEmpty
            || frame.pieces.contains { if case .call = $0 { true } else { false } }
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
        return try reader.response(numberingFrom: first, keepingCut: true)
    }

    /// All that was held, with what was decided done to it.
    ///
    /// - Parameters:
    ///   - changes: the calls that are other than the model wrote them, by number; a name is given where it is another.
    ///   - isOpened: whether ``firstHeld`` has left already.
    /// - Throws: ``StreamFault`` where what was decided cannot be written.
    mutating func release(
        _ changes: [Int: CallRewrite], isOpened: Bool
    ) throws(StreamFault) -> [UInt8] {
        var frames = try format.rewriting(held, changes)
        let closing = lastBlock.close()
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
