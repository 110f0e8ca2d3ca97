import JSON

/// What is told of bytes that nobody reads as a response: whether a client could find a call in them.
extension WireFormat {
    /// Whether no client of the format can find a call in a body, whatever it is: an error, a page, words.
    public func holdsNoCall(_ body: [UInt8]) -> Bool {
        var reader = ResponseReader(self)
        if let frames = try? reader.skip(body) + reader.skipRest(),
            frames.allSatisfy({ $0.doubt == nil && !$0.tellsOfCalls })
        {
            return true
        }
        return ForeignText.holdsNothing(body)
    }
}

/// Text that is no answer of a model: a page to sign in, a proxy's words.
public enum ForeignText {
    /// Whether bytes are neither JSON nor an event stream, nor the beginning of one, in any encoding.
    public static func holdsNothing(_ bytes: [UInt8]) -> Bool {
        // JSON in two or four bytes a letter has one that is zero; its mark of order is told from that of UTF-8.
        if bytes.contains(0) || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return false
        }
        // An event in the midst of a line, which nobody begins there but who looks for it anywhere.
        if ["data: {", "data:{"].contains(where: { bytes.contains($0.utf8) }) { return false }
        var start = 0
        for position in bytes.indices where endsLine(bytes, position) {
            if beginsSomething(bytes[start..<position]) { return false }
            start = position + 1
        }
        return !beginsSomething(bytes[start...])
    }

    /// Whether a line ends with that byte: clients that cut text instead of bytes know more ends than `\n` and `\r`.
    private static func endsLine(_ bytes: [UInt8], _ position: Int) -> Bool {
        switch bytes[position] {
        case 0x0A...0x0D, 0x1C...0x1E: true
        case 0x85: position >= 1 && bytes[position - 1] == 0xC2
        case 0xA8, 0xA9: position >= 2 && bytes[position - 1] == 0x80 && bytes[position - 2] == 0xE2
        default: false
        }
    }

    private static func beginsSomething(_ line: ArraySlice<UInt8>) -> Bool {
        let words = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
        guard !words.isEmpty else { return false }
        return ["{", "[", ":", "data:", "event:", "id:", "retry:"].contains { mark in
            words.starts(with: mark.utf8) || mark.utf8.starts(with: words)
        }
    }
}

extension WireFrame {
    /// Why a client may find a call in what the frame has beside its JSON; `nil` where it cannot.
    ///
    /// A call needs an object, and that a bracket; who cuts lines otherwise, or reads another encoding, finds none without.
    var doubtBesideJSON: String? {
        let isBare: Bool
        if case .json = payload {
            if let payloadRange {
                isBare =
                    WireFrame.isBare(bytes[..<payloadRange.lowerBound])
                    && WireFrame.isBare(bytes[payloadRange.upperBound...])
            } else {
                // Data of several lines: what stands on others than those.
                isBare = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).allSatisfy {
                    $0.drop { $0 == 0x20 }.starts(with: "data:".utf8) || WireFrame.isBare($0)
                }
            }
        } else {
            isBare = WireFrame.isBare(bytes[...])
        }
        return isBare ? nil : "it holds what is neither an event of a stream nor JSON"
    }

    private static func isBare(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 != UInt8(ascii: "{") && $0 != 0 }
    }
}
