/// Python's `format.format(…)`.
enum BraceFormat {
    static func apply(
        _ format: MarkedText, _ arguments: CallArguments, _ interpreter: Interpreter
    ) throws -> MarkedText {
        var automatic = 0
        return try apply(format, arguments, interpreter, &automatic, depth: 0)
    }

    private static func apply(
        _ format: MarkedText, _ arguments: CallArguments, _ interpreter: Interpreter, _ automatic: inout Int,
        depth: Int
    ) throws -> MarkedText {
        guard depth < 2 else { throw Fault("formats stand too deeply in one another") }
        var output = MarkedText()
        var position = 0
        func isDoubled(_ scalar: Unicode.Scalar) -> Bool {
            position + 1 < format.count && format.scalar(position + 1) == scalar
        }
        while position < format.count {
            let scalar = format.scalar(position)
            guard scalar == "{" || scalar == "}" else {
                output.units.append(format.units[position])
                position += 1
                continue
            }
            if isDoubled(scalar) {
                output.units.append(format.units[position])
                position += 2
                continue
            }
            guard scalar == "{", let end = closing(format, from: position + 1) else {
                throw Fault("the format has a single '\(scalar)'")
            }
            output.append(
                try field(format[position + 1..<end], arguments, interpreter, &automatic, depth: depth))
            try interpreter.spend(making: output.count >> 3)
            position = end + 1
        }
        return output
    }

    private static func closing(_ format: MarkedText, from start: Int) -> Int? {
        var depth = 0
        for position in start..<format.count {
            if format.scalar(position) == "{" { depth += 1 }
            if format.scalar(position) == "}" {
                if depth == 0 { return position }
                depth -= 1
            }
        }
        return nil
    }

    private static func field(
        _ field: MarkedText, _ arguments: CallArguments, _ interpreter: Interpreter, _ automatic: inout Int,
        depth: Int
    ) throws -> MarkedText {
        var name = field
        var spec = MarkedText()
        if let colon = field.find(MarkedText(":", .template)) {
            name = field[0..<colon]
            spec = try apply(
                field[colon + 1..<field.count], arguments, interpreter, &automatic, depth: depth + 1)
        }
        var conversion: Unicode.Scalar?
        if let mark = name.find(MarkedText("!", .template)) {
            guard name.count == mark + 2 else { throw Fault("the format's conversion cannot be read") }
            conversion = name.scalar(mark + 1)
            name = name[0..<mark]
        }
        var value = try self.value(name, arguments, interpreter, &automatic)
        switch conversion {
        case nil: break
        case "s": value = .text(try interpreter.printed(value))
        case "r":
            var text = MarkedText()
            try value.represent(into: &text, limit: interpreter.limits.characters)
            value = .text(text)
        default: throw Fault("the format has an unknown conversion")
        }
        return try FormatSpec(spec).text(of: value, interpreter)
    }

    private static func value(
        _ name: MarkedText, _ arguments: CallArguments, _ interpreter: Interpreter, _ automatic: inout Int
    ) throws -> Value {
        let end = name.units.firstIndex { [0x2E, 0x5B].contains($0 & MarkedText.scalarBits) } ?? name.count
        let first = name[0..<end].text
        var value: Value
        if first.isEmpty || first.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            let index = first.isEmpty ? automatic : Int(first) ?? .max
            if first.isEmpty { automatic += 1 }
            guard arguments.positional.indices.contains(index) else {
                throw Fault("the format has no value for a place")
            }
            value = arguments.positional[index]
        } else {
            guard let named = arguments.named.first(where: { $0.name == first })?.value else {
                throw Fault("the format has no value '\(first)'")
            }
            value = named
        }
        var position = end
        while position < name.count {
            if name.scalar(position) == "." {
                let rest = name.units[(position + 1)...].firstIndex {
                    [0x2E, 0x5B].contains($0 & MarkedText.scalarBits)
                }
                let stop = rest ?? name.count
                let part = name[position + 1..<stop]
                value = try interpreter.attribute(part, part.text, of: value)
                position = stop
            } else {
                guard let stop = name.find(MarkedText("]", .template), from: position) else {
                    throw Fault("the format's '[' has no ']'")
                }
                let part = name[position + 1..<stop]
                let index: Value = Int(part.text).map { .int($0) } ?? .text(part)
                value = try interpreter.item(index, of: value)
                position = stop + 1
            }
        }
        return value
    }
}
