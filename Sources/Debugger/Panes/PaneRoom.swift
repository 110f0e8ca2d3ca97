import Agent
import Terminal

/// One pane: how it is laid out, what it says of itself, what it paints, and what keys and the mouse do in it.
///
/// A pane's whole behaviour is in its room; the screen asks the room and knows no pane by name.
protocol PaneRoom: Sendable {
    /// Lays the pane out for the step and size of now, so that keys act on what is on the screen.
    func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?)
    /// What stands after the pane's name in its title.
    func subtitle(_ state: DebuggerState) -> String?
    /// What stands in the pane's lower frame: which part of it is shown.
    func foot(_ state: DebuggerState) -> [String]
    /// The pane in one line, for screens on which another one has the room.
    func summary(_ state: DebuggerState) -> StyledText
    /// Draws what was laid out.
    func paint(_ state: DebuggerState, with brush: inout PaneBrush, in area: Rect)
    /// Moves the selection, or the text where nothing is selected.
    func move(_ state: inout DebuggerState, rows: Int)
    /// Moves by pages what is longer than the pane.
    func move(_ state: inout DebuggerState, pages: Int)
    /// Moves to the beginning or the end of what ``move(_:pages:)`` moves.
    func move(_ state: inout DebuggerState, toEnd: Bool)
    /// Turns the wheel: what is shown moves, the selection stays.
    func scroll(_ state: inout DebuggerState, rows: Int)
    /// Selects what is at a row of the pane.
    func click(_ state: inout DebuggerState, row: Int)
    /// Goes to the next match of a search, or the previous one, round the end.
    ///
    /// - Parameter isFirst: whether the row that is shown first counts as well.
    func find(_ search: Search, _ state: inout DebuggerState, direction: Int, isFirst: Bool) -> Bool
    /// The text about what is selected; `nil` where nothing is.
    func document(_ state: DebuggerState) -> (any Document)?
    /// Why there is no such text.
    var nothingToOpen: String { get }
    /// Begins the fork that fits what is selected; `false` where nothing special is.
    func fork(_ state: inout DebuggerState) -> Bool
    /// The call that is selected, where the pane lists calls.
    func selectedCall(_ state: DebuggerState) -> CallRecord?
}

extension PaneRoom {
    func click(_ state: inout DebuggerState, row: Int) {}
    func selectedCall(_ state: DebuggerState) -> CallRecord? { nil }
    func subtitle(_ state: DebuggerState) -> String? { nil }
}

extension Pane {
    /// The pane's room.
    var room: any PaneRoom {
        switch self {
        case .conversation: ConversationRoom()
        case .calls: CallsRoom()
        case .mask: MaskRoom()
        case .results: ResultsRoom()
        }
    }
}

extension Scroll {
    /// `3-20 of 64` where not all of it is shown.
    var range: String? {
        guard count > page, page > 0 else { return nil }
        return
            "\(Figure.count(offset + 1))-\(Figure.count(visible.upperBound)) of \(Figure.count(count))"
    }
}
