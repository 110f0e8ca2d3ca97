/// Reads one key from the beginning of some bytes.
enum KeyParser {
    /// What some bytes were.
    struct Parsed {
        let meaning: Meaning
        let length: Int
    }

    enum Meaning: Equatable {
        case event(ScreenEvent)
        case pasteStart
        /// A sequence that is no key.
        case nothing
    }

    /// The first key, or nil where more bytes are needed to tell; the bytes are not empty.
    static func parse(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        guard let first = bytes.first else { return nil }
        if first != 0x1B { return character(bytes) }
        let rest = bytes.dropFirst()
        switch rest.first {
        case nil: return nil
        case UInt8(ascii: "["): return controlSequence(rest.dropFirst()).map { lengthened($0, by: 2) }
        case UInt8(ascii: "O"): return singleShift(rest.dropFirst()).map { lengthened($0, by: 2) }
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
            return answer(rest.dropFirst()).map { lengthened($0, by: 2) }
        case 0x1B:
            // Some terminals send Alt with a key as Escape and the key's own sequence.
            guard let inner = parse(rest) else { return nil }
            guard case .event(.key(let key)) = inner.meaning, inner.length > 2 else {
                return Parsed(meaning: .event(.key(.escape)), length: 1)
            }
            return Parsed(
                meaning: .event(.key(Key(key.code, key.modifiers.union(.alt)))), length: inner.length + 1)
        default:
            guard let inner = character(rest) else { return nil }
            guard case .event(.key(let key)) = inner.meaning else { return lengthened(inner, by: 1) }
            return Parsed(
                meaning: .event(.key(Key(key.code, key.modifiers.union(.alt)))), length: inner.length + 1)
        }
    }

    private static func lengthened(_ parsed: Parsed, by count: Int) -> Parsed {
        Parsed(meaning: parsed.meaning, length: parsed.length + count)
    }

    private static func key(_ key: Key, length: Int) -> Parsed {
        Parsed(meaning: .event(.key(key)), length: length)
    }

    private static func character(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 0x00: return key(.control(" "), length: 1)
        case 0x08, 0x7F: return key(.backspace, length: 1)
        case 0x09: return key(.tab, length: 1)
        case 0x0D: return key(.enter, length: 1)
        case 0x01...0x1A: return key(.control(Unicode.Scalar(first + 0x60)), length: 1)
        case 0x1B: return key(.escape, length: 1)
        case 0x1C...0x1F: return key(.control(Unicode.Scalar(first + 0x40)), length: 1)
        default: break
        }
        let length =
            switch first {
            case 0..<0x80: 1
            case 0xC2..<0xE0: 2
            case 0xE0..<0xF0: 3
            case 0xF0..<0xF5: 4
            default: 0
            }
        let part = bytes.prefix(max(1, length))
        let following = part.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count + 1
        if length > 0 && following == part.count && part.count < length { return nil }
        if let scalar = Unicode.Scalar(utf8: part.prefix(following)) {
            return key(.character(scalar), length: following)
        }
        return key(Key.character("\u{FFFD}"), length: following)
    }

    /// After `ESC [`: parameters, intermediates and a final byte (ECMA-48, section 5.4).
    private static func controlSequence(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        if bytes.first == UInt8(ascii: "[") {
            // The Linux console's F1 to F5.
            guard let letter = bytes.dropFirst().first else { return nil }
            let number = Int(letter) - Int(UInt8(ascii: "A")) + 1
            return (1...5).contains(number)
                ? key(Key(.function(number)), length: 2) : Parsed(meaning: .nothing, length: 2)
        }
        let body = bytes.prefix { (0x20...0x3F).contains($0) }
        guard let final = bytes.dropFirst(body.count).first else { return nil }
        let length = body.count + 1
        // A control character breaks a sequence off and counts by itself; `$` ends rxvt's shifted keys.
        guard (0x40...0x7E).contains(final) else {
            return Parsed(meaning: .nothing, length: max(0, length - 1))
        }
        if final == UInt8(ascii: "M") && body.isEmpty { return legacyMouse(bytes.dropFirst()) }
        let sequence = ControlSequence(body: body, final: final)
        return Parsed(meaning: sequence.meaning, length: length)
    }

    /// After `ESC [ M`: three bytes, each 32 more than what it says (xterm's first mouse protocol).
    private static func legacyMouse(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        let report = Array(bytes.prefix(3))
        guard report.count == 3 else { return nil }
        let numbers = report.map { Int($0) - 32 }
        let event = ControlSequence.mouse(
            numbers[0], x: numbers[1], y: numbers[2], isRelease: numbers[0] & 0x43 == 3)
        return Parsed(meaning: event, length: 4)
    }

    /// After `ESC O`: keys of the application modes.
    private static func singleShift(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        let digits = bytes.prefix { (0x30...0x39).contains($0) }
        guard let final = bytes.dropFirst(digits.count).first else { return nil }
        let length = digits.count + 1
        let modifiers = ControlSequence.modifiers(Int(String(decoding: digits, as: UTF8.self)) ?? 1)
        let keypad = Array("*+,-./0123456789".utf8)
        switch final {
        case UInt8(ascii: "a")...UInt8(ascii: "d"):
            let arrows: [Key.Code] = [.up, .down, .right, .left]
            return key(Key(arrows[Int(final - UInt8(ascii: "a"))], .control), length: length)
        case UInt8(ascii: "j")...UInt8(ascii: "y"):
            return key(.character(Unicode.Scalar(keypad[Int(final - UInt8(ascii: "j"))])), length: length)
        case UInt8(ascii: "M"): return key(.enter, length: length)
        default:
            guard let code = ControlSequence.letterKeys[final] else {
                return Parsed(meaning: .nothing, length: length)
            }
            return key(Key(code, modifiers), length: length)
        }
    }

    /// After the introducer of a string: a terminal's answer, up to BEL or ST.
    private static func answer(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        var length = 0
        var afterEscape = false
        for byte in bytes {
            length += 1
            if byte == 0x07 || (afterEscape && byte == UInt8(ascii: "\\")) {
                return Parsed(meaning: .nothing, length: length)
            }
            afterEscape = byte == 0x1B
        }
        return nil
    }
}

extension Unicode.Scalar {
    /// The scalar that exactly these bytes encode.
    fileprivate init?(utf8 bytes: some Collection<UInt8>) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator), UTF8.width(scalar) == bytes.count
        else {
            return nil
        }
        self = scalar
    }
}
