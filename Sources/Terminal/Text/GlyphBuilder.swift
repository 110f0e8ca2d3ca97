/// Turns scalars, one after the other, into glyphs that are safe to draw.
///
/// Clusters are a base and its marks, which is what a curses cell can hold; joined emoji are not formed, since
/// terminals do not agree on their width, and so the joiner is visible.
struct GlyphBuilder {
    private(set) var glyphs: [Glyph] = []
    private var offset = 0
    private var base: Base?
    /// Index of the first glyph of a presentation selector's stand-in after a digit: a keycap may follow.
    private var keycapSelector: Int?

    /// The glyph that marks may still join: its scalar and how many marks it has.
    private struct Base {
        let scalar: Unicode.Scalar
        var marks = 0
        var last: Unicode.Scalar
    }

    private static let mostMarks = 4
    private static let asciiTexts = (UInt8(0)..<128).map { String(Unicode.Scalar($0)) }

    init(capacity: Int) { glyphs.reserveCapacity(capacity) }

    /// Whether what comes next depends on nothing that came before.
    var isFresh: Bool { base == nil && keycapSelector == nil }

    mutating func append(_ scalar: Unicode.Scalar) {
        let source = offset..<offset + UTF8.width(scalar)
        offset = source.upperBound
        if scalar == "\n" || scalar == "\t" {
            end()
            glyphs.append(
                Glyph(
                    scalar == "\n" ? "\n" : "\t", width: 0, kind: scalar == "\n" ? .newline : .tab,
                    source: source))
            return
        }
        let characterClass = CharacterClass(scalar)
        switch characterClass {
        case .narrow, .wide:
            if (0x1F3FB...0x1F3FF).contains(scalar.value), let base,
                base.scalar.properties.isEmojiModifierBase
            {
                standIn(StandIn.text(for: scalar), source: source)
                return
            }
            let text = scalar.isASCII ? GlyphBuilder.asciiTexts[Int(scalar.value)] : String(scalar)
            glyphs.append(Glyph(text, width: characterClass.width, source: source))
            base = scalar == " " || scalar == "\u{3000}" ? nil : Base(scalar: scalar, last: scalar)
            keycapSelector = nil
        case .mark:
            if !join(scalar, source: source) { standIn(StandIn.text(for: scalar), source: source) }
        case .hidden:
            if !joinSelector(scalar, source: source) { standIn(StandIn.text(for: scalar), source: source) }
        }
    }

    mutating func append(invalid bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        let source = offset..<offset + bytes.count
        offset = source.upperBound
        standIn(StandIn.text(forInvalid: bytes), source: source)
    }

    /// Puts a mark over the glyph before it, where there is one that may bear it.
    private mutating func join(_ mark: Unicode.Scalar, source: Range<Int>) -> Bool {
        if mark == "\u{20E3}", let selector = keycapSelector {
            glyphs.removeSubrange(selector...)
            keycapSelector = nil
            glyphs[selector - 1] = glyphs[selector - 1].extended(with: mark, to: source.upperBound)
            return true
        }
        guard let base, base.marks < GlyphBuilder.mostMarks, let index = glyphs.indices.last else {
            return false
        }
        if mark.isHangulVowelOrFinal && !base.last.isHangulJamo { return false }
        glyphs[index] = glyphs[index].extended(with: mark, to: source.upperBound)
        self.base?.marks += 1
        self.base?.last = mark
        return true
    }

    /// Takes a presentation selector into the emoji before it, whose look it would only change.
    private mutating func joinSelector(_ scalar: Unicode.Scalar, source: Range<Int>) -> Bool {
        guard scalar == "\u{FE0E}" || scalar == "\u{FE0F}", let base, base.last == base.scalar,
            base.scalar.properties.isEmoji, let index = glyphs.indices.last,
            glyphs[index].source.count == UTF8.width(base.scalar)
        else { return false }
        if base.scalar.isASCII {
            standIn(StandIn.text(for: scalar), source: source)
            keycapSelector = index + 1
        } else {
            glyphs[index] = glyphs[index].extended(with: nil, to: source.upperBound)
        }
        return true
    }

    private mutating func standIn(_ text: String, source: Range<Int>) {
        end()
        for character in text {
            glyphs.append(Glyph(String(character), width: 1, kind: .standIn, source: source))
        }
    }

    private mutating func end() {
        base = nil
        keycapSelector = nil
    }
}

extension Unicode.Scalar {
    fileprivate var isHangulVowelOrFinal: Bool {
        (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value)
    }

    fileprivate var isHangulJamo: Bool {
        (0x1100...0x11FF).contains(value) || (0xA960...0xA97C).contains(value) || isHangulVowelOrFinal
    }
}
