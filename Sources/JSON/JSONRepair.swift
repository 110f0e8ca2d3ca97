/// Reads what some servers write in place of JSON: `NaN` and `Infinity`, control characters and halves of characters
/// in strings, bytes that are no UTF-8, commas before a closing bracket.
///
/// Nothing else is guessed at: a text with another fault stays one.
public enum JSONRepair {
    /// The value of the repaired text with a sentence for what was repaired; `nil` where it is no JSON even so.
    ///
    /// - Parameter replacesBytes: Whether bytes that are no UTF-8 are replaced as well; not where the bytes themselves go on to
    ///   somebody who may read them otherwise.
    public static func parse(
        _ given: [UInt8], replacesBytes: Bool = false
    ) -> (value: JSONValue, remark: String)? {
        var repaired: [UInt8] = []
        var faults: [String] = []
        var position = 0
        func note(_ fault: String) { if !faults.contains(fault) { faults.append(fault) } }
        var bytes = given
        if String(validating: given, as: UTF8.self) == nil {
            guard replacesBytes else { return nil }
            note("bytes that are no UTF-8, shown as \u{FFFD}")
            bytes = Array(String(decoding: given, as: UTF8.self).utf8)
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let end = string(bytes, from: position, into: &repaired, note)
                position = end
            } else if let word = words.first(where: { bytes[position...].starts(with: $0.utf8) }) {
                note("\(word), read as null")
                repaired += "null".utf8
                position += word.utf8.count
            } else if byte == UInt8(ascii: ","), closes(bytes, after: position) {
                note("a comma before a closing bracket")
                position += 1
            } else {
                repaired.append(byte)
                position += 1
            }
        }
        guard !faults.isEmpty, let value = try? JSONParser.parse(repaired) else { return nil }
        return (value, "The server wrote what is no JSON: \(faults.joined(separator: "; ")).")
    }

    private static let words = ["NaN", "-Infinity", "Infinity", "-inf", "inf", "nan"]

    private static func closes(_ bytes: [UInt8], after position: Int) -> Bool {
        let next = bytes[(position + 1)...].first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        return next == UInt8(ascii: "}") || next == UInt8(ascii: "]")
    }

    /// Copies a string; gives the place after it.
    private static func string(
        _ bytes: [UInt8], from start: Int, into repaired: inout [UInt8], _ note: (String) -> Void
    ) -> Int {
        repaired.append(bytes[start])
        var position = start + 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 {
                note("a control character in a string")
                repaired += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
                position += 1
            } else if byte == UInt8(ascii: "\\") {
                let length = escape(bytes, at: position)
                if length == 6, isHalf(bytes, at: position) {
                    note("half of a character, shown as \u{FFFD}")
                    repaired += "\\ufffd".utf8
                } else {
                    repaired += bytes[position..<min(bytes.count, position + length)]
                }
                position += length
            } else {
                repaired.append(byte)
                position += 1
                if byte == UInt8(ascii: "\"") { return position }
            }
        }
        return position
    }

    /// The bytes of the escape there: both halves of a character that is written as two.
    private static func escape(_ bytes: [UInt8], at position: Int) -> Int {
        guard let high = code(bytes, at: position) else { return 2 }
        guard (0xD800..<0xDC00).contains(high), let low = code(bytes, at: position + 6),
            (0xDC00..<0xE000).contains(low)
        else { return 6 }
        return 12
    }

    private static func isHalf(_ bytes: [UInt8], at position: Int) -> Bool {
        code(bytes, at: position).map { (0xD800..<0xE000).contains($0) } ?? false
    }

    private static func code(_ bytes: [UInt8], at position: Int) -> UInt32? {
        guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt32(String(decoding: bytes[(position + 2)..<(position + 6)], as: UTF8.self), radix: 16)
    }
}
