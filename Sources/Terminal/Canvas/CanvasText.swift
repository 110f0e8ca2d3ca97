extension Canvas {
    /// The rows as plain text, without the spaces at their ends.
    public var lines: [String] {
        (0..<size.height).map { y in
            Canvas.trimmingSpaces(row(y).map(\.text).joined())
        }
    }

    /// The rows as one text, each row ended by a newline.
    public var plainText: String { lines.map { $0 + "\n" }.joined() }

    /// The rows with the escape sequences that set their styles, as a terminal of the given depth can show them.
    ///
    /// Each row stands alone and ends in the plain style; plain spaces at its end are left out.
    public func attributedLines(depth: ColorDepth = .trueColor) -> [String] {
        (0..<size.height).map { y in
            let cells = Array(row(y))
            let count = (cells.lastIndex { $0 != .blank } ?? -1) + 1
            var text = ""
            var current = Style.plain
            for cell in cells[..<count] where !cell.isContinuation {
                let style = cell.style.degraded(to: depth)
                if style != current { text += style.sgr }
                current = style
                text += cell.text
            }
            return current == .plain ? text : text + Style.plain.sgr
        }
    }

    private static func trimmingSpaces(_ text: String) -> String {
        String(decoding: Array(text.utf8.reversed().drop { $0 == 0x20 }.reversed()), as: UTF8.self)
    }
}
