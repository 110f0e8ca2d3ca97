import JSON

/// Where a call stands in a rendered answer.
struct LocatedCall {
    /// From the name, or the arguments, whichever is first, to the end of the other.
    var range: Range<Int>
    /// That stretch.
    var body: [CallSyntax.Piece]
    /// From the name to the first key, where arguments are written key by key.
    var begin: [CallSyntax.Piece] = []
}

/// Finds calls in renderings once it is known how their arguments are written.
struct CallLocator {
    let arguments: CallSyntax.Arguments

    /// The first call from `start` on, of `tool` with `value` as the arguments, the last of which is the probe's text.
    func call(in text: UnitText, from start: Int, tool: String, _ value: JSONValue) -> LocatedCall? {
        switch arguments {
        case .json:
            guard let object = CallLocator.object(in: text, from: start, value) else { return nil }
            if let name = text.findLast(tool, from: start, before: object.lowerBound) {
                let link = text[name.upperBound..<object.lowerBound].pieces(CallLocator.words(tool))
                return LocatedCall(
                    range: name.lowerBound..<object.upperBound, body: [.name] + link + [.arguments])
            }
            guard let name = text.find(tool, from: object.upperBound) else { return nil }
            let link = text[object.upperBound..<name.lowerBound].pieces(CallLocator.words(tool))
            return LocatedCall(
                range: object.lowerBound..<name.upperBound, body: [.arguments] + link + [.name])
        case .keyed(let keyed):
            guard let key = text.find(CallProbe.firstKey, from: start),
                let name = text.findLast(tool, from: start, before: key.lowerBound),
                let found = text.find(CallProbe.text, from: key.upperBound),
                let after = keyed.affixes[.string]?.after
            else { return nil }
            let end = found.upperBound + UnitText(spelling: after, key: CallProbe.firstKey).count
            return LocatedCall(
                range: name.lowerBound..<min(end, text.count), body: [.name, .arguments],
                begin: text[name.upperBound..<key.lowerBound].pieces(CallLocator.words(tool)))
        }
    }

    /// What the words of probes stand for between the parts of calls.
    static func words(_ tool: String) -> [(word: String, piece: CallSyntax.Piece)] {
        [(tool, .name)] + CallProbe.identifiers.map { ($0, .identifier) }
    }

    /// The first JSON object from `start` on that is `value`.
    static func object(in text: UnitText, from start: Int, _ value: JSONValue) -> Range<Int>? {
        for place in start..<max(start, text.count)
        where text[place..<(place + 1)].units.first?.isOne(of: "{[") == true {
            guard let length = text[from: place].lengthOfBrackets else { continue }
            let written = text[place..<(place + length)].text
            if let parsed = try? JSONParser.parse(written), parsed.isEquivalent(to: value) {
                return place..<(place + length)
            }
        }
        return nil
    }
}

extension UnitText {
    /// A text of pieces, all of them known but for the key.
    init(spelling pieces: [CallSyntax.Piece], key: String) {
        var units: [CallUnit] = []
        for piece in pieces {
            switch piece {
            case .text(let text): units += UnitText(text).units
            case .token(let name): units.append(.token(name))
            case .key: units += UnitText(key).units
            case .name, .identifier, .number, .arguments: break
            }
        }
        self.init(units)
    }

    /// The length of the value in brackets that begins here, by its brackets outside of strings in double quotes.
    var lengthOfBrackets: Int? {
        var depth = 0
        var (isInString, isEscaped) = (false, false)
        for (position, unit) in units.enumerated() {
            guard case .scalar(let scalar) = unit else { return nil }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else if scalar == "\"" {
                    isInString = false
                }
                continue
            }
            switch scalar {
            case "\"": isInString = true
            case "{", "[": depth += 1
            case "}", "]":
                depth -= 1
                if depth <= 0 { return position + 1 }
            default: break
            }
        }
        return nil
    }
}
