/// Cuts a template's source into tokens, as jinja2's lexer does with `trim_blocks` and `lstrip_blocks`.
struct Lexer {
    private let source: [UInt32]
    private var position = 0
    private var tokens: [Token] = []
    private var places: SourcePlaces

    /// - Throws: ``TemplateError`` of the kind `syntax`.
    static func tokens(of source: String) throws(TemplateError) -> [Token] {
        var lexer = Lexer(source)
        try lexer.run()
        return lexer.tokens
    }

    private init(_ text: String) {
        var codes: [UInt32] = []
        codes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            // Any line end is one line feed.
            if scalar == "\n", codes.last == 0x0D { codes.removeLast() }
            codes.append(scalar.value)
            if scalar == "\r" { continue }
        }
        codes = codes.map { $0 == 0x0D ? 0x0A : $0 }
        if codes.last == 0x0A { codes.removeLast() }
        source = codes
        places = SourcePlaces(codes)
    }

    private func has(_ text: String, at index: Int) -> Bool {
        var index = index
        for scalar in text.unicodeScalars {
            guard index < source.count, source[index] == scalar.value else { return false }
            index += 1
        }
        return true
    }

    private func fault(_ message: String, at index: Int) -> TemplateError {
        let place = places[index]
        return TemplateError(kind: .syntax, line: place.line, column: place.column, message: message)
    }

    private mutating func add(_ kind: Token.Kind, at index: Int) {
        tokens.append(Token(kind: kind, position: places[index]))
    }

    private func afterSpaces(_ index: Int) -> Int {
        var index = index
        while index < source.count, PythonCharacters.isSpace(source[index]) { index += 1 }
        return index
    }

    private mutating func run() throws(TemplateError) {
        while position < source.count {
            guard let tag = nextTag() else {
                addData(position..<source.count)
                break
            }
            let start = position
            let sign = tag + 2 < source.count ? source[tag + 2] : 0
            let isSigned = sign == 0x2D || sign == 0x2B
            addData(start..<endOfData(from: start, to: tag, sign: sign))
            position = tag + (isSigned ? 3 : 2)
            switch source[tag + 1] {
            case 0x7B:  // {{
                add(.variableBegin, at: tag)
                try lexExpression(openedAt: tag, closing: "}}")
            case 0x23:  // {#
                try skipComment(openedAt: tag)
            default:
                if try lexRaw(openedAt: tag) { continue }
                add(.blockBegin, at: tag)
                try lexExpression(openedAt: tag, closing: "%}")
            }
        }
        add(.end, at: source.count)
    }

    private mutating func addData(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        add(
            .data(MarkedText(units: source[range].lazy.map { $0 | MarkedText.templateBit })),
            at: range.lowerBound)
    }

    private func nextTag() -> Int? {
        var index = position
        while index + 1 < source.count {
            if source[index] == 0x7B,
                source[index + 1] == 0x7B || source[index + 1] == 0x25 || source[index + 1] == 0x23
            {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Where the text before a tag ends, once what the tag strips is gone.
    private func endOfData(from start: Int, to tag: Int, sign: UInt32) -> Int {
        if sign == 0x2D {
            var end = tag
            while end > start, PythonCharacters.isSpace(source[end - 1]) { end -= 1 }
            return end
        }
        guard source[tag + 1] != 0x7B, sign != 0x2B else { return tag }
        var lineStart = tag
        while lineStart > start, source[lineStart - 1] != 0x0A { lineStart -= 1 }
        guard lineStart > start || start == 0 || source[start - 1] == 0x0A else { return tag }
        return source[lineStart..<tag].allSatisfy(PythonCharacters.isSpace) ? lineStart : tag
    }

    /// Moves past the end of a block or comment: one line end belongs to it, or all white space where it is signed.
    private mutating func passEnd(_ closing: String, trimsLine: Bool) -> Bool {
        if has("-" + closing, at: position) {
            position = afterSpaces(position + 3)
        } else if has("+" + closing, at: position), closing != "}}" {
            position += 3
        } else if has(closing, at: position) {
            position += 2
            if trimsLine, position < source.count, source[position] == 0x0A { position += 1 }
        } else {
            return false
        }
        return true
    }

    private mutating func skipComment(openedAt tag: Int) throws(TemplateError) {
        while position < source.count {
            if passEnd("#}", trimsLine: true) { return }
            position += 1
        }
        throw fault("the comment that begins here has no end", at: tag)
    }

    /// Whether a raw block stood at `tag`; its text is then taken.
    private mutating func lexRaw(openedAt tag: Int) throws(TemplateError) -> Bool {
        let word = afterSpaces(position)
        guard has("raw", at: word) else { return false }
        let close = afterSpaces(word + 3)
        let start: Int
        if has("-%}", at: close) {
            start = afterSpaces(close + 3)
        } else if has("%}", at: close) {
            start = close + 2
        } else {
            return false
        }
        position = start
        if start == source.count { return true }
        while let end = nextTag() {
            let sign = end + 2 < source.count ? source[end + 2] : 0
            let name = afterSpaces(end + (sign == 0x2D || sign == 0x2B ? 3 : 2))
            position = afterSpaces(name + 6)
            if source[end + 1] == 0x25, has("endraw", at: name), passEnd("%}", trimsLine: true) {
                addData(start..<endOfData(from: start, to: end, sign: sign))
                return true
            }
            position = end + 1
        }
        throw fault("the raw block that begins here has no end", at: tag)
    }

    private mutating func lexExpression(openedAt tag: Int, closing: String) throws(TemplateError) {
        var brackets: [UInt32] = []
        var scanner = ExpressionScanner(source: source)
        while true {
            position = afterSpaces(position)
            guard position < source.count else {
                throw fault("the tag that begins here has no \(closing)", at: tag)
            }
            let start = position
            if brackets.isEmpty, passEnd(closing, trimsLine: closing == "%}") {
                add(closing == "}}" ? .variableEnd : .blockEnd, at: start)
                return
            }
            guard let kind = try scan(&scanner, start) else {
                throw fault("'\(MarkedText.scalar(source[start]))' is no part of an expression", at: start)
            }
            if case .symbol(let text) = kind, let code = text.unicodeScalars.first?.value,
                text.utf8.count == 1
            {
                try balance(code, &brackets, at: start)
            }
            add(kind, at: start)
            position = scanner.end
        }
    }

    private func scan(_ scanner: inout ExpressionScanner, _ start: Int) throws(TemplateError) -> Token.Kind? {
        do {
            return try scanner.token(at: start)
        } catch {
            throw fault(error.message, at: start)
        }
    }

    private func balance(_ code: UInt32, _ brackets: inout [UInt32], at index: Int) throws(TemplateError) {
        switch code {
        case 0x28: brackets.append(0x29)
        case 0x5B: brackets.append(0x5D)
        case 0x7B: brackets.append(0x7D)
        case 0x29, 0x5D, 0x7D:
            guard brackets.popLast() == code else {
                throw fault("'\(MarkedText.scalar(code))' closes nothing here", at: index)
            }
        default: break
        }
    }
}

/// Lines and columns of a source, asked for in rising order mostly.
struct SourcePlaces {
    private var lineStarts: [Int] = [0]

    init(_ codes: [UInt32]) {
        for (index, code) in codes.enumerated() where code == 0x0A { lineStarts.append(index + 1) }
    }

    subscript(index: Int) -> Position {
        var (low, high) = (0, lineStarts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= index { low = middle } else { high = middle - 1 }
        }
        return Position(line: low + 1, column: index - lineStarts[low] + 1)
    }
}
