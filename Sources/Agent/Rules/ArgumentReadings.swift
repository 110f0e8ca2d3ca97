import JSON

/// What tools may find at one place of a call's arguments.
///
/// Readers of JSON differ: some take `CMD` for `cmd`, and of a key that is given twice some take the first and others the
/// last. A rule that denies looks at all that one of them may find; one that allows trusts a place only where all find
/// the same.
struct ArgumentReadings {
    /// Every value that a reader may find.
    private(set) var values: [JSONValue]
    /// What lets readers differ, in words; `nil` where all find the same.
    private(set) var doubt: String?
    /// Whether there are more than were looked at, so that a rule that denies must take them for met.
    let isCut: Bool

    /// The most values that are looked at; where there are more, nothing is certain.
    static let most = 64

    /// What may be found at a place.
    init(of arguments: JSONValue, at pointer: JSONPointer) {
        (values, isCut) = ArgumentReadings.objects(of: arguments)
        if arguments.objectValue == nil, !pointer.tokens.isEmpty {
            doubt = "arguments that are no object, of which a tool may take what they hold"
        }
        for token in pointer.tokens {
            var found: [JSONValue] = []
            for value in values {
                guard case .object(let object) = value else {
                    if let element = value[JSONPointer([token])] { found.append(element) }
                    continue
                }
                let members = ArgumentReadings.members(of: object, like: token)
                found += members.map(\.value)
                doubt = doubt ?? ArgumentReadings.doubt(members, token)
            }
            values = Array(found.prefix(ArgumentReadings.most))
            if values.count < found.count { doubt = "more keys like \(token) than are looked at" }
        }
    }

    /// What a tool may take for its arguments: the object that they are, or one within a text or a list.
    /// - Returns: the values, and whether there are more than are looked at.
    static func objects(of arguments: JSONValue) -> (values: [JSONValue], isCut: Bool) {
        var (found, waiting, isCut) = ([arguments], [arguments], false)
        for _ in 0..<deepest {
            let inner = waiting.flatMap { value -> [JSONValue] in
                switch value {
                case .string(let text): (try? JSONParser.parse(text)).map { [$0] } ?? []
                case .array(let elements): elements
                default: []
                }
            }
            isCut = isCut || inner.count > most
            waiting = Array(inner.prefix(most))
            found += waiting
        }
        // What lies deeper may be an object as well.
        let isDeeper = waiting.contains { value in
            if case .string(let text) = value { return text.utf8.contains(UInt8(ascii: "{")) }
            return value.arrayValue?.isEmpty == false
        }
        return (Array(found.prefix(most)), isCut || isDeeper || found.count > most)
    }

    /// How deep an object may lie in texts and lists.
    private static let deepest = 3

    /// The members whose key is that one to a reader that does not look at case.
    static func members(of object: JSONObject, like key: String) -> [JSONObject.Member] {
        let folded = ArgumentReadings.folded(key)
        return object.members.filter { member in
            member.key.utf8.elementsEqual(key.utf8) || ArgumentReadings.folded(member.key) == folded
        }
    }

    /// Why it is not certain which of the members a reader takes for that key; `nil` where it is, or there is none.
    static func doubt(_ members: [JSONObject.Member], _ key: String) -> String? {
        if let other = members.first(where: { !$0.key.utf8.elementsEqual(key.utf8) }) {
            return "the key \(other.key), which some tools take for \(key)"
        }
        return members.count > 1 ? "the key \(key), which is given twice" : nil
    }

    /// A key's scalars without their case: by way of capitals, for `ſ` has no small letter and is an `s` to some.
    private static func folded(_ key: String) -> [Unicode.Scalar] {
        key.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
            if scalar.isASCII {
                let isCapital = (65...90).contains(scalar.value)
                return [isCapital ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar]
            }
            return scalar.properties.uppercaseMapping.unicodeScalars.flatMap {
                Array($0.properties.lowercaseMapping.unicodeScalars)
            }
        }
    }
}
