import Terminal

/// A look for each meaning: a theme.
struct Palette: Sendable, Hashable {
    let name: String
    /// The looks that are other than those of ``dark``.
    private var looks: [Role: Style]
    /// Whether no colour is used at all.
    private var isMono = false

    /// For terminals with a dark background; what ``Theme`` names.
    static let dark = Palette(name: "dark", looks: [:])
    /// For terminals with a light background.
    static let light = Palette(
        name: "light",
        looks: [
            .focusedFrame: Style(.blue, on: .default, .bold), .label: Style(.blue),
            .key: Style(.blue, on: .default, .bold), .good: Style(.palette(28)), .bad: Style(.palette(124)),
            .attention: Style(.magenta, on: .default, .bold), .match: Style(.black, on: .cyan),
            .refusal: Style(.magenta, on: .default, .bold), .barAfter: Style(.palette(28)),
            .added: Style(.palette(28)), .removed: Style(.palette(124)),
        ])
    /// For eyes, rooms and projectors that need it: nothing is dim, and what asks for attention is set off.
    static let highContrast = Palette(
        name: "high-contrast",
        looks: [
            .frame: Style(.white), .focusedFrame: Style(.yellow, on: .default, .bold),
            .label: Style(.cyan, on: .default, .bold), .faint: .plain,
            .key: Style(.yellow, on: .default, .bold), .good: Style(.green, on: .default, .bold),
            .bad: Style(.white, on: .red, .bold), .attention: Style(.black, on: .yellow, .bold),
            .chosen: Style(.default, on: .default, [.bold, .underline]),
            .refusal: Style(.black, on: .yellow, .bold), .barBefore: Style(.cyan, on: .default, .bold),
            .number: Style(.cyan, on: .default, .bold), .literal: Style(.cyan, on: .default, .bold),
            .added: Style(.green, on: .default, .bold), .removed: Style(.white, on: .red, .bold),
        ])
    /// Without colours.
    static let mono: Palette = {
        var palette = Palette(
            name: "mono",
            looks: [
                .focusedFrame: .bold, .label: Style(.default, on: .default, .underline), .key: .bold,
                .attention: Style(.default, on: .default, [.bold, .underline]), .match: .reverse,
                .refusal: Style(.default, on: .default, [.bold, .reverse]),
            ])
        palette.isMono = true
        return palette
    }()

    static let standard = [dark, light, highContrast, mono]

    init(name: String, looks: [Role: Style]) {
        self.name = name
        self.looks = looks
    }

    /// The palette with other looks for some meanings.
    func with(_ changes: [Role: Style], named name: String? = nil) -> Palette {
        var palette = Palette(name: name ?? self.name, looks: looks.merging(changes) { $1 })
        palette.isMono = isMono
        return palette
    }

    /// The look of a meaning.
    func look(_ role: Role) -> Style {
        let look = looks[role] ?? Palette.darkLook(role)
        return isMono ? look.degraded(to: .mono) : look
    }

    /// Gives everything that is drawn its look.
    func apply(to canvas: inout Canvas) {
        if looks.isEmpty, !isMono { return }
        var known: [Style: Style] = [:]
        canvas.restyle(canvas.bounds) { style in
            if let known = known[style] { return known }
            let shown = shown(style)
            known[style] = shown
            return shown
        }
    }

    private func shown(_ style: Style) -> Style {
        guard let role = Role(rawValue: style.meaning), role != .text || looks[.text] != nil else {
            return isMono ? style.degraded(to: .mono) : style
        }
        // A cell that is colourful without a meaning stands for something that must not reach the terminal.
        if role == .text, style.foreground != .default || style.background != .default {
            return isMono ? style.degraded(to: .mono) : style
        }
        let added = style.attributes.subtracting(Palette.darkLook(role).attributes)
        return look(role).adding(added)
    }

    /// The looks that the program is written with.
    static func darkLook(_ role: Role) -> Style {
        switch role {
        case .text: .plain
        case .title: .reverse
        case .titleState: Style(.default, on: .default, [.reverse, .bold])
        case .frame, .faint: .dim
        case .focusedFrame, .key: Style(.cyan, on: .default, .bold)
        case .label: Style(.cyan)
        case .heading, .chosen, .note: .bold
        case .good, .barAfter, .added: Style(.green)
        case .bad, .removed: Style(.red)
        case .attention, .refusal: Style(.yellow, on: .default, .bold)
        case .match: Style(.black, on: .yellow)
        case .barBefore, .number: Style(.blue)
        case .literal: Style(.magenta)
        }
    }
}
