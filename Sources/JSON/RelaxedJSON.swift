/// Reads JSON as people's settings and lists have it: after a byte order mark, with comments and with commas before
/// closing brackets, in 16-bit units, or as one value a line.
public enum RelaxedJSON {
    /// The value; of several, one a line, an array of them.
    /// - Throws: ``JSONError`` with the place in the text as it was given, a byte order mark left out.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let text = utf8(bytes)
        let fault: JSONError
        do { return try JSONParser.parse(text) } catch { fault = error }
        let plain = withoutComments(text)
        do { return try JSONParser.parse(plain) } catch {
            guard let lines = lines(plain) else { throw plain == text ? fault : error }
            return .array(lines)
        }
    }

    /// The text as UTF-8 without its byte order mark.
    public static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        let isLittle = bytes.starts(with: [0xFF, 0xFE])
        guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return bytes }
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { place in
            UInt16(bytes[isLittle ? place + 1 : place]) << 8 | UInt16(bytes[isLittle ? place : place + 1])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// The values of a text that has one on each line that is not empty; `nil` for one that has not, or only one.
    private static func lines(_ text: [UInt8]) -> [JSONValue]? {
        var values: [JSONValue] = []
        for line in text.split(separator: 0x0A) where line.contains(where: { $0 > 0x20 }) {
            guard let value = try? JSONParser.parse(Array(line)) else { return nil }
            values.append(value)
        }
        return values.count > 1 ? values : nil
    }

    /// The text with spaces in the place of comments and of commas before closing brackets, so that places stay.
    private static func withoutComments(_ text: [UInt8]) -> [UInt8] {
        var result = text
        var position = 0
        /// Where the last comma stands, as long as nothing but spaces and comments has followed it.
        var comma: Int?
        /// What stood last that is neither a space nor a comment.
        var last: UInt8 = 0
        while position < result.count {
            let byte = result[position]
            let next = position + 1 < result.count ? result[position + 1] : 0
            switch byte {
            case UInt8(ascii: "\""):
                comma = nil
                position += 1
                while position < result.count, result[position] != UInt8(ascii: "\"") {
                    position += result[position] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "/") where next == UInt8(ascii: "/"):
                while position < result.count, result[position] != 0x0A {
                    result[position] = 0x20
                    position += 1
                }
                continue
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
                let start = position
                position += 2
                while position < result.count,
                    !(result[position - 1] == UInt8(ascii: "*") && result[position] == UInt8(ascii: "/")
                        && position > start + 2)
                {
                    position += 1
                }
                for place in start...min(position, result.count - 1) where result[place] != 0x0A {
                    result[place] = 0x20
                }
            case UInt8(ascii: ","):
                comma =
                    [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ",")].contains(last) ? nil : position
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let comma { result[comma] = 0x20 }
                comma = nil
            case 0x20, 0x09, 0x0A, 0x0D: break
            default: comma = nil
            }
            if byte > 0x20, byte != UInt8(ascii: "/") { last = byte }
            position += 1
        }
        return result
    }
}
