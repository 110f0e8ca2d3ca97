import JSON

/// Walks over the units of a response.
struct ReadCursor {
    var units: ArraySlice<ReadUnit>
    let syntax: CallSyntax
    let schemas: [String: JSONValue]
    /// The name that a call has given so far.
    private var name: String?
    /// Whether the call's arguments have been read.
    private var hasArguments = false

    init(_ units: ArraySlice<ReadUnit>, syntax: CallSyntax, schemas: [String: JSONValue]) {
        self.units = units
        self.syntax = syntax
        self.schemas = schemas
    }

    mutating func skipSpace() { while let first = units.first, first.isBlank { units.removeFirst() } }

    mutating func takeAll() -> ArraySlice<ReadUnit> {
        defer { units = [] }
        return units
    }

    // MARK: Pieces

    static func units(_ piece: CallSyntax.Piece, key: String = "") -> [ReadUnit]? {
        switch piece {
        case .text(let text): text.utf8.map { .byte($0) }
        case .token(let name): [.token(name)]
        case .key: key.utf8.map { .byte($0) }
        case .name, .identifier, .number, .arguments: nil
        }
    }

    static func units(_ pieces: [CallSyntax.Piece], key: String = "") -> [ReadUnit] {
        pieces.flatMap { units($0, key: key) ?? [] }
    }

    mutating func take(_ wanted: [ReadUnit]) -> Bool {
        guard units.starts(with: wanted) else { return false }
        units.removeFirst(wanted.count)
        return true
    }

    /// Takes pieces after any white space; nothing where they do not stand there.
    mutating func takeAfterSpace(_ pieces: [CallSyntax.Piece]) -> Bool {
        let before = self
        skipSpace()
        if take(pieces) { return true }
        self = before
        return false
    }

    /// Takes pieces, with whatever names, identifiers and numbers stand in them; nothing where they do not stand there.
    mutating func take(_ pieces: [CallSyntax.Piece], key: String = "") -> Bool {
        let before = self
        for (position, piece) in pieces.enumerated() {
            let isTaken: Bool
            switch piece {
            case .text, .token, .key: isTaken = take(ReadCursor.units(piece, key: key) ?? [])
            case .number: isTaken = takeBytes { (0x30...0x39).contains($0) }
            case .name, .identifier:
                let rest = pieces[(position + 1)...]
                let taken = word(before: rest.first.flatMap { ReadCursor.units($0, key: key) })
                if piece == .name { name = taken }
                isTaken = taken != nil
            case .arguments: isTaken = false
            }
            guard isTaken else {
                self = before
                return false
            }
        }
        return true
    }

    private mutating func takeBytes(_ isWanted: (UInt8) -> Bool) -> Bool {
        let count = units.prefix { if case .byte(let byte) = $0 { isWanted(byte) } else { false } }.count
        units.removeFirst(count)
        return count > 0
    }

    /// What can stand after a word.
    private struct WordEnds {
        /// Units that can.
        private(set) var units: [[ReadUnit]] = []
        /// Whether the turn can end there, by whichever token.
        private(set) var canEndTurn = false

        init(_ units: [ReadUnit]) { self.units = [units] }

        /// Ends of which each begins with its pieces, as far as they are known; with no pieces the turn's end follows.
        init(_ ends: [[CallSyntax.Piece]]) {
            for end in ends {
                let known = ReadCursor.units(
                    Array(end.prefix { ![.name, .identifier, .number].contains($0) }))
                if end.isEmpty { canEndTurn = true } else if !known.isEmpty { units.append(known) }
            }
        }
    }

    private func stands(_ ends: WordEnds, at rest: ArraySlice<ReadUnit>) -> Bool {
        if ends.units.contains(where: { rest.starts(with: $0) }) { return true }
        guard ends.canEndTurn else { return false }
        // The vocabulary's own end of a turn need not be the template's.
        if case .token? = rest.first { return true }
        let turnEnd = ReadCursor.units(syntax.turnEnd)
        return !turnEnd.isEmpty && rest.starts(with: turnEnd)
    }

    /// A name or an identifier, up to what follows it.
    private mutating func word(before end: [ReadUnit]?) -> String? {
        let ends = end.map { WordEnds($0) } ?? (hasArguments ? callEnds : argumentStarts)
        var taken: [ReadUnit] = []
        var rest = units
        while taken.count < 256, case .byte? = rest.first {
            if !taken.isEmpty, stands(ends, at: rest) { break }
            taken.append(rest.removeFirst())
        }
        guard !taken.isEmpty, stands(ends, at: rest) else { return nil }
        units = rest
        return taken[...].text
    }

    /// What can follow a call.
    private var afterCall: [[CallSyntax.Piece]] {
        [syntax.end] + [syntax.between, syntax.endOfOne].compactMap { $0 }
    }

    /// What can stand after a name that arguments follow at once.
    private var argumentStarts: WordEnds {
        guard case .keyed(let keyed) = syntax.arguments else { return WordEnds([.byte(UInt8(ascii: "{"))]) }
        let begin = keyed.begin.isEmpty ? [] : [keyed.begin]
        return WordEnds(begin + (keyed.empty.map { empty in afterCall.map { empty + $0 } } ?? []))
    }

    /// What can stand after a name that ends a call.
    private var callEnds: WordEnds { WordEnds(afterCall) }

    /// The units before the next place at which the pieces stand, which are taken too; `nil` where they do not.
    mutating func text(upTo pieces: [CallSyntax.Piece], key: String = "") -> ArraySlice<ReadUnit>? {
        let wanted = ReadCursor.units(pieces, key: key)
        guard let first = wanted.first else { return nil }
        for place in units.indices where units[place] == first && units[place...].starts(with: wanted) {
            defer { units = units[(place + wanted.count)...] }
            return units[..<place]
        }
        return nil
    }

    // MARK: The turn

    /// The words before a call, or before the end of the turn; calls after them are read too.
    mutating func textBeforeCall(_ response: inout ReadResponse) -> String {
        if let begin = syntax.callAfterText, !begin.isEmpty {
            var here = self
            while !here.units.isEmpty {
                let place = here.units.startIndex
                if here.take(begin) {
                    let text = units[..<place]
                    here.readCalls(into: &response)
                    self = here
                    return text.trimmedText
                }
                here.units.removeFirst()
            }
        }
        let closing = ReadCursor.units(syntax.textEnd + syntax.turnEnd)
        var end = units.endIndex
        for place in units.indices {
            if case .token = units[place] {
                end = place
                break
            }
            if !closing.isEmpty, units[place...].starts(with: closing) {
                end = place
                break
            }
        }
        return units[..<end].text
    }

    /// Whether a name that is known stands here.
    var isAtCall: Bool {
        schemas.isEmpty
            || schemas.keys.contains { name in units.starts(with: name.utf8.map { ReadUnit.byte($0) }) }
    }

    /// Reads the calls after what begins the first.
    mutating func readCalls(into response: inout ReadResponse) {
        response.hasBegunCall = true
        let start = units
        while true {
            guard let call = call() else {
                response.isWhole = false
                if !units.isEmpty {
                    response.fault = "the model wrote a call that is none: \(start.text)"
                }
                return
            }
            var next = self
            if let between = syntax.between, next.take(between) {
                response.calls.append(call)
                self = next
                continue
            }
            next = self
            let ends = [syntax.end] + (response.calls.isEmpty ? [syntax.endOfOne].compactMap { $0 } : [])
            if ends.contains(where: { next.take($0) }) {
                response.calls.append(call)
                self = next
                break
            }
            // What follows the arguments tells that they are whole, unless brackets do.
            if case .json = syntax.arguments { response.calls.append(call) }
            response.isWhole = false
            if !ends.contains(where: begins), !begins(syntax.between ?? syntax.end) {
                response.fault = "text stands after a call where none can: \(units.text)"
            }
            return
        }
        // What ends the turn follows, and nothing else.
        let turnEnd = ReadCursor.units(syntax.turnEnd)
        let isEnd = units.allSatisfy { if case .token = $0 { true } else { $0.isBlank } }
        if !isEnd, !units.starts(with: turnEnd), !turnEnd.starts(with: units) {
            response.isWhole = false
            response.fault = "text stands after a call where none can: \(units.text)"
        }
    }

    /// Whether what is left is a start of what the pieces spell, as far as that is known.
    private func begins(_ pieces: [CallSyntax.Piece]) -> Bool {
        let known = ReadCursor.units(Array(pieces.prefix { ![.name, .identifier, .number].contains($0) }))
        return units.starts(with: known) || known.starts(with: units)
    }

    private mutating func call() -> ReadResponse.Call? {
        var arguments: String?
        hasArguments = false
        var links = syntax.body
        // Where arguments follow the name, it is known by then whose schema tells their kinds.
        while let piece = links.first {
            if piece == .arguments {
                skipLineEnds()
                guard let found = self.arguments() else { return nil }
                arguments = found
                hasArguments = true
                links.removeFirst()
                continue
            }
            let end = links.firstIndex(of: .arguments) ?? links.endIndex
            guard take(Array(links[..<end])) else { return nil }
            links = Array(links[end...])
        }
        guard let name, let arguments else { return nil }
        return ReadResponse.Call(name: name, arguments: arguments)
    }

    private mutating func skipLineEnds() { if case .json = syntax.arguments { skipSpace() } }

    private mutating func arguments() -> String? {
        switch syntax.arguments {
        case .json: return bracketed().flatMap { $0.isPlain ? $0.text : nil }
        case .keyed(let keyed):
            let schema = name.flatMap { schemas[$0] }.map { ArgumentSchema(root: $0) }
            var reader = ArgumentReader(units, keyed)
            guard let value = reader.arguments(schema) else {
                units = reader.units
                return nil
            }
            units = reader.units
            return value.text(.spaced)
        }
    }

    /// The value in brackets that begins here.
    private mutating func bracketed() -> ArraySlice<ReadUnit>? {
        guard let length = ReadCursor.lengthOfBrackets(units) else {
            units = []
            return nil
        }
        defer { units.removeFirst(length) }
        return units.prefix(length)
    }

    /// The length of a value in brackets, found by its brackets outside of strings; `nil` where it does not end.
    static func lengthOfBrackets(_ units: ArraySlice<ReadUnit>) -> Int? {
        var depth = 0
        var (isInString, isEscaped) = (false, false)
        for (position, unit) in units.enumerated() {
            guard case .byte(let byte) = unit else { return nil }
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
                if depth <= 0 { return position + 1 }
            default: if depth == 0 { return nil }
            }
        }
        return nil
    }
}
