import Terminal

/// What can be typed on the command line, listed over it as it is typed.
struct OfferList {
    /// One thing that could stand there.
    struct Offer: Sendable, Hashable {
        /// The line with it.
        let line: String
        /// How it is written, with its argument.
        let usage: String
        let title: String
        let keys: String
    }

    private let offers: [Offer]
    private let chosen: Int?
    private static let most = 12

    init(_ prompt: Prompt, _ state: DebuggerState) {
        offers = state.offers(for: prompt.completions.isEmpty ? prompt.field.text : prompt.typed)
        chosen = prompt.completions.isEmpty ? nil : prompt.chosen
    }

    /// Draws the list over the bottom line; a low screen keeps half of its rows.
    func paint(with painter: inout ScreenPainter) {
        let size = painter.canvas.size
        let height = min(offers.count, OfferList.most, max(0, size.height / 2 - 1))
        guard height > 0, size.width >= 4 else { return }
        var scroll = Scroll(count: offers.count, page: height)
        if let chosen { scroll.show(chosen, margin: 1) }
        let area = Rect(x: 0, y: size.height - 2 - height, width: size.width, height: height + 1)
        painter.canvas.fill(area)
        painter.canvas.horizontalLine(from: area.origin, length: area.width, style: Theme.frame)
        var head = StyledText(" \(Figure.amount(offers.count, "match", "matches")) ", Theme.label)
        if let range = scroll.range { head.append("\(range) ", Theme.faint) }
        head.append("· Tab completes · Enter runs ", Theme.faint)
        painter.canvas.put(
            head.truncated(to: max(0, size.width - 4)), at: Point(2, area.minY), maxWidth: size.width - 4)
        let usage = min(
            size.width / 2, (offers.map { SafeText($0.usage).width }.max() ?? 0) + 2)
        for (row, index) in scroll.visible.enumerated() {
            let offer = offers[index]
            let isChosen = index == chosen
            var line = StyledText(isChosen ? "▸" : " ", Theme.chosen)
            line = line + StyledText(offer.usage, isChosen ? Theme.titleState : Theme.key).fitted(to: usage)
            line.append(offer.title)
            let keys = StyledText(offer.keys.isEmpty ? "" : " \(offer.keys) ", Theme.faint)
            let room = max(0, size.width - keys.width)
            let y = area.minY + 1 + row
            painter.canvas.put(line.truncated(to: room), at: Point(0, y), maxWidth: room)
            painter.canvas.put(keys, at: Point(room, y), maxWidth: size.width - room)
        }
    }
}
