import Terminal

/// How meanings look; each has a word or a sign of its own besides, so that nothing rests on colour.
enum Theme {
    static let title = Style.reverse
    static let titleState = Style(.default, on: .default, [.reverse, .bold])
    static let frame = Style.dim
    static let focusedFrame = Style(.cyan, on: .default, .bold)
    static let label = Style(.cyan)
    static let heading = Style.bold
    static let faint = Style.dim
    static let key = Style(.cyan, on: .default, .bold)
    static let good = Style(.green)
    static let bad = Style(.red)
    static let attention = Style(.yellow, on: .default, .bold)
    static let chosen = Style(.default, on: .default, .bold)
    static let match = Style(.black, on: .yellow)
    static let refusal = Style(.yellow, on: .default, .bold)
    static let barBefore = Style(.blue)
    static let barAfter = Style(.green)
    static let added = Style(.green)
    static let removed = Style(.red)
}
