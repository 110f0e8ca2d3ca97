import Agent
import JSON
import Terminal

/// A call's arguments, one member a line, each value with the place that it came from.
enum ArgumentLines {
    /// Adds the lines of arguments; those that are no JSON stand as they are.
    ///
    /// - Returns: the leading lines so far.
    @discardableResult
    static func add(
        _ arguments: ByteString, provenance: [ArgumentProvenance], _ texts: LongTexts,
        to text: inout TextLines
    ) -> LeadingLines {
        if ShownText.isLong(arguments.text) {
            guard let pretty = texts.pretty(arguments) else {
                text.add(whole: arguments.text, texts)
                return LeadingLines(count: text.laid.count, last: text.laid.count - 1)
            }
            text.add(texts.laid(pretty, width: text.width, .json))
            let last = text.laid.indices.last { !isClosing(text.laid[$0].plain) }
            return LeadingLines(count: text.laid.count, last: last ?? 0)
        }
        guard let value = try? JSONParser.parse(arguments.text) else {
            text.wrap(SafeText(arguments.text), mode: .characters)
            return LeadingLines(count: text.laid.count, last: text.laid.count - 1)
        }
        var leaves = provenance[...]
        var last = 0
        for line in value.text(.pretty).split(separator: "\n", omittingEmptySubsequences: false) {
            let origin = isLeaf(line) ? leaves.popFirst() : nil
            let end = add(styled(line), origin, to: &text)
            if !isClosing(String(line)) { last = end }
        }
        return LeadingLines(count: text.laid.count, last: last)
    }

    private static func isClosing(_ line: String) -> Bool {
        line.utf8.allSatisfy { " ]},".utf8.contains($0) }
    }

    /// Whether a line of pretty JSON holds a value that is no container, or an empty one.
    ///
    /// Strings are quoted and hold no line ends, so only a container's first line ends in `{` or `[` and only its last
    /// one begins with `}` or `]`.
    private static func isLeaf(_ line: Substring) -> Bool {
        let body = line.drop { $0 == " " }
        return !(body.hasSuffix("{") || body.hasSuffix("[") || body.hasPrefix("}") || body.hasPrefix("]"))
    }

    /// - Returns: the last row of the line itself.
    private static func add(
        _ line: StyledText, _ origin: ArgumentProvenance?, to text: inout TextLines
    ) -> Int {
        let indent = line.plain.prefix { $0 == " " }.count
        let mark = origin.flatMap(mark)
        if let mark, line.width + 3 + mark.width <= text.width {
            text.add(line + TextLines.space(max(3, min(30, text.width - mark.width) - line.width)) + mark)
            return text.laid.count - 1
        }
        var shown = StyledText()
        if line.width <= text.width {
            text.add(line)
        } else {
            for run in line.runs { shown.append(run.text, run.style) }
            text.wrapStyled(shown, hanging: indent + 2)
        }
        let last = text.laid.count - 1
        if let mark { text.add(TextLines.space(indent + 2) + mark) }
        return last
    }

    /// A member's name apart from its value.
    private static func styled(_ line: Substring) -> StyledText {
        let indent = line.prefix { $0 == " " }
        let body = line.dropFirst(indent.count)
        var styled = StyledText(String(indent))
        if let end = endOfKey(body) {
            styled.append(String(body[..<end]), Theme.label)
            styled.append(String(body[end...]))
        } else {
            styled.append(String(body))
        }
        return styled
    }

    private static func endOfKey(_ body: Substring) -> Substring.Index? {
        guard body.utf8.first == UInt8(ascii: "\"") else { return nil }
        var index = body.utf8.index(after: body.startIndex)
        while index < body.utf8.endIndex {
            switch body.utf8[index] {
            case UInt8(ascii: "\\"):
                index = body.utf8.index(after: index)
                if index < body.utf8.endIndex { index = body.utf8.index(after: index) }
            case UInt8(ascii: "\""):
                let end = body.utf8.index(after: index)
                return end < body.utf8.endIndex && body.utf8[end] == UInt8(ascii: ":") ? end : nil
            default: index = body.utf8.index(after: index)
            }
        }
        return nil
    }

    /// Where a value came from, or that it came from nowhere.
    private static func mark(_ origin: ArgumentProvenance) -> StyledText? {
        switch origin.finding {
        case .found(let sources):
            return StyledText("← \(summary(sources))", Theme.faint)
        case .variant(let sources):
            return StyledText("← \(summary(sources)), spelled otherwise", Theme.faint)
        case .composed(let words) where words.isEmpty:
            return StyledText("← the model's own words", Theme.faint)
        case .composed(let words):
            return StyledText("! not seen before: \(words.joined(separator: ", "))", Theme.attention)
        case .unseen: return StyledText("! not seen before: may be invented", Theme.attention)
        case .trivial: return nil
        }
    }

    private static func summary(_ sources: [ProvenanceSource]) -> String {
        guard let first = sources.first else { return "" }
        return first.summary + (sources.count > 1 ? " and \(sources.count - 1) more" : "")
    }
}

extension TextLines {
    /// A line of several looks, cut wherever it is full, its later lines after a margin.
    mutating func wrapStyled(_ line: StyledText, hanging: Int) {
        let margin = min(hanging, max(0, width - 8))
        var current = StyledText()
        var used = 0
        for run in line.runs {
            var piece: [Glyph] = []
            for glyph in run.text.glyphs {
                if used + glyph.width > width {
                    current.append(SafeText(glyphs: piece), run.style)
                    add(contentsOf: [current])
                    (current, piece, used) = (TextLines.space(margin), [], margin)
                }
                piece.append(glyph)
                used += glyph.width
            }
            current.append(SafeText(glyphs: piece), run.style)
        }
        add(contentsOf: [current])
    }
}
