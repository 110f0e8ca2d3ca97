/// The text written so far, as far as keywords that need a closed value's text can look back.
///
/// Kept only for grammars that have such keywords; empty otherwise.
struct Trail {
    /// The text since the outermost open value began.
    var bytes: [UInt8] = []
    /// Where each open value begins in `bytes`, the outermost first.
    var starts: [Int32] = []
}

extension Transitions {
    /// How many values are open in a configuration.
    func depth(_ id: Int32) -> Int {
        let here = configuration(id)
        let depth = Int(frame(here.frame).depth)
        switch here.place {
        case .string, .number, .literal: return depth + 1
        default: return depth
        }
    }

    /// Brings the starts of open values in line with the depth after the byte just appended.
    func keepStarts(_ trail: inout Trail, _ depth: Int) {
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
            let resolution = here.resolution
            let depth = Int(frame(here.frame).depth)
            let isItem = resolution == .itemClosed || resolution == .numberItemEnded
            let index = isItem ? depth - 1 : depth
            guard trail.starts.indices.contains(index) else { return Configuration.dead }
            let behind = resolution == .numberEnded || resolution == .numberItemEnded
            var text = Array(trail.bytes[Int(trail.starts[index])..<(trail.bytes.count - (behind ? 1 : 0))])
            if isItem { text.append(UInt8(ascii: "]")) }
            target = resolve(target, text)
            // A number's end may itself close an item whose array compares items.
            if behind, target >= 0 {
                if configuration(target).place == .resolve {
                    var waiting = configuration(target)
                    waiting.resolution = .numberItemEnded
                    target = intern(waiting)
                } else {
                    target = step(target, byte)
                }
            }
        }
        return target
    }

    /// The configuration after a key that no schema names and the object does not have, where all such keys lead to
    /// the same; ``dead`` where such a key cannot end, `nil` where it depends on the key.
    func freshKey(_ frameID: Int32) -> Int32? {
        let context = keys.context(frameID)
        let members = context.members
        guard !readsText, context.allowsOthers, members.machine === patterns.freeString,
            members.shape.patterns.isEmpty,
            !members.shape.schemas.contains(where: { graph.nodes[Int($0)].object.members.names != nil })
        else { return nil }
        return behindOtherKey([], frameID)
    }
}
