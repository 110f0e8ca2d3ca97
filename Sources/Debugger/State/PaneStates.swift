import Agent
import Terminal

/// A pane that is one long text.
struct TextPane: Sendable {
    var scroll = Scroll()
    /// Whether the end is kept in view while the text grows.
    var followsEnd = true
    /// The line of the match that was gone to last.
    var match: Int?
    /// Of a long conversation, the first message that is laid out; the scroll counts lines from there.
    var first = 0
}

/// A pane with a list of calls and the selected one in full below it.
struct CallListPane: Sendable {
    /// The call that the person or an event has selected; the last one where there is none.
    var selected: CallKey?
    var list = Scroll()
    var detail = Scroll()
    /// The line of the detail that holds the match that was gone to last.
    var match: Int?

    /// Selects a call and shows its detail from the top.
    mutating func select(_ key: CallKey) {
        guard key != selected else { return }
        selected = key
        match = nil
        detail.move(to: 0)
    }
}

/// The table of candidates at one token.
struct MaskPane: Sendable {
    /// Which rows are shown.
    enum Filter: String, Sendable, CaseIterable {
        case all
        case allowed
        case masked
        case forced
    }

    /// The order of the rows.
    enum Order: String, Sendable, CaseIterable {
        case logit
        case id
    }

    /// What decides which rows there are.
    struct View: Sendable, Hashable {
        var filter = Filter.all
        var order = Order.logit
    }

    var view = View()
    /// The selected row among those shown; the chosen token's where there is none.
    var row: Int?
    var rows = Scroll()

    var filter: Filter {
        get { view.filter }
        set { view.filter = newValue }
    }

    var order: Order {
        get { view.order }
        set { view.order = newValue }
    }
}
