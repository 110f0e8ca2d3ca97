/// Turns the cells of a canvas into what ncurses is told to paint.
///
/// It is the last place where anything could go wrong on the way to the terminal: whatever is not known to be safe,
/// or is not measured by libc as by the canvas, is painted as a marker of the same width.
struct Painter {
    let capabilities: Capabilities
    /// Columns of a scalar as ncurses will count them.
    let measure: (Unicode.Scalar) -> Int

    /// One cell in curses' terms; colours below zero are the terminal's own.
    struct Paint: Hashable {
        let scalars: [UInt32]
        let attributes: Style.Attributes
        let foreground: Int32
        let background: Int32
    }

    /// The paints of a row, none for the second cells of wide characters.
    func paints(for row: some Sequence<Cell>) -> [Paint] {
        row.flatMap { cell -> [Paint] in
            if cell.isContinuation { return [] }
            let style = cell.style.degraded(to: capabilities.depth)
            let foreground = Painter.number(style.foreground, depth: capabilities.depth)
            let background = Painter.number(style.background, depth: capabilities.depth)
            return scalars(of: cell).map {
                Paint(
                    scalars: $0, attributes: style.attributes, foreground: foreground, background: background)
            }
        }
    }

    /// What stands for a cell's text: itself, or as many markers as it has columns.
    private func scalars(of cell: Cell) -> [[UInt32]] {
        var scalars = Array(cell.text.unicodeScalars)
        let marker: Unicode.Scalar = capabilities.unicode ? "▯" : "?"
        if !capabilities.unicode { scalars = scalars.map { Painter.ascii[$0] ?? ($0.isASCII ? $0 : marker) } }
        guard let base = scalars.first, scalars.count <= 5,
            scalars.allSatisfy({ CharacterClass($0) != .hidden || $0 == "‹" }),
            capabilities.unicode || cell.width == 1
        else { return Array(repeating: [marker.value], count: max(1, cell.width)) }
        if capabilities.unicode && !base.isASCII && measure(base) != cell.width {
            return Array(repeating: [marker.value], count: cell.width)
        }
        let marks = capabilities.unicode ? scalars.dropFirst().filter { measure($0) == 0 } : []
        return [[base.value] + marks.map(\.value)]
    }

    /// The number that stands for a colour in curses.
    private static func number(_ color: Color, depth: ColorDepth) -> Int32 {
        switch color {
        case .default: return -1
        case .basic(let basic): return Int32(basic.rawValue)
        case .palette(let index) where depth != .trueColor || index < 8: return Int32(index)
        case .palette(let index):
            let components = Color.paletteRGB(index)
            return direct(components.red, components.green, components.blue)
        case .rgb(let red, let green, let blue): return direct(Int(red), Int(green), Int(blue))
        }
    }

    /// With direct colour the numbers below 8 are the basic colours.
    private static func direct(_ red: Int, _ green: Int, _ blue: Int) -> Int32 {
        max(8, Int32(red << 16 | green << 8 | blue))
    }

    /// What a terminal without Unicode shows of the characters that Callgate itself draws with.
    private static let ascii: [Unicode.Scalar: Unicode.Scalar] = {
        var table: [Unicode.Scalar: Unicode.Scalar] = [
            "─": "-", "│": "|", "…": "~", "‹": "<", "›": ">", "•": "*", "·": ".", "→": ">", "←": "<",
            "↑": "^",
            "↓": "v", "▶": ">", "◀": "<", "▲": "^", "▼": "v", "✓": "+", "✗": "x", "█": "#", "—": "-",
            "–": "-",
        ]
        for corner in "╵╶└╷┌├╴┘┴┐┤┬┼".unicodeScalars { table[corner] = "+" }
        for block in "▏▎▍▌▋▊▉░▒▓".unicodeScalars { table[block] = "#" }
        return table
    }()
}
