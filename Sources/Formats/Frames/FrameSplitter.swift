import JSON

/// Cuts a response into frames as its bytes come, whatever framing the server took.
///
/// Event streams (WHATWG HTML, section 9.2) with any line end, a byte order mark, comments and data over several lines;
/// JSON texts one a line, one after the other, as the elements of one array, or a single one that fills the body.
struct FrameSplitter: Sendable {
    private enum Mode: Sendable {
        /// Within lines of an event stream, or between JSON texts.
        case lines
        /// Within a JSON text that began at that byte.
        case json(start: Int, JSONBalance)
    }

    private var mode = Mode.lines
    /// What has come and belongs to no frame yet.
    private var buffer: [UInt8] = []
    /// How far the buffer has been looked at.
    private var position = 0
    /// The event that is being read.
    private var event = PendingEvent()
    private var standing = Standing()

    /// What was learnt of the stream before the position.
    private struct Standing: Sendable {
        /// How much of the line that begins at the position has been searched for its end.
        var searched = 0
        var isInArray = false
        var isStart = true
        var followsReturn = false
    }

    /// The first line that belongs to no framing, for the sentence that says what came instead.
    private(set) var strayLine: String?
    private let largest: Int

    init(largest: Int = ReadingLimits.streamEvent) { self.largest = largest }

    private static let pieceSize = 1 << 12

    /// The frames that are whole now.
    /// - Throws: ``StreamFault`` for a frame that does not end.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(StreamFault) -> [WireFrame] {
        var frames: [WireFrame] = []
        // Piece by piece, for what is left moves down after each frame.
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            buffer += rest.prefix(FrameSplitter.pieceSize)
            rest = rest.dropFirst(FrameSplitter.pieceSize)
            while let frame = next() { frames.append(frame) }
            guard buffer.count <= largest else {
                throw StreamFault(
                    "one event of the stream has more than \(ReadingLimits.figure(largest)); nothing of it is used"
                )
            }
        }
        return frames
    }

    /// What is left when nothing more comes: an event whose end is missing counts where its data is whole.
    mutating func finish() -> [WireFrame] {
        if case .json = mode { return rest() }
        var frames: [WireFrame] = []
        if position < buffer.count {
            let line = position..<buffer.count
            if event.isFollowed(by: buffer[line]), event.isWhole(in: buffer) {
                frames.append(dispatch(upTo: line.lowerBound))
            }
            takeLine(position..<buffer.count)
        }
        return frames + (event.isWhole(in: buffer) ? [dispatch(upTo: buffer.count)] : rest())
    }

    private mutating func rest() -> [WireFrame] {
        defer { (buffer, position, event, mode) = ([], 0, PendingEvent(), .lines) }
        guard !buffer.isEmpty else { return [] }
        return [WireFrame(bytes: buffer, payload: .nothing, isEvent: false)]
    }

    private mutating func next() -> WireFrame? {
        while position < buffer.count {
            if case .json(let start, var balance) = mode {
                while position < buffer.count {
                    let isClosed = balance.isClosed(by: buffer[position])
                    position += 1
                    if isClosed { return endJSON(from: start) }
                }
                mode = .json(start: start, balance)
                return nil
            }
            if let frame = nextLine() { return frame }
            if case .json = mode { continue }
            return nil
        }
        return nil
    }

    /// Reads a line, or finds that a JSON text begins; `nil` where neither is whole, or no frame has come of it.
    private mutating func nextLine() -> WireFrame? {
        while position < buffer.count {
            if standing.followsReturn {
                standing.followsReturn = false
                if buffer[position] == 0x0A {
                    position += 1
                    continue
                }
            }
            if standing.isStart, skipMark() { return nil }
            if event.isEmpty, beginsJSON() { return nil }
            let unsearched = max(position, standing.searched)
            guard let end = buffer[unsearched...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                standing.searched = buffer.count
                return nil
            }
            let line = position..<end
            standing.followsReturn = buffer[end] == 0x0D
            let next = end + 1
            if line.isEmpty {
                position = next
                if standing.followsReturn, position < buffer.count, buffer[position] == 0x0A {
                    position += 1
                    standing.followsReturn = false
                }
                return dispatch(upTo: position)
            }
            // Some servers leave out the blank lines between events.
            if event.isFollowed(by: buffer[line]), event.isWhole(in: buffer) {
                return dispatch(upTo: line.lowerBound)
            }
            takeLine(line)
            position = next
        }
        return nil
    }

    /// Passes over a byte order mark; true where too little has come to tell.
    private mutating func skipMark() -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let begun = buffer.prefix(3)
        if begun.count < 3, mark.starts(with: begun) { return true }
        if begun.elementsEqual(mark) { position = 3 }
        standing.isStart = false
        return false
    }

    /// Whether a JSON text begins here; the brackets and commas of an array around several are passed over.
    private mutating func beginsJSON() -> Bool {
        var place = position
        while place < buffer.count {
            switch buffer[place] {
            case 0x20, 0x09: place += 1
            case UInt8(ascii: "{"):
                mode = .json(start: place, JSONBalance())
                position = place
                return true
            case UInt8(ascii: "["):
                // `[DONE]` may stand there without its `data:`.
                guard !standing.isInArray, place + 1 < buffer.count, buffer[place + 1] != UInt8(ascii: "D")
                else {
                    return false
                }
                standing.isInArray = true
                place += 1
                position = place
            case UInt8(ascii: ",") where standing.isInArray, UInt8(ascii: "]") where standing.isInArray:
                if buffer[place] == UInt8(ascii: "]") { standing.isInArray = false }
                place += 1
                position = place
            case 0x0A, 0x0D:
                guard standing.isInArray else { return false }
                place += 1
                position = place
            default: return false
            }
        }
        return false
    }

    private mutating func endJSON(from start: Int) -> WireFrame {
        let end = position
        var last = end
        while last < buffer.count, [0x20, 0x09, 0x0D].contains(buffer[last]) { last += 1 }
        if last < buffer.count, buffer[last] == 0x0A { position = last + 1 }
        mode = .lines
        let frame = WireFrame(
            bytes: Array(buffer[..<position]), payload: .json(Array(buffer[start..<end])),
            payloadRange: start..<end, isEvent: false)
        remove(position)
        return frame
    }

    private mutating func dispatch(upTo end: Int) -> WireFrame {
        let data = event.data(in: buffer)
        let payload: WireFrame.Payload
        if event.pieces.isEmpty {
            payload = .nothing
        } else if data.elementsEqual("[DONE]".utf8) {
            payload = .done
        } else if let first = data.first(where: { $0 != 0x20 }), "{[".utf8.contains(first) {
            payload = .json(data)
        } else {
            payload = .text(data)
        }
        let frame = WireFrame(
            bytes: Array(buffer[..<end]), event: event.name, payload: payload,
            payloadRange: event.pieces.count == 1 ? event.pieces.first : nil, isEvent: true)
        event = PendingEvent()
        remove(end)
        return frame
    }

    private mutating func remove(_ count: Int) {
        buffer.removeFirst(count)
        position = 0
        standing.searched = 0
    }

    private mutating func takeLine(_ line: Range<Int>) {
        if event.take(line, in: buffer) { return }
        if buffer[line].elementsEqual("[DONE]".utf8) {
            event.pieces.append(line)
            return
        }
        if strayLine == nil { strayLine = String(decoding: buffer[line].prefix(200), as: UTF8.self) }
    }
}

/// The event of an event stream whose lines are being read.
private struct PendingEvent: Sendable {
    var name: String?
    /// Where its data stands, a piece a line.
    var pieces: [Range<Int>] = []

    var isEmpty: Bool { name == nil && pieces.isEmpty }

    /// Lines up to which the end of an event without a blank line after it is looked for.
    private static let mostUnframed = 64
    private static let dataField = Array("data".utf8)

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isData(_ line: ArraySlice<UInt8>) -> Bool {
        line.drop { $0 == 0x20 }.starts(with: dataField + [UInt8(ascii: ":")])
    }

    /// Whether a line begins another event if this one is whole.
    func isFollowed(by line: ArraySlice<UInt8>) -> Bool {
        // Whether an event is whole costs its length: not for each of many lines.
        guard (1...PendingEvent.mostUnframed).contains(pieces.count) else { return false }
        return PendingEvent.isData(line) || (name != nil && line.starts(with: "event:".utf8))
    }

    /// Takes a line; false where it is none of an event stream.
    mutating func take(_ line: Range<Int>, in buffer: [UInt8]) -> Bool {
        let start = buffer[line].firstIndex { $0 != 0x20 } ?? line.upperBound
        let colon = buffer[start..<line.upperBound].firstIndex(of: UInt8(ascii: ":")) ?? line.upperBound
        var value = min(colon + 1, line.upperBound)
        // Clients take off one blank, and then whatever JSON may begin with.
        while value < line.upperBound, PendingEvent.isBlank(buffer[value]) { value += 1 }
        switch String(decoding: buffer[start..<colon], as: UTF8.self) {
        case "data":
            // A proxy that frames what is framed already doubles the field.
            while PendingEvent.isData(buffer[value..<line.upperBound]) {
                value = (buffer[value..<line.upperBound].firstIndex(of: UInt8(ascii: ":")) ?? value) + 1
                while value < line.upperBound, PendingEvent.isBlank(buffer[value]) { value += 1 }
            }
            pieces.append(value..<line.upperBound)
        case "event": name = String(decoding: buffer[value..<line.upperBound], as: UTF8.self)
        case "", "id", "retry": break
        default: return false
        }
        return true
    }

    func data(in buffer: [UInt8]) -> [UInt8] {
        var data: [UInt8] = []
        for (number, piece) in pieces.enumerated() {
            if number > 0 { data.append(0x0A) }
            data += buffer[piece]
        }
        return data
    }

    /// Whether the data so far is a whole JSON text or the mark of the end.
    func isWhole(in buffer: [UInt8]) -> Bool {
        guard !pieces.isEmpty else { return false }
        let data = data(in: buffer)
        return data.elementsEqual("[DONE]".utf8) || JSONSplice.isBalanced(data)
    }
}
