import Agent
import JSON
import Masking

/// Reads a decoded response token by token: words, or calls as a format writes them.
///
/// Where the vocabulary has a token of a tag's name, the tag counts only as that token; one that is spelled out in
/// words is words.
struct DecodedResponse {
    private enum Unit: Equatable {
        case byte(UInt8)
        case special(String)
    }

    private let format: CallFormat
    /// Whether the tag that opens a call is a token of its own.
    private let openingIsSpecial: Bool
    private var units: [Unit] = []

    init(format: CallFormat, openingIsSpecial: Bool = true) {
        self.format = format
        self.openingIsSpecial = openingIsSpecial
    }

    /// Takes one more token into account.
    mutating func append(bytes: some Sequence<UInt8>, special: String?) {
        if let special { units.append(.special(special)) } else { units += bytes.map { .byte($0) } }
    }

    /// Where the calls begin; `nil` in a response of words.
    private var start: Int? {
        if openingIsSpecial { return units.firstIndex(of: .special(format.opening)) }
        let opening = format.opening.utf8.map { Unit.byte($0) }
        return units.starts(with: opening) ? 0 : nil
    }

    /// The words.
    var content: String {
        let bytes = units[..<(start ?? units.count)].compactMap { unit -> UInt8? in
            if case .byte(let byte) = unit { byte } else { nil }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The calls, the first numbered `first`; arguments to the byte.
    /// - Throws: ``ModelError`` for calls that are not written as the format says.
    func calls(numberedFrom first: Int) throws -> [ToolCall] {
        guard let start else { return [] }
        var cursor = Cursor(units: units[start...], format: format, openingIsSpecial: openingIsSpecial)
        guard let written = cursor.calls() else {
            throw Agent.ModelError("the model wrote a call that is none: \(text(from: start))")
        }
        return written.enumerated().map { position, call in
            ToolCall(
                id: ToolCallID("call_\(first + position)"), name: call.name,
                arguments: ByteString(call.arguments))
        }
    }

    private func text(from start: Int) -> String {
        let bytes = units[start...].flatMap { unit -> [UInt8] in
            switch unit {
            case .byte(let byte): [byte]
            case .special(let name): Array(name.utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Walks over the calls of a response.
    private struct Cursor {
        var units: ArraySlice<Unit>
        let format: CallFormat
        let openingIsSpecial: Bool

        /// The calls; `nil` where they are not written as the format says.
        mutating func calls() -> [(name: String, arguments: String)]? {
            var found: [(name: String, arguments: String)] = []
            guard takeOpening(), take(format.listOpening) else { return nil }
            while true {
                guard let call = call() else { return nil }
                found.append(call)
                let rest = units
                if take(format.separator), format.isList || takeOpening() { continue }
                units = rest
                break
            }
            guard take(format.listClosing) else { return nil }
            // What ends the turn follows, and nothing else.
            let isWhole = units.allSatisfy { if case .special = $0 { true } else { false } }
            return isWhole ? found : nil
        }

        private mutating func call() -> (name: String, arguments: String)? {
            guard take(format.beforeName), let name = text(upTo: format.beforeArguments),
                let arguments = object(), take(format.afterArguments), take(format.closing)
            else { return nil }
            return (name, arguments)
        }

        private mutating func takeOpening() -> Bool {
            openingIsSpecial ? takeSpecial(format.opening) : take(format.opening)
        }

        private mutating func takeSpecial(_ name: String) -> Bool {
            guard units.first == .special(name) else { return false }
            units.removeFirst()
            return true
        }

        /// Takes a text, or the special token of that name.
        private mutating func take(_ text: String) -> Bool {
            if text.isEmpty || takeSpecial(text) { return true }
            let wanted = text.utf8.map { Unit.byte($0) }
            guard units.starts(with: wanted) else { return false }
            units.removeFirst(wanted.count)
            return true
        }

        private mutating func text(upTo end: String) -> String? {
            var bytes: [UInt8] = []
            while !take(end) {
                guard case .byte(let byte)? = units.popFirst() else { return nil }
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// A JSON object, found by its brackets outside of strings.
        private mutating func object() -> String? {
            var bytes: [UInt8] = []
            var depth = 0
            var isInString = false
            var isEscaped = false
            while case .byte(let byte)? = units.popFirst() {
                bytes.append(byte)
                if isInString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth <= 0 { return String(decoding: bytes, as: UTF8.self) }
                default: break
                }
            }
            return nil
        }
    }
}
