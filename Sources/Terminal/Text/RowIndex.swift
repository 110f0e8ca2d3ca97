/// Where the rows of a long text begin at a width, so that any of them is laid out without the others.
///
/// It cuts the text as ``SafeText/wrapped(to:mode:tab:)`` does in the mode ``WrapMode/characters``, and keeps no glyph: only
/// the place of every sixteenth row. What is not on the screen costs one look at its bytes and nothing more.
public struct RowIndex: Sendable {
    /// The text.
    public let text: String
    /// The columns that the rows were made for.
    public let width: Int
    /// How many rows there are, at least one.
    public let count: Int
    private let hangs: Bool
    private let marks: [RowWalker.Place]

    private static let step = 16

    /// One row.
    public struct Row: Sendable {
        /// What is drawn.
        public let glyphs: [Glyph]
        /// Columns that stay empty before it.
        public let margin: Int
        /// Where the line begins that it is a part of, in the text's UTF-8.
        public let lineStart: Int
    }

    /// Looks through a text.
    ///
    /// - Parameters:
    ///   - width: taken as at least 1.
    ///   - hangs: whether the later rows of a line stand after the line's own indentation and two columns more.
    public init(_ text: String, width: Int, hangs: Bool = false) {
        var text = text
        let width = max(1, width)
        (count, marks) = text.withUTF8 { bytes in
            var walker = RowWalker(bytes, width: width, hangs: hangs)
            var marks: [RowWalker.Place] = []
            var count = 0
            var goesOn = true
            while goesOn {
                if count % RowIndex.step == 0 { marks.append(walker.place) }
                count += 1
                goesOn = walker.pass()
            }
            return (count, marks)
        }
        self.text = text
        self.width = width
        self.hangs = hangs
    }

    /// The row of that number, from 0.
    public func row(_ number: Int) -> Row {
        walking(to: number) { walker in
            let lineStart = walker.place.lineStart
            let margin = walker.margin
            return Row(glyphs: walker.collect(), margin: margin, lineStart: lineStart)
        }
    }

    /// Where a row begins, in the text's UTF-8.
    public func start(ofRow number: Int) -> Int { walking(to: number) { $0.place.offset } }

    /// The row in which the byte at an offset is drawn.
    public func row(atOffset offset: Int) -> Int {
        var (low, high) = (0, marks.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if marks[middle].offset <= offset { low = middle } else { high = middle }
        }
        // A row may begin far after the place from which it is laid out.
        while low > 0, marks[low].skip > 0 { low -= 1 }
        let first = low * RowIndex.step
        return walking(to: first) { walker in
            var row = first
            while row + 1 < count, walker.pass(), !walker.beginsBehind(offset) { row += 1 }
            return row
        }
    }

    private func walking<Result>(to number: Int, _ body: (inout RowWalker) -> Result) -> Result {
        var text = text
        let number = max(0, min(number, count - 1))
        return text.withUTF8 { bytes in
            var walker = RowWalker(bytes, width: width, hangs: hangs, from: marks[number / RowIndex.step])
            for _ in 0..<number % RowIndex.step { _ = walker.pass() }
            return body(&walker)
        }
    }
}
