import Agent
import Terminal

/// The conversation laid out: all of a short one, of a long one the messages around those on the screen.
///
/// A message is wrapped once for each width and standing of its calls, so that a key costs what is new on the screen.
struct ConversationFrame: Sendable {
    /// Messages up to which a conversation is laid out whole.
    static let mostWhole = 150

    /// The lines of the messages that are laid out, and what follows the last one.
    private(set) var lines: [StyledText] = []
    /// The messages that are laid out, by their place among those that are listed.
    private(set) var messages = 0..<0
    /// How many messages are listed.
    private(set) var total = 0
    /// Whether all of them are laid out.
    var isWhole: Bool { messages.count == total }
    /// The line at which each of those messages begins.
    private var starts: [Int] = []
    private var width = 0
    private var blocks: [Int: Block] = [:]

    private struct Block {
        let message: Message
        let marks: [String]
        let lines: [StyledText]
    }

    /// Lays out what a pane of that size shows, and moves its scroll along with it.
    ///
    /// - Parameter listed: the places of the messages to show; a filter leaves some out.
    mutating func layOut(
        _ state: RunState, listed: [Int], trail: TokenTrail?, size: Size, _ pane: inout TextPane
    ) {
        if width != size.width { blocks = [:] }
        width = size.width
        total = listed.count
        var layout = Layout(state: state, listed: listed, width: width, known: blocks)
        let whole = total <= ConversationFrame.mostWhole
        messages = whole ? 0..<total : layout.window(page: max(1, size.height), &pane)
        if whole { pane.first = 0 }
        lines = []
        starts = []
        for index in messages {
            starts.append(lines.count)
            if index > 0 { lines.append(StyledText()) }
            lines += layout.block(index).lines
        }
        if messages.upperBound == total {
            lines += ConversationPane.tail(
                state, trail: trail, width: width, isFirst: lines.isEmpty,
                left: state.messages.count - listed.count)
        }
        blocks = layout.used
        pane.scroll.update(count: lines.count, page: size.height)
        if pane.followsEnd { pane.scroll.move(to: .max) }
    }

    /// The messages on the screen of how many, in words; `nil` where all are laid out.
    func messagesShown(_ scroll: Scroll) -> String? {
        guard messages.count < total, !starts.isEmpty else { return nil }
        let first = max(0, starts.firstIndex(above: scroll.offset) - 1) + messages.lowerBound
        let last = max(0, starts.firstIndex(above: scroll.visible.upperBound - 1) - 1) + messages.lowerBound
        return "\(Figure.count(first + 1))-\(Figure.count(last + 1)) of \(Figure.count(total))"
    }

    private struct Layout {
        let state: RunState
        let listed: [Int]
        let width: Int
        let known: [Int: Block]
        var used: [Int: Block] = [:]
        /// How many calls the messages before each one ask for.
        let asked: [Int]

        init(state: RunState, listed: [Int], width: Int, known: [Int: Block]) {
            self.state = state
            self.listed = listed
            self.width = width
            self.known = known
            var asked: [Int] = []
            var sum = 0
            for message in state.messages {
                asked.append(sum)
                if case .assistant(let answer) = message { sum += answer.calls.count }
            }
            self.asked = asked
        }

        /// The lines of the message at a place in the list.
        mutating func block(_ place: Int) -> Block {
            let index = listed[place]
            if let block = used[index] { return block }
            let message = state.messages[index]
            var marks: [String] = []
            if case .assistant(let answer) = message {
                marks = answer.calls.indices.map { position in
                    state.calls.element(asked[index] + position).map { $0.sign + $0.statusWord } ?? ""
                }
            }
            if let block = known[index], block.marks == marks, block.message == message {
                used[index] = block
                return block
            }
            let lines = ConversationPane.lines(
                of: message, state, firstCall: asked[index], width: width)
            let block = Block(message: message, marks: marks, lines: lines)
            used[index] = block
            return block
        }

        private mutating func height(_ index: Int) -> Int { block(index).lines.count + (index > 0 ? 1 : 0) }

        /// The messages to lay out of a long conversation: some pages around the one that is shown.
        mutating func window(page: Int, _ pane: inout TextPane) -> Range<Int> {
            let total = listed.count
            if pane.followsEnd {
                var (first, lines) = (total, 0)
                while first > 0, lines < 4 * page {
                    first -= 1
                    lines += height(first)
                }
                pane.first = first
                return first..<total
            }
            var first = min(pane.first, total - 1)
            var offset = pane.scroll.offset
            var moved = 0
            while first > 0, offset < 2 * page {
                first -= 1
                offset += height(first)
                moved += height(first)
            }
            while offset > 6 * page, first < total - 1, offset - height(first) > 4 * page {
                offset -= height(first)
                moved -= height(first)
                first += 1
            }
            var (end, lines) = (first, 0)
            while end < total, lines < offset + 4 * page {
                lines += height(end)
                end += 1
            }
            pane.first = first
            pane.match = pane.match.map { $0 + moved }
            pane.scroll = Scroll(count: max(lines, offset + page), page: page, offset: offset)
            return first..<end
        }
    }
}
