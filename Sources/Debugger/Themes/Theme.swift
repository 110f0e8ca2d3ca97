import Terminal

/// How meanings look; each has a word or a sign of its own besides, so that nothing rests on colour.
///
/// These are the looks of the theme ``Palette/dark``. Another palette gives a meaning another look when everything is
/// drawn, so that panes and texts name meanings and nothing else.
enum Theme {
    static let title = Role.title.style
    static let titleState = Role.titleState.style
    static let frame = Role.frame.style
    static let focusedFrame = Role.focusedFrame.style
    static let label = Role.label.style
    static let heading = Role.heading.style
    static let faint = Role.faint.style
    static let key = Role.key.style
    static let good = Role.good.style
    static let bad = Role.bad.style
    static let attention = Role.attention.style
    static let chosen = Role.chosen.style
    static let match = Role.match.style
    static let refusal = Role.refusal.style
    static let note = Role.note.style
    static let barBefore = Role.barBefore.style
    static let barAfter = Role.barAfter.style
    static let number = Role.number.style
    static let literal = Role.literal.style
    static let added = Role.added.style
    static let removed = Role.removed.style
}

/// A meaning that has a look.
enum Role: UInt8, Sendable, Hashable, CaseIterable {
    /// The terminal's own text.
    case text
    case title
    case titleState
    case frame
    case focusedFrame
    case label
    case heading
    case faint
    case key
    case good
    case bad
    case attention
    case chosen
    case match
    case refusal
    case note
    case barBefore
    case barAfter
    case number
    case literal
    case added
    case removed

    /// The name in a file of settings: lower case, hyphens.
    var name: String {
        var name = ""
        for character in "\(self)" {
            name += character.isUppercase ? "-\(character.lowercased())" : String(character)
        }
        return name
    }

    /// The look that ``Theme`` gives it, which bears its meaning.
    var style: Style {
        var style = Palette.darkLook(self)
        style.meaning = rawValue
        return style
    }
}
