import Agent
import Terminal

/// What reaches the desk.
public enum DeskInput: Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted.
    case paste(String)
    /// The mouse did something.
    case mouse(Mouse)
    /// The terminal has another size.
    case resize(Size)
    /// A session has begun, or was taken up with these events.
    case opened(SessionRow, past: [Event])
    /// Something about one session.
    case session(String, Input)
    /// A line of the program's output, or of the proxy's own.
    case line(String)
    /// Nothing but time has passed.
    case tick
}

/// What the desk asks the program to do.
public enum DeskEffect: Sendable {
    /// Something for one session.
    case session(String, DebuggerEffect)
    /// Stop the program as the shell's job control does.
    case suspend
    /// Paint the whole screen anew.
    case redraw
    /// End the program.
    case quit
}

/// The sessions of a proxy: a list of them, and the four panes of the one that is open.
///
/// A value like the debugger's: inputs in, effects and a screen out.
public struct SessionDesk {
    var size: Size
    var now: Int64 = 0
    var rows: [SessionRow] = []
    /// The journal of the session on which the cursor stands.
    var selected: String?
    /// The journal of the session whose panes are shown.
    private(set) var open: String?
    /// The last lines of output.
    var log: [String] = []
    var list = Scroll()
    /// What to do while no session has come: the lines to paste.
    let instructions: [String]
    private var debuggers: [String: Debugger] = [:]
    /// What stands in front of the list.
    var front = DeskFront.none

    private static let logLimit = 2_000

    /// A desk without sessions.
    public init(size: Size, instructions: [String]) {
        self.size = size
        self.instructions = instructions
        settle()
    }

    /// The sessions in which calls wait besides the one that is open, and their calls.
    var waitingElsewhere: (sessions: Int, calls: Int) {
        let others = rows.filter { $0.journal != open && !$0.waiting.isEmpty }
        return (others.count, others.reduce(0) { $0 + $1.waiting.count })
    }

    /// Whether the program should send ``DeskInput/tick`` now and then.
    public var wantsTicks: Bool {
        rows.contains { !$0.waiting.isEmpty } || open.flatMap { debuggers[$0] }?.wantsTicks == true
    }

    /// Takes an input and says what the program shall do.
    public mutating func update(_ input: DeskInput, at time: Int64) -> [DeskEffect] {
        now = time
        defer { settle() }
        switch input {
        case .key(let key): return press(key)
        case .paste(let text):
            guard open == nil, case .command(var field) = front else { return pass(.paste(text)) }
            field.insert(text)
            front = .command(field)
        case .mouse(let mouse):
            guard open == nil else { return pass(.mouse(mouse)) }
            handle(mouse)
        case .resize(let size):
            self.size = size
            for journal in debuggers.keys { _ = debuggers[journal]?.update(.resize(size), at: now) }
        case .opened(var row, let past):
            for event in past { row.apply(event) }
            rows.append(row)
            settleUnderParent(rows.count - 1)
            selected = selected ?? row.journal
            debuggers[row.journal] = try? Debugger(size: size, resuming: past)
        case .session(let journal, let input):
            if case .events(let events) = input, let place = rows.firstIndex(where: { $0.journal == journal })
            {
                let hadOrigin = rows[place].origin != nil
                for event in events { rows[place].apply(event) }
                if !hadOrigin { settleUnderParent(place) }
            }
            return update(journal, input)
        case .line(let text):
            log.append(text)
            if log.count > SessionDesk.logLimit { log.removeFirst(SessionDesk.logLimit / 2) }
        case .tick: return pass(.tick)
        }
        return []
    }

    /// The screen, and where its cursor is.
    public func view() -> ScreenView {
        guard let open, let debugger = debuggers[open] else { return SessionListPainter.paint(self) }
        let view = debugger.view(size)
        let others = waitingElsewhere
        guard others.calls > 0, size.height > 2 else { return view }
        return ScreenView(
            canvas: SessionListPainter.marking(view.canvas, calls: others.calls, sessions: others.sessions),
            cursor: view.cursor)
    }

    /// Moves a subagent's row under that of the session whose call started it, after those that stand there.
    private mutating func settleUnderParent(_ place: Int) {
        guard let origin = rows[place].origin,
            let parent = rows.firstIndex(where: { $0.name == origin.session }), parent != place
        else { return }
        let row = rows.remove(at: place)
        let start = parent - (place < parent ? 1 : 0)
        let depth = depth(of: rows[start])
        var end = start + 1
        while end < rows.count, self.depth(of: rows[end]) > depth { end += 1 }
        rows.insert(row, at: end)
    }

    /// How many sessions stand above a subagent's, each started by a call of the one before.
    func depth(of row: SessionRow) -> Int {
        var depth = 0
        var origin = row.origin
        while let parent = origin.flatMap({ origin in rows.first { $0.name == origin.session } }), depth < 8 {
            depth += 1
            origin = parent.origin
        }
        return depth
    }

    private mutating func pass(_ input: Input) -> [DeskEffect] { open.map { update($0, input) } ?? [] }

    private mutating func update(_ journal: String, _ input: Input) -> [DeskEffect] {
        guard var debugger = debuggers[journal] else { return [] }
        let effects = debugger.update(input, at: now)
        debuggers[journal] = debugger
        return effects.compactMap { effect in
            switch effect {
            case .quit:
                open = nil
                return nil
            case .suspend: return .suspend
            case .redraw: return .redraw
            default: return .session(journal, effect)
            }
        }
    }

    private mutating func press(_ key: Key) -> [DeskEffect] {
        if let open {
            if debuggers[open]?.hasPanesInFront == true {
                switch key {
                case .character("W"):
                    showLongestWaiting()
                    return []
                case .character("q"):
                    self.open = nil
                    return []
                default: break
                }
            }
            return update(open, .key(key))
        }
        return pressInList(key)
    }

    /// Opens the session on which the cursor stands.
    mutating func openSelected() { open = selected }

    /// Moves the cursor, or the lines to paste where no session has come.
    mutating func move(by rows: Int) {
        guard let selected, let place = self.rows.firstIndex(where: { $0.journal == selected }) else {
            list.move(by: max(-list.count, min(rows, list.count)))
            return
        }
        let last = self.rows.count - 1
        self.selected = self.rows[max(0, min(place + max(-last, min(rows, last)), last))].journal
    }

    /// Opens the session whose call has waited longest.
    mutating func showLongestWaiting() {
        let waiting = rows.filter { $0.waitingSince != nil }
        guard let row = waiting.min(by: { ($0.waitingSince ?? 0) < ($1.waitingSince ?? 0) }) else { return }
        open = row.journal
        selected = row.journal
    }

    /// The question before quitting while calls wait, or why a command was not followed; `nil` where nothing is said.
    var word: String? {
        switch front {
        case .quitting:
            let calls = rows.reduce(0) { $0 + $1.waiting.count }
            return "\(Figure.amount(calls, "call")) would be denied; quit? y/n"
        case .refusal(let reason): return reason
        case .none, .help, .command: return nil
        }
    }

    private mutating func settle() {
        let height = SessionListPainter.listHeight(self)
        if rows.isEmpty {
            list.update(count: SessionListPainter.instructions(self).count, page: height)
        } else {
            list.update(count: rows.count, page: height)
        }
        if let place = rows.firstIndex(where: { $0.journal == selected }) { list.show(place) }
        if case .help(var scroll) = front {
            scroll.update(count: SessionListPainter.help(self).count, page: max(0, size.height - 2))
            front = .help(scroll)
        }
    }
}
