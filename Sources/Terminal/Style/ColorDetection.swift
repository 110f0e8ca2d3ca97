extension ColorDepth {
    /// How many colours the environment promises; the terminal's description may promise fewer.
    ///
    /// A `NO_COLOR` that is not empty (no-color.org) means none. `COLORTERM` is believed when it says 24 bits, but not
    /// within GNU screen, which passes the variable on and cannot do it; `TMUX` tells tmux from it.
    static func promised(by variable: (String) -> String?) -> ColorDepth {
        if let noColor = variable("NO_COLOR"), !noColor.isEmpty { return .mono }
        let isGNUScreen = variable("TERM")?.hasPrefix("screen") == true && variable("TMUX") == nil
        switch variable("COLORTERM") {
        case "truecolor", "24bit": return isGNUScreen ? .palette : .trueColor
        default: return .palette
        }
    }

    /// The depth of a terminal whose description counts so many colours.
    init(colors: Int) {
        switch colors {
        case ..<8: self = .mono
        case ..<256: self = .basic
        case 256: self = .palette
        default: self = .trueColor
        }
    }
}
