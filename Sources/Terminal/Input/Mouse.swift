/// What the mouse did, and over which cell.
public struct Mouse: Sendable, Hashable {
    /// What happened.
    public let action: Action
    /// The cell, from zero.
    public let point: Point
    /// The keys held meanwhile.
    public let modifiers: Key.Modifiers

    /// What a mouse can do.
    public enum Action: Sendable, Hashable {
        /// A button went down.
        case press(Button)
        /// A button came up.
        case release(Button)
        /// The mouse moved while a button was down.
        case drag(Button)
        /// The wheel turned, away from the hand or towards it.
        case wheelUp
        /// The wheel turned towards the hand.
        case wheelDown
    }

    /// The buttons that terminals report.
    public enum Button: Int, Sendable, Hashable {
        /// The left one.
        case left
        /// The middle one.
        case middle
        /// The right one.
        case right
    }

    /// A report.
    public init(_ action: Action, at point: Point, _ modifiers: Key.Modifiers = []) {
        self.action = action
        self.point = point
        self.modifiers = modifiers
    }
}
