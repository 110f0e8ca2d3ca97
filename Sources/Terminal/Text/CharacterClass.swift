/// What a Unicode scalar does to a row of cells.
///
/// The table is Callgate's own, generated once from Unicode 14 (the version of glibc 2.36) by
/// `Scripts/character-classes.py`, because a screen must be the same on every machine: libc's opinion changes
/// with its version, and Swift's with the toolchain. A scalar that the table does not know is ``hidden`` and
/// shows as a stand-in. Where libc, and with it ncurses, measures a scalar differently, the curses screen paints
/// a marker of the table's width instead, so that a row never shifts.
enum CharacterClass: UInt8, Sendable, Hashable {
    /// One column: UAX #11 narrow, neutral, halfwidth and ambiguous.
    case narrow
    /// Two columns: UAX #11 wide and fullwidth.
    case wide
    /// Drawn over the scalar before it: nonspacing and enclosing marks, and the vowels and finals of Hangul.
    case mark
    /// Must not reach the terminal as itself: controls, format characters, private use, unassigned code points,
    /// default-ignorable ones, spaces that look like U+0020 and are not, and U+2039, which opens a stand-in.
    case hidden

    /// The class of a scalar.
    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if value >= 0x20 && value < 0x7F {
            self = .narrow
            return
        }
        var low = 0
        var high = characterClassSteps.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if characterClassSteps[middle] >> 3 <= value { low = middle } else { high = middle }
        }
        self = CharacterClass(rawValue: UInt8(characterClassSteps[low] & 7)) ?? .hidden
    }

    /// Columns taken by a scalar of this class that stands on its own.
    var width: Int {
        switch self {
        case .narrow: 1
        case .wide: 2
        case .mark, .hidden: 0
        }
    }
}
