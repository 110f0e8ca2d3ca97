/// A grid of cells to draw on: the value that a pane gives and a screen shows.
///
/// Drawing is clipped to the canvas and safe at every size, 0x0 included. Whatever is drawn passes through
/// ``SafeText``, so that no cell can hold a control character, an escape sequence or an override. A wide character
/// of which only one column fits is drawn as ``Canvas/cutMarker``.
public struct Canvas: Sendable, Hashable {
    /// The measures.
    public let size: Size
    private var cells: [Cell]

    /// What is drawn where half of a wide character would fit.
    public static let cutMarker = "…"

    /// A blank canvas.
    public init(_ size: Size, style: Style = .plain) {
        self.size = size
        cells = [Cell](repeating: .space(style), count: size.width * size.height)
    }

    /// A blank canvas of a width and a height.
    public init(width: Int, height: Int) { self.init(Size(width, height)) }

    /// All of it.
    public var bounds: Rect { Rect(size: size) }

    /// The cell at a column and a row; blank outside.
    public subscript(x: Int, y: Int) -> Cell {
        bounds.contains(Point(x, y)) ? cells[y * size.width + x] : .blank
    }

    /// The cells of a row; none outside.
    public func row(_ y: Int) -> ArraySlice<Cell> {
        guard y >= 0, y < size.height else { return [] }
        return cells[y * size.width..<(y + 1) * size.width]
    }

    /// Draws a string on one row and gives the columns that it took, clipped ones included.
    ///
    /// A newline or a tab within it shows as a stand-in: wrap text that has lines.
    @discardableResult
    public mutating func put(
        _ string: String, at point: Point, style: Style = .plain, maxWidth: Int? = nil
    ) -> Int {
        put(SafeText(string), at: point, style: style, maxWidth: maxWidth)
    }

    /// Draws safe text on one row and gives the columns that it took.
    @discardableResult
    public mutating func put(
        _ text: SafeText, at point: Point, style: Style = .plain, maxWidth: Int? = nil
    ) -> Int {
        put(text.glyphs, at: point, maxWidth: maxWidth) { $0.isStandIn ? style.standIn : style }
    }

    /// Draws text whose parts look different on one row and gives the columns that it took.
    @discardableResult
    public mutating func put(_ text: StyledText, at point: Point, maxWidth: Int? = nil) -> Int {
        var used = 0
        for run in text.runs {
            let left = maxWidth.map { max(0, $0 - used) }
            if left == 0 { break }
            used += put(run.text, at: Point(point.x + used, point.y), style: run.style, maxWidth: left)
        }
        return used
    }

    /// Draws glyphs on one row, each in the style that is given for it, and gives the columns that they took.
    @discardableResult
    public mutating func put(
        _ glyphs: some Sequence<Glyph>, at point: Point, maxWidth: Int? = nil, style: (Glyph) -> Style
    ) -> Int {
        let end = maxWidth.map { point.x + max(0, $0) } ?? .max
        var x = point.x
        for glyph in glyphs {
            if x >= end { break }
            if glyph.width == 0 {
                let look = style(glyph).standIn
                let scalar = glyph.text.unicodeScalars.first ?? "\n"
                for character in StandIn.text(for: scalar) where x < end {
                    write(String(character), width: 1, style: look, x: x, y: point.y)
                    x += 1
                }
            } else if glyph.width == 2 && x + 2 > end {
                write(Canvas.cutMarker, width: 1, style: style(glyph), x: x, y: point.y)
                x += 1
            } else {
                write(glyph.text, width: glyph.width, style: style(glyph), x: x, y: point.y)
                x += glyph.width
            }
        }
        return x - point.x
    }

    /// Fills an area with one narrow character, a space where the text is not one.
    public mutating func fill(_ area: Rect, with text: String = " ", style: Style = .plain) {
        let glyph = SafeText(text).glyphs.first
        let shown = glyph.map { $0.width == 1 && !$0.isStandIn ? $0.text : " " } ?? " "
        let area = area.intersection(bounds)
        for y in area.minY..<area.maxY {
            for x in area.minX..<area.maxX { write(shown, width: 1, style: style, x: x, y: y) }
        }
    }

    /// Changes the look of an area and leaves its text.
    public mutating func restyle(_ area: Rect, _ change: (Style) -> Style) {
        let area = area.intersection(bounds)
        for y in area.minY..<area.maxY {
            for index in y * size.width + area.minX..<y * size.width + area.maxX {
                cells[index].style = change(cells[index].style)
            }
        }
    }

    /// Draws another canvas with its top left corner at a point.
    public mutating func draw(_ other: Canvas, at point: Point) {
        for y in 0..<other.size.height {
            for (x, cell) in other.row(y).enumerated() where !cell.isContinuation {
                write(cell.text, width: cell.width, style: cell.style, x: point.x + x, y: point.y + y)
            }
        }
    }

    /// The part of the canvas within an area, as a canvas of its own.
    public func cropped(to area: Rect) -> Canvas {
        let area = area.intersection(bounds)
        var part = Canvas(area.size)
        for y in 0..<area.height {
            for x in 0..<area.width {
                let cell = self[area.minX + x, area.minY + y]
                if cell.isContinuation {
                    if x == 0 { part.write(Canvas.cutMarker, width: 1, style: cell.style, x: x, y: y) }
                } else {
                    part.write(cell.text, width: cell.width, style: cell.style, x: x, y: y)
                }
            }
        }
        return part
    }

    /// The canvas cut or padded with blanks to a size.
    public func resized(to size: Size) -> Canvas {
        if size == self.size { return self }
        var other = Canvas(size)
        other.draw(self, at: .zero)
        return other
    }

    /// Writes one safe cell; a wide one that is cut by an edge becomes a marker, and halves never remain.
    mutating func write(_ text: String, width: Int, style: Style, x: Int, y: Int) {
        guard y >= 0, y < size.height, x < size.width, x + width > 0 else { return }
        if width == 2 && (x < 0 || x + 1 >= size.width) {
            write(Canvas.cutMarker, width: 1, style: style, x: max(x, 0), y: y)
            return
        }
        let index = y * size.width + x
        if cells[index].isContinuation { cells[index - 1] = .space(cells[index - 1].style) }
        let after = index + width
        if x + width < size.width, cells[after].isContinuation { cells[after] = .space(cells[after].style) }
        cells[index] = Cell(text, width: width, style: style)
        if width == 2 { cells[index + 1] = Cell("", width: 0, style: style) }
    }
}
