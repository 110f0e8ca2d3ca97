/// A token's line without its logits or candidates, which are most of it: an outline does without reading them.
enum OutlineLine {
    private static let kind = Array("\"kind\":\"token\"".utf8)
    /// The quotes of a key are never inside a string, where they would be escaped.
    private static let candidates = Array(",\"top\":[".utf8)
    private static let logits = Array(",\"logits\":\"".utf8)
    /// The kind stands after the number and the time.
    private static let mostBeforeKind = 80

    /// The line without them; `nil` for a line of another kind, or where there is nothing to leave out.
    static func shortened(_ line: [UInt8]) -> [UInt8]? {
        line.withUnsafeBufferPointer { bytes -> [UInt8]? in
            let head = UnsafeBufferPointer(rebasing: bytes.prefix(mostBeforeKind))
            guard position(of: kind, in: head) != nil else { return nil }
            if let start = position(of: candidates, in: bytes) {
                return endOfArray(in: bytes, from: start + candidates.count)
                    .map { Array(bytes[..<start]) + bytes[$0...] }
            }
            guard let start = position(of: logits, in: bytes) else { return nil }
            // Base64 has no escapes: the next quote closes it.
            let rest = UnsafeBufferPointer(rebasing: bytes[(start + logits.count)...])
            return rest.firstIndex(of: UInt8(ascii: "\""))
                .map { Array(bytes[..<start]) + rest[($0 + 1)...] }
        }
    }

    /// The position after the bracket that closes an array, given the one after the bracket that opens it.
    private static func endOfArray(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var (position, depth, isString) = (start, 1, false)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where isString: position += 1
            case UInt8(ascii: "\""): isString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): if !isString { depth += 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if !isString { depth -= 1 }
                if depth == 0 { return position + 1 }
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func position(of needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes.count >= needle.count else { return nil }
        for start in 0...(bytes.count - needle.count) where bytes[start] == needle[0] {
            var length = 1
            while length < needle.count, bytes[start + length] == needle[length] { length += 1 }
            if length == needle.count { return start }
        }
        return nil
    }
}
