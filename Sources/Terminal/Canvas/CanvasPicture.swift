/// A canvas as a picture: an SVG in which every cell is where it is on the terminal.
public enum CanvasPicture {
    /// The colours of the terminal that is drawn.
    public enum Ground: String, Sendable, CaseIterable {
        case dark
        case light

        fileprivate var background: String { self == .dark ? "#16181d" : "#ffffff" }
        fileprivate var text: String { self == .dark ? "#d8dade" : "#1f2328" }
        fileprivate var dim: String { self == .dark ? "#8b9099" : "#656d76" }

        fileprivate func name(_ color: Color.Basic) -> String {
            switch (color, self) {
            case (.black, .dark): "#16181d"
            case (.black, .light): "#1f2328"
            case (.red, .dark): "#f47067"
            case (.red, .light): "#b3261e"
            case (.green, .dark): "#6bc46d"
            case (.green, .light): "#17713a"
            case (.yellow, .dark): "#daaa3f"
            case (.yellow, .light): "#8a5a00"
            case (.blue, .dark): "#6cb6ff"
            case (.blue, .light): "#0a53be"
            case (.magenta, .dark): "#dcbdfb"
            case (.magenta, .light): "#7d3cb5"
            case (.cyan, .dark): "#56d4dd"
            case (.cyan, .light): "#0b6b7a"
            case (.white, .dark): "#f0f1f3"
            case (.white, .light): "#57606a"
            }
        }
    }

    static let cell = (width: 8.4, height: 18.0)
    static let margin = 12.0
}

extension Canvas {
    /// The canvas as an SVG document, in a monospaced font of whoever looks at it; cells keep their places in any.
    public func svg(on ground: CanvasPicture.Ground) -> String {
        let (cell, margin) = (CanvasPicture.cell, CanvasPicture.margin)
        let width = CanvasPicture.number(Double(size.width) * cell.width + 2 * margin)
        let height = CanvasPicture.number(Double(size.height) * cell.height + 2 * margin)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\" role=\"img\">",
            "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"\(ground.background)\"/>",
            "<g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" "
                + "font-size=\"14\" xml:space=\"preserve\">",
        ]
        for y in 0..<size.height { lines += CanvasPicture.row(row(y), y: y, ground) }
        lines += ["</g>", "</svg>"]
        return lines.map { $0 + "\n" }.joined()
    }
}

extension CanvasPicture {
    /// A stretch of cells of one look.
    private struct Run {
        let x: Int
        var width: Int
        var text: String
        let style: Style
    }

    fileprivate static func row(_ cells: ArraySlice<Cell>, y: Int, _ ground: Ground) -> [String] {
        var runs: [Run] = []
        for (x, cell) in cells.enumerated() where !cell.isContinuation {
            // A wide character is placed by itself, since its width in the reader's font is not known.
            if let last = runs.last, last.style == cell.style, cell.width == 1, last.width == last.text.count
            {
                runs[runs.count - 1].width += 1
                runs[runs.count - 1].text += cell.text
            } else {
                runs.append(Run(x: x, width: cell.width, text: cell.text, style: cell.style))
            }
        }
        var lines: [String] = []
        let top = margin + Double(y) * CanvasPicture.cell.height
        for run in runs {
            let (text, back) = colors(run.style, ground)
            let x = number(margin + Double(run.x) * CanvasPicture.cell.width)
            let width = number(Double(run.width) * CanvasPicture.cell.width)
            if let back {
                lines.append(
                    "<rect x=\"\(x)\" y=\"\(number(top))\" width=\"\(width)\" "
                        + "height=\"\(number(CanvasPicture.cell.height))\" fill=\"\(back)\"/>")
            }
            guard run.text.contains(where: { $0 != " " }) else { continue }
            let bold = run.style.attributes.contains(.bold) ? " font-weight=\"bold\"" : ""
            let line = run.style.attributes.contains(.underline) ? " text-decoration=\"underline\"" : ""
            lines.append(
                "<text x=\"\(x)\" y=\"\(number(top + 13.5))\" fill=\"\(text)\"\(bold)\(line) "
                    + "textLength=\"\(width)\" lengthAdjust=\"spacingAndGlyphs\">\(escaped(run.text))</text>")
        }
        return lines
    }

    /// The colour of the strokes, and of what is behind them where that is not the picture's own ground.
    private static func colors(_ style: Style, _ ground: Ground) -> (text: String, back: String?) {
        let isDim = style.attributes.contains(.dim)
        let text = hexadecimal(style.foreground, ground) ?? (isDim ? ground.dim : ground.text)
        let back = hexadecimal(style.background, ground)
        return style.attributes.contains(.reverse) ? (back ?? ground.background, text) : (text, back)
    }

    private static func hexadecimal(_ color: Color, _ ground: Ground) -> String? {
        switch color {
        case .default: return nil
        case .basic(let basic): return ground.name(basic)
        case .palette(let index) where index < 8: return Color.Basic(rawValue: index).map(ground.name)
        case .palette(let index):
            let parts = Color.paletteRGB(index)
            return hexadecimal(parts.red, parts.green, parts.blue)
        case .rgb(let red, let green, let blue): return hexadecimal(Int(red), Int(green), Int(blue))
        }
    }

    private static func hexadecimal(_ parts: Int...) -> String {
        "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A number with one decimal at most.
    fileprivate static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
