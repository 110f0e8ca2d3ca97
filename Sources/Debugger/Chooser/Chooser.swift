import Terminal

/// A list to choose one thing from: a value that takes keys, says what was chosen, and shows itself.
public struct Chooser: Sendable {
    /// One thing to choose.
    public struct Item: Sendable, Hashable {
        /// What is told when it is chosen.
        public let id: String
        let title: String
        let note: String
        let about: String

        /// An item.
        ///
        /// - Parameters:
        ///   - note: a few words at the right.
        ///   - about: what is shown below the list while it is selected.
        public init(id: String, title: String, note: String = "", about: String = "") {
            self.id = id
            self.title = title
            self.note = note
            self.about = about
        }
    }

    /// What the chooser asks the program to do.
    public enum Effect: Sendable, Hashable {
        /// Go on with the item of that ID.
        case choose(String)
        /// Stop the program as the shell's job control does.
        case suspend
        /// Paint the whole screen anew.
        case redraw
        /// Go away without a choice.
        case quit
    }

    /// What is said over the list.
    private struct Heading {
        let title: String
        let lines: [String]
    }

    /// What the keys do.
    private enum Mode {
        case list
        /// The filter is written.
        case writing
        /// The keys are shown in the place of the list.
        case keys
    }

    private let heading: Heading
    let items: [Item]
    var size: Size
    private let palette: Palette
    /// The place of the selected item among those that match.
    private(set) var selected = 0
    /// What the titles must have in them, while it is being written or holds.
    private var filter: TextField?
    private var mode = Mode.list
    private var scroll = Scroll()

    /// A list.
    public init(
        title: String, head: [String] = [], items: [Item], size: Size, settings: Settings = .standard
    ) {
        heading = Heading(title: title, lines: head)
        self.items = items
        self.size = size
        palette = settings.palette
        settle()
    }

    /// The items that match what is looked for.
    var shown: [Item] {
        guard let text = filter?.text.lowercased(), !text.isEmpty else { return items }
        return items.filter { "\($0.title) \($0.note)".lowercased().contains(text) }
    }

    /// Takes a key.
    public mutating func press(_ key: Key) -> Effect? {
        defer { settle() }
        if mode == .writing { return write(key) }
        if mode == .keys, key != .control("z"), key != .control("l") {
            mode = .list
            return nil
        }
        switch key {
        case .up, .character("k"): selected -= 1
        case .down, .character("j"), .tab: selected += 1
        case .pageUp: selected -= max(1, scroll.page - 1)
        case .pageDown, .character(" "): selected += max(1, scroll.page - 1)
        case .home, .character("g"): selected = 0
        case .end, .character("G"): selected = items.count
        case .enter, .right: return shown.element(selected).map { .choose($0.id) }
        case .character("/"):
            filter = filter ?? TextField()
            mode = .writing
        case .escape where filter != nil: filter = nil
        case .escape, .character("q"), .control("c"): return .quit
        case .control("z"): return .suspend
        case .control("l"): return .redraw
        case .character("?"): mode = .keys
        default:
            guard let digit = key.typed.flatMap({ Int(String($0)) }), digit > 0, digit <= min(9, shown.count)
            else { return nil }
            return .choose(shown[digit - 1].id)
        }
        return nil
    }

    private mutating func write(_ key: Key) -> Effect? {
        switch key {
        case .enter, .down: mode = .list
        case .escape, .control("c"): (filter, mode) = (nil, .list)
        default:
            _ = filter?.handle(key)
            selected = 0
        }
        return nil
    }

    /// Takes a click, or a turn of the wheel.
    public mutating func handle(_ mouse: Mouse) -> Effect? {
        defer { settle() }
        switch mouse.action {
        case .press(.left):
            let row = mouse.point.y - listArea.minY
            guard row >= 0, row < listArea.height, row + scroll.offset < shown.count else { return nil }
            if selected == row + scroll.offset { return .choose(shown[selected].id) }
            selected = row + scroll.offset
        case .wheelUp: selected -= 3
        case .wheelDown: selected += 3
        default: break
        }
        return nil
    }

    /// Takes another size of the screen.
    public mutating func resize(to size: Size) {
        self.size = size
        settle()
    }

    private mutating func settle() {
        selected = max(0, min(selected, shown.count - 1))
        scroll.update(count: shown.count, page: listArea.height)
        scroll.show(selected, margin: 1)
    }

    /// What is inside of the frame, or the screen between its first and its last line.
    private var body: Rect {
        let (_, rest) = Rect(size: size).split(top: size.height > 2 ? 1 : 0)
        let area = rest.split(bottom: size.height > 1 ? 1 : 0).rest
        return area.width >= 40 && area.height >= 8 ? area.inset(horizontally: 2, vertically: 1) : area
    }

    private var headLines: [StyledText] {
        var text = TextLines(width: max(1, body.width))
        for line in heading.lines { text.wrap(SafeText(line), .plain) }
        return text.lines
    }

    private var headHeight: Int {
        let count = headLines.count
        return heading.lines.isEmpty || body.height < items.count + 6 + count ? 0 : count + 1
    }

    private var listArea: Rect {
        let rest = body.split(top: headHeight).rest
        return rest.split(bottom: rest.height >= 8 ? 4 : 0).rest
    }

    /// The screen, and where its cursor is.
    public func view() -> ScreenView {
        var canvas = Canvas(size)
        canvas.put(
            StyledText(" \(heading.title)", Theme.titleState).fitted(to: size.width), at: .zero,
            maxWidth: size.width)
        if size.height > 2 {
            canvas.restyle(Rect(x: 0, y: 0, width: size.width, height: 1)) { $0.adding(.reverse) }
        }
        if mode == .keys {
            paintKeys(on: &canvas)
            palette.apply(to: &canvas)
            return ScreenView(canvas: canvas, cursor: nil)
        }
        for (row, line) in headLines.enumerated() where row < headHeight {
            canvas.put(line, at: Point(body.minX, body.minY + row), maxWidth: body.width)
        }
        let (area, shown) = (listArea, shown)
        let digits = shown.count <= 9
        for (row, index) in scroll.visible.enumerated() where row < area.height {
            let item = shown[index]
            let isSelected = index == selected
            var line = StyledText(isSelected ? "▸ " : "  ", Theme.chosen)
            if digits { line.append("\(index + 1)  ", Theme.key) }
            line.append(item.title, isSelected ? Theme.chosen : .plain)
            // The title is told whole before the note is told at all.
            let told = StyledText(item.note.isEmpty ? "" : "  \(item.note)", Theme.faint)
            let note = line.width + told.width <= area.width ? told : StyledText()
            let room = area.width - note.width
            let y = area.minY + row
            canvas.put(line.truncated(to: room), at: Point(area.minX, y), maxWidth: room)
            canvas.put(
                note.truncated(to: area.width - room), at: Point(area.minX + room, y),
                maxWidth: area.width - room)
            if isSelected {
                canvas.restyle(Rect(x: area.minX, y: y, width: area.width, height: 1)) { $0.adding(.reverse) }
            }
        }
        if shown.isEmpty {
            canvas.put(StyledText("nothing matches", Theme.faint), at: area.origin, maxWidth: area.width)
        }
        paintAbout(on: &canvas)
        let cursor = paintBottom(on: &canvas)
        palette.apply(to: &canvas)
        return ScreenView(canvas: canvas, cursor: cursor)
    }

    private static let keys = [
        ("enter, →", "open what is selected"), ("1 to 9", "open that one"), ("↑ ↓, k j", "move"),
        ("PgUp PgDn", "move by a page"), ("g G", "to the first, to the last"),
        ("/", "show only what has a text in it; esc shows all"), ("ctrl-l", "paint the screen anew"),
        ("ctrl-z", "stop the program; fg goes on"), ("q, esc", "leave"),
    ]

    private func paintKeys(on canvas: inout Canvas) {
        for (row, (key, words)) in Chooser.keys.enumerated() where row < body.height {
            let line = StyledText(key, Theme.key).fitted(to: 12) + StyledText(words)
            canvas.put(
                line.truncated(to: body.width), at: Point(body.minX, body.minY + row), maxWidth: body.width)
        }
        let hint = StyledText(" any key", Theme.key) + StyledText(" closes", .plain)
        canvas.put(hint.truncated(to: size.width), at: Point(0, size.height - 1), maxWidth: size.width)
    }

    private func paintAbout(on canvas: inout Canvas) {
        let area = body.split(top: headHeight).rest
        guard area.height >= 8, let item = shown.element(selected) else { return }
        var text = TextLines(width: area.width)
        text.wrap(SafeText(item.about), Theme.label)
        for (row, line) in text.lines.prefix(3).enumerated() {
            canvas.put(line, at: Point(area.minX, area.maxY - 3 + row), maxWidth: area.width)
        }
    }

    private func paintBottom(on canvas: inout Canvas) -> Point? {
        guard size.height > 1 else { return nil }
        let y = size.height - 1
        if mode == .writing, let filter {
            let label = StyledText(" search: ", Theme.key)
            canvas.put(label, at: Point(0, y), maxWidth: size.width)
            let (text, column) = filter.window(width: max(1, size.width - label.width))
            canvas.put(text, at: Point(label.width, y), maxWidth: max(0, size.width - label.width))
            return Point(min(size.width - 1, label.width + column), y)
        }
        var line = StyledText(" ")
        for (key, word) in [("enter", "open"), ("↑↓", "move"), ("/", "search"), ("?", "keys"), ("q", "quit")]
        {
            line.append(key, Theme.key)
            line.append(" \(word)   ")
        }
        if let filter, !filter.text.isEmpty {
            line.append("only '\(filter.text)', esc shows all", Theme.faint)
        }
        canvas.put(line.truncated(to: size.width), at: Point(0, y), maxWidth: size.width)
        return nil
    }
}
