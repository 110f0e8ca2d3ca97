// What decides about safety looks at text as its readers do, byte by byte or scalar by scalar. To Swift a `<` before a
// combining mark is another character than `<`, U+037E is a semicolon, and CR LF is one character; to a browser, a
// shell, a pattern or an HTTP server none of that is so.

extension String {
    /// The text with some scalars replaced; `nil` keeps one.
    public func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = "".unicodeScalars
        result.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            if let text = replacement(scalar) {
                result.append(contentsOf: text.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}

extension StringProtocol {
    /// Whether the UTF-8 begins with that of `start`.
    public func beginsBytewise(with start: String) -> Bool { utf8.starts(with: start.utf8) }

    /// Whether the UTF-8 ends with that of `end`.
    public func endsBytewise(with end: String) -> Bool {
        utf8.reversed().starts(with: end.utf8.reversed())
    }

    /// Whether the UTF-8 is that of `other`.
    public func isBytewise(_ other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether one of these ASCII bytes stands in the text.
    public func holdsByte(of bytes: String) -> Bool { utf8.contains { bytes.utf8.contains($0) } }
}

extension String {
    /// The parts between the scalar, empty ones too.
    public func splitAt(scalar: Unicode.Scalar) -> [String] {
        unicodeScalars.split(separator: scalar, omittingEmptySubsequences: false).map {
            String($0)
        }
    }

    /// The text without its last scalar, where that is a line feed.
    public var withoutLastLineFeed: String {
        utf8.last == 0x0A ? String(unicodeScalars.dropLast()) : self
    }
}

extension Sequence where Element == UInt8 {
    /// The bytes with the capital letters of ASCII in small.
    public var loweredASCII: [UInt8] { map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
}
