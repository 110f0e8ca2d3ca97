extension Key: CustomStringConvertible {
    /// The key that a name means, or nil where it means none.
    ///
    /// A name is a character, or a word such as `enter`, `pgup` or `f5`, after any of `ctrl-`, `alt-` and `shift-`:
    /// `a`, `A`, `ctrl-r`, `alt-left`, `shift-tab`, also called `backtab`. The minus
    /// key is `-`, and the space bar `space`.
    public init?(_ name: String) {
        var modifiers: Modifiers = []
        var rest = Substring(name)
        while let (prefix, modifier) = Key.prefixes.first(where: {
            rest.hasPrefix($0.0) && rest.count > $0.0.count
        }) {
            modifiers.insert(modifier)
            rest = rest.dropFirst(prefix.count)
        }
        if rest.unicodeScalars.count == 1, let scalar = rest.unicodeScalars.first {
            if CharacterClass(scalar) == .hidden || modifiers.contains(.shift) { return nil }
            self.init(.character(scalar), modifiers)
        } else if rest == "backtab" {
            self.init(.tab, modifiers.union(.shift))
        } else if let code = Key.code(named: String(rest)) {
            self.init(code, modifiers)
        } else {
            return nil
        }
    }

    /// The name, which reads back as the same key.
    public var description: String {
        var text = Key.prefixes.filter { modifiers.contains($0.1) }.map(\.0).joined()
        switch code {
        case .character(" "): text += "space"
        case .character(let scalar):
            text += CharacterClass(scalar) == .hidden ? StandIn.text(for: scalar) : String(scalar)
        case .function(let number): text += "f\(number)"
        default: text += Key.names.first { $0.1 == code }?.0 ?? ""
        }
        return text
    }

    private static let prefixes: [(String, Modifiers)] = [
        ("ctrl-", .control), ("alt-", .alt), ("shift-", .shift),
    ]

    /// The first name of a key is the one that is written; the others are only read.
    private static let names: [(String, Code)] = [
        ("enter", .enter), ("esc", .escape), ("tab", .tab), ("backspace", .backspace), ("del", .delete),
        ("ins", .insert), ("up", .up), ("down", .down), ("left", .left), ("right", .right), ("home", .home),
        ("end", .end), ("pgup", .pageUp), ("pgdn", .pageDown), ("return", .enter), ("escape", .escape),
        ("delete", .delete), ("insert", .insert), ("pageup", .pageUp), ("pagedown", .pageDown),
        ("space", .character(" ")), ("minus", .character("-")), ("comma", .character(",")),
    ]

    private static func code(named name: String) -> Code? {
        if let (_, code) = names.first(where: { $0.0 == name }) { return code }
        if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...24).contains(number),
            name == "f\(number)"
        {
            return .function(number)
        }
        return nil
    }
}
