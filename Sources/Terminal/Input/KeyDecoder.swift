/// Turns the bytes that a terminal sends into events.
///
/// Callgate decodes keys itself rather than through terminfo, so that modifiers, pastes, focus and SGR mouse reports
/// are the same under every TERM: xterm's control sequences, with the variants of VT220, rxvt, the Linux console and
/// the kitty protocol's `CSI u`. What is no key, such as a terminal's answers, is swallowed whole.
struct KeyDecoder {
    private var buffer: [UInt8] = []
    private var paste: [UInt8]?

    /// Whether bytes are held back that may be a key by themselves or the beginning of a longer sequence.
    ///
    /// Where nothing follows soon, ``flush()`` says what they were.
    var isWaiting: Bool { !buffer.isEmpty && paste == nil }

    /// The events that the bytes complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [ScreenEvent] {
        buffer += bytes
        var events: [ScreenEvent] = []
        var start = 0
        while start < buffer.count {
            if paste != nil {
                guard let (event, consumed) = takePaste(from: start) else {
                    return finish(events, at: buffer.count)
                }
                events.append(event)
                start += consumed
                continue
            }
            guard let parsed = KeyParser.parse(buffer[start...]) else { break }
            switch parsed.meaning {
            case .event(let event): events.append(event)
            case .pasteStart: paste = []
            case .nothing: break
            }
            start += parsed.length
        }
        return finish(events, at: start)
    }

    /// What the bytes held back are when nothing follows them: Escape, Alt with a key, or an unfinished sequence.
    mutating func flush() -> [ScreenEvent] {
        guard isWaiting else { return [] }
        let held = buffer
        buffer = []
        guard held[0] == 0x1B else { return [.key(Key.character("\u{FFFD}"))] }
        switch held.count {
        case 1: return [.key(.escape)]
        case 2 where held[1] == 0x1B: return [.key(.escape), .key(.escape)]
        case 2 where held[1] < 0x80: return [.key(Key(.character(Unicode.Scalar(held[1])), .alt))]
        default: return []
        }
    }

    private mutating func finish(_ events: [ScreenEvent], at position: Int) -> [ScreenEvent] {
        buffer.removeFirst(min(position, buffer.count))
        return events
    }

    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// Moves bytes into the paste; gives it when its end is there, nil when all bytes are used up.
    private mutating func takePaste(from start: Int) -> (ScreenEvent, Int)? {
        guard var collected = paste else { return nil }
        let before = collected.count
        // The end may lie across two reads: the search begins where an end could have begun.
        let from = max(0, before - KeyDecoder.pasteEnd.count + 1)
        collected += buffer[start...]
        guard let end = KeyDecoder.find(KeyDecoder.pasteEnd, in: collected, from: from) else {
            paste = collected
            return nil
        }
        paste = nil
        let text = String(decoding: collected[..<end], as: UTF8.self)
        return (.paste(KeyDecoder.withNewlines(text)), end + KeyDecoder.pasteEnd.count - before)
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
        guard bytes.count >= pattern.count, from <= bytes.count - pattern.count else { return nil }
        return (from...bytes.count - pattern.count).first { start in
            bytes[start] == pattern[0] && bytes[start..<start + pattern.count].elementsEqual(pattern)
        }
    }

    /// Terminals send a carriage return for every line end of what is pasted.
    private static func withNewlines(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            if scalar == "\n" && afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = scalar == "\r"
            result.append(afterReturn ? "\n" : scalar)
        }
        return String(result)
    }
}
