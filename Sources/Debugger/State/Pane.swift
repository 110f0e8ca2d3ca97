/// The four panes, in the order of their keys.
enum Pane: Int, Sendable, Hashable, CaseIterable {
    case conversation
    case calls
    case mask
    case results

    /// The name in the pane's title and on the command line.
    var name: String {
        switch self {
        case .conversation: "conversation"
        case .calls: "calls"
        case .mask: "mask"
        case .results: "results"
        }
    }

    /// The digit that moves the focus there.
    var digit: String { String(rawValue + 1) }

    /// The pane some places further, in a ring.
    func moved(by places: Int) -> Pane {
        let count = Pane.allCases.count
        return Pane(rawValue: ((rawValue + places) % count + count) % count) ?? self
    }
}

/// Which pane has the keys, and whether it has the whole screen.
struct Focus: Sendable, Hashable {
    var pane = Pane.conversation
    var isZoomed = false
}
