/// The ways in which one byte is written in a text that escapes it.
enum ByteSpelling {
    /// The lengths of the byte's spellings at a place: as itself, and by an escape, the longest first.
    static func lengths(
        of byte: UInt8, in text: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (plain: Int?, escaped: [Int]) {
        let first = text[position]
        let plain = first == byte ? 1 : nil
        let escaped: [Int] =
            switch first {
            case UInt8(ascii: "%"): [percent(byte, text, position)].compactMap { $0 }
            case UInt8(ascii: "\\"): backslash(byte, text, position)
            case UInt8(ascii: "&"): [reference(byte, text, position)].compactMap { $0 }
            case UInt8(ascii: "="): [hexadecimal(byte, text, position + 1).map { $0 + 1 }].compactMap { $0 }
            case UInt8(ascii: "+"): byte == 0x20 ? [1] : []
            default: []
            }
        return (plain, escaped)
    }

    /// Whether what stands from there to the end may be the beginning of an escape of the byte.
    static func mayBegin(_ byte: UInt8, in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        "%\\&=".utf8.contains(text[position]) && text.count - position < 8
    }

    /// `%2F`, `%2f`, and with the percent sign encoded again, `%252F`.
    private static func percent(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        var digits = position + 1
        while digits + 4 <= text.count, text[digits] == 0x32, text[digits + 1] == 0x35 { digits += 2 }
        for place in [digits, position + 1] {
            if let length = hexadecimal(byte, text, place) { return place + length - position }
        }
        return nil
    }

    /// `\/`, `\"`, `\\`, `\u002F`, `\x2F`, `\n`, behind one backslash or more of texts within texts.
    private static func backslash(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> [Int] {
        var end = position
        while end < text.count, text[end] == UInt8(ascii: "\\"), end - position < 16 { end += 1 }
        var found: [Int] = []
        if end + 5 <= text.count, text[end] == UInt8(ascii: "u"), text[end + 1] == 0x30, text[end + 2] == 0x30
        {
            if let length = hexadecimal(byte, text, end + 3) { found.append(end + 3 + length - position) }
        }
        if end < text.count, text[end] == UInt8(ascii: "x") {
            if let length = hexadecimal(byte, text, end + 1) { found.append(end + 1 + length - position) }
        }
        if byte == UInt8(ascii: "\\") {
            // Each level doubles them.
            return found + [16, 8, 4, 2].filter { $0 <= end - position }
        }
        guard end < text.count else { return found }
        let letters: [UInt8: UInt8] = [
            0x0A: UInt8(ascii: "n"), 0x0D: UInt8(ascii: "r"), 0x09: UInt8(ascii: "t"),
            0x08: UInt8(ascii: "b"), 0x0C: UInt8(ascii: "f"),
        ]
        if let letter = letters[byte], text[end] == letter { found.append(end + 1 - position) }
        let isLetter = (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte >= 0x80
        if text[end] == byte, !isLetter { found.append(end + 1 - position) }
        return found
    }

    /// `&#47;`, `&#x2F;`, `&amp;`.
    private static func reference(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        guard let semicolon = text[position..<min(position + 10, text.count)].firstIndex(of: 0x3B) else {
            return nil
        }
        let name = String(decoding: text[(position + 1)..<semicolon], as: UTF8.self)
        let named: [String: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "sol": "/", "plus": "+",
            "equals": "=",
        ]
        var value = named[name]?.value
        if name.utf8.starts(with: "#x".utf8) || name.utf8.starts(with: "#X".utf8) {
            value = UInt32(String(decoding: name.utf8.dropFirst(2), as: UTF8.self), radix: 16)
        } else if name.utf8.first == UInt8(ascii: "#") {
            value = UInt32(String(decoding: name.utf8.dropFirst(), as: UTF8.self))
        }
        return value == UInt32(byte) ? semicolon + 1 - position : nil
    }

    private static func hexadecimal(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        guard position + 2 <= text.count, let high = digit(text[position]),
            let low = digit(text[position + 1])
        else { return nil }
        return high << 4 | low == byte ? 2 : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
