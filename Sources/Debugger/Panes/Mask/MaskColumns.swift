import Terminal

/// The columns of the candidates' table at a width; what does not fit is left out, the least telling first.
struct MaskColumns: Sendable, Hashable {
    /// Columns of the sign before a row.
    static let sign = 2
    /// Columns of a percentage and the space after it.
    static let percent = 8

    private(set) var rank = 5
    private(set) var token = 10
    private(set) var id = 0
    private(set) var logit = 8
    private(set) var bar = 0
    private(set) var hasBefore = true
    private(set) var hasAfter = true
    private(set) var note = 7

    init(width: Int, isPartial: Bool, isUnknown: Bool = false) {
        hasAfter = !isPartial
        if isUnknown { (logit, hasBefore, hasAfter) = (0, false, false) }
        if used > width { note = 0 }
        if used > width { rank = 0 }
        if used > width { logit = 0 }
        if used > width { hasBefore = false }
        if used > width { hasAfter = false }
        if used > width { token = max(0, width - MaskColumns.sign) }
        var left = width - used
        guard left > 0 else { return }
        let bars = (hasBefore ? 1 : 0) + (hasAfter ? 1 : 0)
        if bars > 0, left >= 4 * bars {
            bar = min(14, max(4, left / (2 * bars + 2)))
            left -= bar * bars
        }
        if left >= 24 {
            id = 8
            left -= 8
        }
        let wider = min(14, left / 3)
        token += wider
        note = note > 0 || left > wider ? note + left - wider : 0
    }

    /// What there is for the reason of a masked row: the note, and the bar that such a row has not.
    var reason: Int { note + (hasAfter ? bar : 0) }

    private var used: Int {
        MaskColumns.sign + rank + token + id + logit + (hasBefore ? MaskColumns.percent + bar : 0)
            + (hasAfter ? MaskColumns.percent + bar : 0) + note
    }
}
