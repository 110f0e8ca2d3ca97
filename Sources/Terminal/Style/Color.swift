/// A colour as meant; what a terminal can show of it is decided when it is painted.
public enum Color: Sendable, Hashable {
    /// The terminal's own foreground or background.
    case `default`
    /// One of the eight colours that every colour terminal has, in its owner's taste.
    case basic(Basic)
    /// An entry of the 256-colour palette: 16 basic ones, a cube of 6 × 6 × 6, and 24 greys.
    case palette(UInt8)
    /// Red, green and blue, 8 bits each.
    case rgb(UInt8, UInt8, UInt8)

    /// The eight basic colours in the order of ECMA-48, section 8.3.117.
    public enum Basic: UInt8, Sendable, Hashable, CaseIterable {
        /// SGR 30 and 40.
        case black
        /// SGR 31 and 41.
        case red
        /// SGR 32 and 42.
        case green
        /// SGR 33 and 43.
        case yellow
        /// SGR 34 and 44.
        case blue
        /// SGR 35 and 45.
        case magenta
        /// SGR 36 and 46.
        case cyan
        /// SGR 37 and 47.
        case white
    }

    /// Basic black.
    public static let black = Color.basic(.black)
    /// Basic red.
    public static let red = Color.basic(.red)
    /// Basic green.
    public static let green = Color.basic(.green)
    /// Basic yellow.
    public static let yellow = Color.basic(.yellow)
    /// Basic blue.
    public static let blue = Color.basic(.blue)
    /// Basic magenta.
    public static let magenta = Color.basic(.magenta)
    /// Basic cyan.
    public static let cyan = Color.basic(.cyan)
    /// Basic white.
    public static let white = Color.basic(.white)
}

/// How many colours a terminal can show, from none to all.
public enum ColorDepth: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Attributes only.
    case mono
    /// The eight basic colours.
    case basic
    /// The 256-colour palette.
    case palette
    /// 24 bits.
    case trueColor

    /// Order by how many colours there are.
    public static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }
}

extension Color {
    /// The nearest colour that a terminal of the given depth can show.
    public func degraded(to depth: ColorDepth) -> Color {
        switch (self, depth) {
        case (.default, _): self
        case (_, .mono): .default
        case (.basic, _): self
        case (.palette, .palette), (.palette, .trueColor), (.rgb, .trueColor): self
        case (.palette(let index), .basic):
            index < 16
                ? .basic(Basic(rawValue: index % 8) ?? .white) : Color.nearestBasic(Color.paletteRGB(index))
        case (.rgb(let red, let green, let blue), .palette):
            .palette(Color.nearestPalette(Components(red, green, blue)))
        case (.rgb(let red, let green, let blue), .basic):
            Color.nearestBasic(Components(red, green, blue))
        }
    }

    struct Components: Hashable {
        let red: Int
        let green: Int
        let blue: Int

        init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
            (self.red, self.green, self.blue) = (Int(red), Int(green), Int(blue))
        }

        func distance(to other: Components) -> Int {
            let (dr, dg, db) = (red - other.red, green - other.green, blue - other.blue)
            return dr * dr + dg * dg + db * db
        }
    }

    private static let cubeSteps: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// The components of a palette entry, as xterm sets them; the first 16 are only customary.
    static func paletteRGB(_ index: UInt8) -> Components {
        switch index {
        case 0..<8:
            let level: UInt8 = 205
            return Components(
                index & 1 != 0 ? level : 0, index & 2 != 0 ? level : 0, index & 4 != 0 ? level : 0)
        case 8: return Components(127, 127, 127)
        case 9..<16:
            return Components(index & 1 != 0 ? 255 : 0, index & 2 != 0 ? 255 : 0, index & 4 != 0 ? 255 : 0)
        case 16..<232:
            let cube = Int(index) - 16
            return Components(cubeSteps[cube / 36], cubeSteps[cube / 6 % 6], cubeSteps[cube % 6])
        default:
            let grey = 8 + 10 * (index - 232)
            return Components(grey, grey, grey)
        }
    }

    /// Only the cube and the greys are candidates: people change the first 16.
    private static func nearestPalette(_ wanted: Components) -> UInt8 {
        var best: (index: UInt8, distance: Int) = (16, .max)
        for index in UInt8(16)...255 {
            let distance = paletteRGB(index).distance(to: wanted)
            if distance < best.distance { best = (index, distance) }
        }
        return best.index
    }

    /// Hue before brightness: each component counts as on where it is more than half of the strongest.
    private static func nearestBasic(_ wanted: Components) -> Color {
        let strongest = max(wanted.red, wanted.green, wanted.blue)
        guard strongest >= 48 else { return .black }
        let on = { (component: Int) -> UInt8 in component * 2 > strongest ? 1 : 0 }
        let index = on(wanted.red) | on(wanted.green) << 1 | on(wanted.blue) << 2
        if index == 7 && strongest < 96 { return .black }
        return .basic(Basic(rawValue: index) ?? .white)
    }
}
