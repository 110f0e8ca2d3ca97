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

    let title: String
    /// Lines over the list.
    let head: [String]
    let items: [Item]
    var size: Size
    private let palette: Palette
    /// The place of the selected item among those that match.
    private(set) var selected = 0
    /// What the titles must have in them, while it is being written or holds.
    private var filter: TextField?
    private var isWriting = false
    private var scroll = Scroll()

    /// A list.
    public init(
        title: String, head: [String] = [], items: [Item], size: Size, settings: Settings = .standard
    ) {
        self.title = title
        self.head = head
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
        if isWriting { return write(key) }
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
            isWriting = true
        case .escape where filter != nil: filter = nil
        case .escape, .character("q"), .control("c"): return .quit
        case .control("z"): return .suspend
        case .control("l"): return .redraw
        default:
            guard let digit = key.typed.flatMap({ Int(String($0)) }), digit > 0, digit <= min(9, shown.count)
            else { return nil }
            return .choose(shown[digit - 1].id)
        }
        return nil
    }

    private mutating func write(_ key: Key) -> Effect? {
        switch key {
        case .enter, .down: isWriting = false
        case .escape, .control("c"): (filter, isWriting) = (nil, false)
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

    private var headHeight: Int { head.isEmpty || body.height < items.count + 8 ? 0 : head.count + 1 }

    private var listArea: Rect {
        let rest = body.split(top: headHeight).rest
        return rest.split(bottom: rest.height >= 8 ? 4 : 0).rest
    }

    /// The screen, and where its cursor is.
    public func view() -> ScreenView {
        var canvas = Canvas(size)
        canvas.put(
            StyledText(" \(title)", Theme.titleState).fitted(to: size.width), at: .zero, maxWidth: size.width)
        if size.height > 2 {
            canvas.restyle(Rect(x: 0, y: 0, width: size.width, height: 1)) { $0.adding(.reverse) }
        }
        for (row, line) in head.enumerated() where row < headHeight {
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
        if isWriting, let filter {
            let label = StyledText(" search: ", Theme.key)
            canvas.put(label, at: Point(0, y), maxWidth: size.width)
            let (text, column) = filter.window(width: max(1, size.width - label.width))
            canvas.put(text, at: Point(label.width, y), maxWidth: max(0, size.width - label.width))
            return Point(min(size.width - 1, label.width + column), y)
        }
        var line = StyledText(" ")
        for (key, word) in [("enter", "open"), ("↑↓", "move"), ("/", "search"), ("q", "quit")] {
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
