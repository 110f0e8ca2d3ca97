/// Python's `format % values`.
enum PercentFormat {
    static func apply(_ format: MarkedText, _ values: Value, _ interpreter: Interpreter) throws -> MarkedText
    {
        var walker = Walker(format: format, values: values)
        return try walker.run(interpreter)
    }

    private struct Walker {
        let format: MarkedText
        let values: Value
        private var rest: ArraySlice<Value>
        private var position = 0
        private var usesNames = false

        init(format: MarkedText, values: Value) {
            self.format = format
            self.values = values
            if case .tuple(let items) = values { rest = items[...] } else { rest = [values] }
        }

        private var current: Unicode.Scalar? { position < format.count ? format.scalar(position) : nil }

        mutating func run(_ interpreter: Interpreter) throws -> MarkedText {
            var output = MarkedText()
            while position < format.count {
                guard format.scalar(position) == "%" else {
                    output.units.append(format.units[position])
                    position += 1
                    continue
                }
                position += 1
                output.append(try conversion(interpreter))
                try interpreter.spend(making: output.count >> 3)
            }
            var isUsed = rest.isEmpty || usesNames
            if case .dictionary = values { isUsed = true }
            guard isUsed else { throw Fault("the format leaves values unused") }
            return output
        }

        private mutating func next() throws -> Value {
            guard let value = rest.popFirst() else { throw Fault("the format has more places than values") }
            return value
        }

        private mutating func number() throws -> Int? {
            if current == "*" {
                position += 1
                return try TextMethods.integer(try next(), "a width")
            }
            var digits = ""
            while let scalar = current, ("0"..."9").contains(scalar) {
                digits.unicodeScalars.append(scalar)
                position += 1
            }
            guard !digits.isEmpty else { return nil }
            guard let value = Int(digits), value < 1 << 24 else { throw Fault("the width is too large") }
            return value
        }

        private mutating func conversion(_ interpreter: Interpreter) throws -> MarkedText {
            var named: Value?
            if current == "(" {
                guard let end = format.find(MarkedText(")", .template), from: position),
                    case .dictionary(let dictionary) = values
                else { throw Fault("the format's names need a dict") }
                guard let value = dictionary.find(format[position + 1..<end]) else {
                    throw Fault("the format names what the dict has not")
                }
                named = value
                usesNames = true
                position = end + 1
            }
            var spec = FormatSpec()
            spec.align = ">"
            var isLeft = false
            while let scalar = current, "-+ #0".unicodeScalars.contains(scalar) {
                position += 1
                switch scalar {
                case "-": isLeft = true
                case "0":
                    spec.fill = MarkedText("0", .template)
                    spec.align = "="
                case "#": spec.isAlternate = true
                default: spec.sign = scalar == " " && spec.sign == "+" ? "+" : scalar
                }
            }
            if let width = try number() {
                spec.width = abs(width)
                if width < 0 { isLeft = true }
            }
            if current == "." {
                position += 1
                spec.precision = try number() ?? 0
            }
            if isLeft {
                spec.align = "<"
                spec.fill = MarkedText(" ", .template)
            }
            while let scalar = current, "hlL".unicodeScalars.contains(scalar) { position += 1 }
            guard let type = current else { throw Fault("the format ends within a place") }
            position += 1
            if type == "%" { return MarkedText("%", .template) }
            return try text(of: try named ?? next(), type, spec, interpreter)
        }

        private func text(
            of value: Value, _ type: Unicode.Scalar, _ spec: FormatSpec, _ interpreter: Interpreter
        ) throws -> MarkedText {
            var spec = spec
            switch type {
            case "s", "r", "a":
                var text = MarkedText()
                if type == "s" {
                    text = try interpreter.printed(value)
                } else {
                    try value.represent(into: &text, limit: interpreter.limits.characters)
                }
                spec.fill = MarkedText(" ", .template)
                if spec.align == "=" { spec.align = ">" }
                return try spec.text(of: .text(text), interpreter)
            case "d", "i", "u":
                guard let number = value.number, number.isFinite else {
                    throw Fault("%\(type) needs a number")
                }
                spec.type = "d"
                guard let integer = value.integer ?? Int(exactly: number.rounded(.towardZero)) else {
                    throw Fault("the number is too large")
                }
                let digits = String(integer.magnitude)
                let padding = max(0, (spec.precision ?? 0) - digits.utf8.count)
                if padding > 0 {
                    try interpreter.spend(making: padding)
                    let sign = integer < 0 ? "-" : spec.sign == "-" ? "" : String(Character(spec.sign))
                    let text = sign + String(repeating: "0", count: padding) + digits
                    spec.type = nil
                    spec.precision = nil
                    spec.fill = MarkedText(" ", .template)
                    if spec.align == "=" { spec.align = ">" }
                    return try spec.text(of: .text(MarkedText(text, .input)), interpreter)
                }
                return try spec.text(of: .int(integer), interpreter)
            case "x", "X", "o":
                guard value.integer != nil else { throw Fault("%\(type) needs an integer") }
                spec.type = type
                return try spec.text(of: value, interpreter)
            case "f", "F", "e", "E", "g", "G":
                guard let number = value.number else { throw Fault("%\(type) needs a number") }
                spec.type = type
                return try spec.text(of: .float(number), interpreter)
            case "c":
                if case .text(let text) = value, text.count == 1 {
                    return try spec.text(of: value, interpreter)
                }
                spec.type = "c"
                return try spec.text(of: value, interpreter)
            default: throw Fault("'%\(type)' is no place of a format")
            }
        }
    }
}
