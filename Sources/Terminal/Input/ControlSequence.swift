/// What stands between `ESC [` and the final byte, and what a terminal means by it.
struct ControlSequence {
    private let prefix: UInt8?
    private let numbers: [Int?]
    private let final: UInt8

    /// A sequence from its parameter bytes, of which a first one above `9` is a private prefix, and its final byte.
    init(body: some Collection<UInt8>, final: UInt8) {
        let isPrivate = body.first.map { $0 >= 0x3C } ?? false
        prefix = isPrivate ? body.first : nil
        numbers = body.dropFirst(isPrivate ? 1 : 0)
            .split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { part in
                // What follows a colon is the kitty protocol's detail.
                let digits = part.prefix { $0 != UInt8(ascii: ":") }
                return digits.count > 9 ? nil : Int(String(decoding: digits, as: UTF8.self))
            }
        self.final = final
    }

    private func number(_ index: Int, default value: Int) -> Int {
        index < numbers.count ? numbers[index] ?? value : value
    }

    var meaning: KeyParser.Meaning {
        if prefix == UInt8(ascii: "<") {
            guard numbers.count == 3, final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else {
                return .nothing
            }
            return ControlSequence.mouse(
                number(0, default: 0), x: number(1, default: 1), y: number(2, default: 1),
                isRelease: final == UInt8(ascii: "m"))
        }
        guard prefix == nil else { return .nothing }
        let modifiers = ControlSequence.modifiers(number(1, default: 1))
        switch final {
        case UInt8(ascii: "I"): return .event(.focus(true))
        case UInt8(ascii: "O"): return .event(.focus(false))
        case UInt8(ascii: "Z"): return .event(.key(Key(.tab, modifiers.union(.shift))))
        case UInt8(ascii: "~") where number(0, default: 0) == 200: return .pasteStart
        case UInt8(ascii: "~") where number(0, default: 0) == 27:
            return typed(number(2, default: 0), modifiers)
        case UInt8(ascii: "u"): return typed(number(0, default: 0), modifiers)
        case UInt8(ascii: "~"): return numbered(modifiers)
        case UInt8(ascii: "^"): return numbered(.control)
        case UInt8(ascii: "@"): return numbered([.control, .shift])
        case UInt8(ascii: "a")...UInt8(ascii: "d") where numbers.isEmpty || numbers == [nil]:
            let arrows: [Key.Code] = [.up, .down, .right, .left]
            return .event(.key(Key(arrows[Int(final - UInt8(ascii: "a"))], .shift)))
        // A report of the cursor's place looks like F3; only F3 has a first parameter of 1 beside its modifier.
        case UInt8(ascii: "R") where number(0, default: 1) != 1: return .nothing
        default:
            guard let code = ControlSequence.letterKeys[final] else { return .nothing }
            return .event(.key(Key(code, modifiers)))
        }
    }

    private func numbered(_ modifiers: Key.Modifiers) -> KeyParser.Meaning {
        guard let code = ControlSequence.numberedKeys[number(0, default: 0)] else { return .nothing }
        return .event(.key(Key(code, modifiers)))
    }

    /// A key by its character's number, as `CSI u` and xterm's modifyOtherKeys send it.
    private func typed(_ number: Int, _ modifiers: Key.Modifiers) -> KeyParser.Meaning {
        let code: Key.Code
        switch number {
        case 9: code = .tab
        case 13: code = .enter
        case 27: code = .escape
        case 8, 127: code = .backspace
        // Other controls, and the private use area where the kitty protocol keeps modifiers and media keys.
        case ..<32, 0xE000...0xF8FF: return .nothing
        default:
            guard let value = UInt32(exactly: number), let scalar = Unicode.Scalar(value) else {
                return .nothing
            }
            if modifiers.contains(.shift), let upper = scalar.properties.uppercaseMapping.unicodeScalars.first
            {
                return .event(.key(Key(.character(upper), modifiers)))
            }
            code = .character(scalar)
        }
        return .event(.key(Key(code, modifiers)))
    }

    /// The set that xterm's modifier parameter means, one more than the sum of its bits.
    static func modifiers(_ parameter: Int) -> Key.Modifiers {
        Key.Modifiers(rawValue: UInt8(truncatingIfNeeded: max(0, parameter - 1)) & 7)
    }

    /// A mouse report: the button's number with its bits for modifiers, motion and wheel, and the cell from 1.
    static func mouse(_ button: Int, x: Int, y: Int, isRelease: Bool) -> KeyParser.Meaning {
        var modifiers: Key.Modifiers = []
        if button & 4 != 0 { modifiers.insert(.shift) }
        if button & 8 != 0 { modifiers.insert(.alt) }
        if button & 16 != 0 { modifiers.insert(.control) }
        let point = Point(max(0, x - 1), max(0, y - 1))
        let action: Mouse.Action
        if button & 64 != 0 {
            switch button & 3 {
            case 0: action = .wheelUp
            case 1: action = .wheelDown
            default: return .nothing
            }
        } else if button & 128 != 0 {
            return .nothing
        } else if let pressed = Mouse.Button(rawValue: button & 3) {
            action = isRelease ? .release(pressed) : button & 32 != 0 ? .drag(pressed) : .press(pressed)
        } else {
            // Number 3: some button came up, in the first protocol; or the mouse moved with none down.
            guard isRelease else { return .nothing }
            action = .release(.left)
        }
        return .event(.mouse(Mouse(action, at: point, modifiers)))
    }

    static let letterKeys: [UInt8: Key.Code] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "F"): .end, UInt8(ascii: "H"): .home, UInt8(ascii: "P"): .function(1),
        UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
    ]

    private static let numberedKeys: [Int: Key.Code] = {
        var keys: [Int: Key.Code] = [
            1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        ]
        // VT220's numbers of F1 to F20 leave gaps.
        let functionNumbers = [
            11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34,
        ]
        for (index, number) in functionNumbers.enumerated() { keys[number] = .function(index + 1) }
        return keys
    }()
}
