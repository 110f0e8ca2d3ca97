import JSON

/// Cuts a stream of bytes into lines, wherever its pieces begin and end.
struct LineFramer: Sendable {
    /// What stands after the last line's end.
    private(set) var rest: [UInt8] = []
    /// Whether a carriage return ends a line by itself.
    private let endsAtReturns: Bool
    /// A line longer than this is given up, so that a server cannot fill the memory.
    let maximumLength: Int
    /// Whether a line was longer; the conversation makes no sense any more then.
    private(set) var hasOverflown = false
    /// Whether what comes belongs to such a line still: its tail is no line of its own, and may be half of a secret.
    private var isSkipping = false

    init(maximumLength: Int = ReadingLimits.serverMessage, endsAtReturns: Bool = false) {
        self.maximumLength = maximumLength
        self.endsAtReturns = endsAtReturns
    }

    /// The lines that are complete with these bytes, without their ends; empty ones are left out.
    mutating func append(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D && endsAtReturns }) {
            let line = take(bytes[start..<end])
            if isSkipping {
                isSkipping = false
            } else {
                lines.append(line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : line)
            }
            rest = []
            start = end + 1
        }
        rest = take(bytes[start...])
        return lines.filter { !$0.isEmpty }
    }

    /// The line so far with more of it; nothing where it is too long.
    private mutating func take(_ more: ArraySlice<UInt8>) -> [UInt8] {
        if isSkipping || rest.count + more.count > maximumLength {
            (rest, isSkipping, hasOverflown) = ([], true, true)
            return []
        }
        var line = rest
        rest = []
        line += more
        return line
    }

    /// What stands after the last line's end.
    mutating func finish() -> [UInt8] {
        defer { rest = [] }
        return rest
    }
}

/// Reads Server-Sent Events (WHATWG HTML, "Interpreting an event stream"): the data of each event.
struct EventStreamParser: Sendable {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var afterReturn = false
    private var isFirstLine = true
    /// Whether an event was longer than ``ReadingLimits/serverMessage``; nothing more is read then.
    private(set) var hasOverflown = false

    /// The data of the events that are complete with these bytes.
    mutating func append(_ bytes: [UInt8]) -> [[UInt8]] {
        var events: [[UInt8]] = []
        if hasOverflown { return [] }
        for byte in bytes {
            defer { afterReturn = byte == UInt8(ascii: "\r") }
            if byte == UInt8(ascii: "\n"), afterReturn { continue }
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        if line.count + data.count > ReadingLimits.serverMessage {
            (line, data, hasOverflown) = ([], [], true)
        }
        return events
    }

    private mutating func endLine() -> [UInt8]? {
        defer { line = [] }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty {
            defer {
                data = []
                hasData = false
            }
            return hasData ? data : nil
        }
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0].elementsEqual("data".utf8) else { return nil }
        var value = parts.count > 1 ? parts[1] : []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        hasData = true
        data += value
        return nil
    }
}
