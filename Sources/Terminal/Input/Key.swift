/// A key as pressed, as far as a terminal tells.
///
/// Keys that terminals cannot tell apart are one: Control with I, M, H and the left bracket are Tab, Enter, Backspace
/// and Escape.
public struct Key: Sendable, Hashable {
    /// What was pressed.
    public let code: Code
    /// What was held meanwhile; never Shift with a character, which is another character then.
    public let modifiers: Modifiers

    /// The keys of a keyboard.
    public enum Code: Sendable, Hashable {
        /// A key that types a character.
        case character(Unicode.Scalar)
        /// Enter or Return.
        case enter
        /// Escape.
        case escape
        /// Tab; with Shift it is also called backtab.
        case tab
        /// The key that deletes to the left.
        case backspace
        /// The key that deletes to the right.
        case delete
        /// Insert.
        case insert
        /// The arrow up.
        case up
        /// The arrow down.
        case down
        /// The arrow to the left.
        case left
        /// The arrow to the right.
        case right
        /// Home.
        case home
        /// End.
        case end
        /// Page up.
        case pageUp
        /// Page down.
        case pageDown
        /// A function key, from 1 to 24.
        case function(Int)
    }

    /// The keys that change what others mean.
    public struct Modifiers: OptionSet, Sendable, Hashable {
        /// The bits of xterm's modifier parameter, which is one more than their sum.
        public let rawValue: UInt8

        /// A set from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Shift.
        public static let shift = Modifiers(rawValue: 1)
        /// Alt, Option or Meta.
        public static let alt = Modifiers(rawValue: 2)
        /// Control.
        public static let control = Modifiers(rawValue: 4)
    }

    /// A key with its modifiers, in the one form that stands for all that a terminal cannot tell apart.
    public init(_ code: Code, _ modifiers: Modifiers = []) {
        guard case .character(let scalar) = code else {
            self.code = code
            self.modifiers = modifiers
            return
        }
        let modifiers = modifiers.subtracting(.shift)
        guard modifiers.contains(.control) else {
            self.code = code
            self.modifiers = modifiers
            return
        }
        let rest = modifiers.subtracting(.control)
        switch scalar.properties.lowercaseMapping {
        case "i": (self.code, self.modifiers) = (.tab, rest)
        case "m": (self.code, self.modifiers) = (.enter, rest)
        case "h": (self.code, self.modifiers) = (.backspace, rest)
        case "[": (self.code, self.modifiers) = (.escape, rest)
        case "@": (self.code, self.modifiers) = (.character(" "), modifiers)
        case let lower:
            (self.code, self.modifiers) = (.character(lower.unicodeScalars.first ?? scalar), modifiers)
        }
    }

    /// A key that types a character.
    public static func character(_ character: Unicode.Scalar) -> Key { Key(.character(character)) }

    /// A character with Control.
    public static func control(_ character: Unicode.Scalar) -> Key { Key(.character(character), .control) }

    /// A character with Alt.
    public static func alt(_ character: Unicode.Scalar) -> Key { Key(.character(character), .alt) }

    /// Enter or Return.
    public static let enter = Key(.enter)
    /// Escape.
    public static let escape = Key(.escape)
    /// Tab.
    public static let tab = Key(.tab)
    /// Tab with Shift.
    public static let backtab = Key(.tab, .shift)
    /// The key that deletes to the left.
    public static let backspace = Key(.backspace)
    /// The key that deletes to the right.
    public static let delete = Key(.delete)
    /// The arrow up.
    public static let up = Key(.up)
    /// The arrow down.
    public static let down = Key(.down)
    /// The arrow to the left.
    public static let left = Key(.left)
    /// The arrow to the right.
    public static let right = Key(.right)
    /// Home.
    public static let home = Key(.home)
    /// End.
    public static let end = Key(.end)
    /// Page up.
    public static let pageUp = Key(.pageUp)
    /// Page down.
    public static let pageDown = Key(.pageDown)
    /// The space bar.
    public static let space = Key.character(" ")

    /// The character that the key types by itself, nil for every other key.
    public var typed: Unicode.Scalar? {
        if case .character(let scalar) = code, modifiers.isEmpty { return scalar }
        return nil
    }
}
