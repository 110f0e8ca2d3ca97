import Agent
import Terminal

/// A rendered prompt as the model reads it: whose each stretch is, what it costs, what was in the cache.
struct PromptDocument {
    private let request: RequestRecord
    private var text: TextLines
    private var line = StyledText()

    /// What is told of a prompt whose stretches are known.
    static func lines(_ request: RequestRecord, width: Int) -> [StyledText] {
        var document = PromptDocument(request: request, text: TextLines(width: width))
        document.addCosts()
        document.addText()
        return document.text.lines
    }

    /// A prompt's stretches are known where they make up its text.
    static func isKnown(_ request: RequestRecord) -> Bool {
        !request.shares.isEmpty
            && request.shares.allSatisfy { (0...request.text.utf8.count).contains($0.bytes) }
            && request.shares.reduce(0) { $0 + $1.bytes } == request.text.utf8.count
    }

    private static func name(_ owner: PromptShare.Owner) -> String {
        switch owner {
        case .template: "the template"
        case .message(let position, let role): "message \(position + 1), \(role)"
        case .tool(let name): "tool \(name)"
        }
    }

    private mutating func addCosts() {
        var owners: [PromptShare.Owner] = []
        var costs: [PromptShare.Owner: Int] = [:]
        for share in request.shares {
            if costs[share.owner] == nil { owners.append(share.owner) }
            costs[share.owner, default: 0] += share.tokens
        }
        let total = max(1, costs.values.reduce(0, +))
        let names = min(34, owners.map { SafeText(PromptDocument.name($0)).width }.max() ?? 0)
        for owner in owners {
            let cost = costs[owner] ?? 0
            let bar = String(repeating: "█", count: (cost * 16 + total / 2) / total)
            text.add(
                StyledText(PromptDocument.name(owner), Theme.label).fitted(to: names + 1)
                    + StyledText(Figure.count(cost)).fitted(to: 8, alignment: .right) + TextLines.space(1)
                    + StyledText(bar, Theme.barBefore))
        }
    }

    /// The text, special tokens in brackets of their own, a rule where the cached prefix ends.
    private mutating func addText() {
        text.heading("as the model reads it: ⟦special tokens⟧ come from the template alone")
        let bytes = Array(request.text.utf8)
        var (offset, tokens) = (0, 0)
        var owner: PromptShare.Owner?
        let cached = request.cachedTokens ?? 0
        var isCached = cached > 0
        for share in request.shares {
            if isCached, tokens + share.tokens > cached {
                isCached = false
                flush()
                let rest = cached - tokens
                let within = rest > 0 ? ", and \(rest) of the \(share.tokens) that follow" : ""
                text.add(
                    "── \(Figure.amount(tokens, "token")) above\(within): in the KV cache; the rest is read now ──",
                    Theme.attention)
            }
            if share.owner != owner {
                flush()
                owner = share.owner
                text.add("▸ " + PromptDocument.name(share.owner), Theme.faint)
            }
            let end = min(bytes.count, offset + share.bytes)
            let shown = SafeText(bytes: bytes[offset..<end])
            if share.isSpecial {
                put(SafeText("⟦") + shown + SafeText("⟧"), Theme.key)
            } else {
                put(shown, .plain)
            }
            (offset, tokens) = (end, tokens + share.tokens)
        }
        flush()
    }

    private mutating func flush() {
        if line.width > 0 { text.add(line) }
        line = StyledText()
    }

    private mutating func put(_ shown: SafeText, _ style: Style) {
        var glyphs: [Glyph] = []
        var column = line.width
        for glyph in shown.glyphs {
            let isFull = column + glyph.width > text.width
            if glyph.kind == .newline || isFull {
                line.append(SafeText(glyphs: glyphs), style)
                text.add(line)
                (line, glyphs, column) = (StyledText(), [], 0)
                if glyph.kind == .newline { continue }
            }
            glyphs.append(glyph)
            column += glyph.width
        }
        line.append(SafeText(glyphs: glyphs), style)
    }
}
