/// The text written so far, as far as keywords that need a closed value's text can look back.
///
/// Kept only for grammars that have such keywords; empty otherwise.
struct Trail {
    /// The text since the outermost open value began.
    var bytes: [UInt8] = []
    /// Where each open value begins in `bytes`, the outermost first.
    var starts: [Int32] = []
}

extension Automaton {
    /// How many values are open in a configuration.
    private func depth(_ id: Int32) -> Int {
        let here = configuration(id)
        let depth = Int(frame(here.frame).depth)
        switch here.place {
        case .string, .number, .literal: return depth + 1
        default: return depth
        }
    }

    /// The configuration after one byte, with what only the text decides looked up in the trail.
    func follow(_ id: Int32, _ byte: UInt8, _ trail: inout Trail) -> Int32 {
        var target = step(id, byte)
        if !readsText || target < 0 { return foreseen(id, byte, target) }
        trail.bytes.append(byte)
        target = foreseen(id, byte, settle(target, byte, trail))
        if target < 0 { return target }
        keepStarts(&trail, depth(target))
        return target
    }

    /// Brings the starts of open values in line with the depth after the byte just appended.
    private func keepStarts(_ trail: inout Trail, _ depth: Int) {
        if depth > trail.starts.count {
            trail.starts.append(Int32(trail.bytes.count - 1))
        } else if depth < trail.starts.count {
            trail.starts.removeLast(trail.starts.count - depth)
        }
        if depth == 0 { trail.bytes.removeAll(keepingCapacity: true) }
    }

    /// Resolves what the byte just appended has closed.
    func settle(_ id: Int32, _ byte: UInt8, _ trail: Trail) -> Int32 {
        var target = id
        while target >= 0, configuration(target).place == .resolve {
            let here = configuration(target)
            let resolution = Resolution(rawValue: here.b) ?? .closed
            let depth = Int(frame(here.frame).depth)
            let isItem = resolution == .itemClosed || resolution == .numberItemEnded
            let index = isItem ? depth - 1 : depth
            guard trail.starts.indices.contains(index) else { return Automaton.dead }
            let behind = resolution == .numberEnded || resolution == .numberItemEnded
            var text = Array(trail.bytes[Int(trail.starts[index])..<(trail.bytes.count - (behind ? 1 : 0))])
            if isItem { text.append(UInt8(ascii: "]")) }
            target = resolve(target, text)
            // A number's end may itself close an item whose array compares items.
            if behind, target >= 0 {
                if configuration(target).place == .resolve {
                    var waiting = configuration(target)
                    waiting.b = Resolution.numberItemEnded.rawValue
                    target = intern(waiting)
                } else {
                    target = step(target, byte)
                }
            }
        }
        return target
    }
}
