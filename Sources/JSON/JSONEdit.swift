extension JSONValue {
    /// This value with what stands at a place replaced, or removed where `replacement` is `nil`.
    ///
    /// A place whose parent does not exist, or that lies beyond an array's end, changes nothing. The whole value cannot
    /// be removed: with `nil` the empty pointer gives `null`.
    public func replacing(_ pointer: JSONPointer, with replacement: JSONValue?) -> JSONValue {
        replacing(pointer.tokens[...], with: replacement)
    }

    private func replacing(_ tokens: ArraySlice<String>, with replacement: JSONValue?) -> JSONValue {
        guard let token = tokens.first else { return replacement ?? .null }
        let rest = tokens.dropFirst()
        switch self {
        case .object(var object):
            if rest.isEmpty {
                object[token] = replacement
            } else if let inner = object[token] {
                object[token] = inner.replacing(rest, with: replacement)
            }
            return .object(object)
        case .array(var elements):
            guard let index = Int(token), elements.indices.contains(index) else { return self }
            if rest.isEmpty {
                if let replacement { elements[index] = replacement } else { elements.remove(at: index) }
            } else {
                elements[index] = elements[index].replacing(rest, with: replacement)
            }
            return .array(elements)
        default: return self
        }
    }
}

extension JSONObject {
    /// This object with only the last member of each key, in the order of those: what most parsers make of it.
    public var keepingLastOfEach: JSONObject {
        var seen: Set<ByteString> = []
        return JSONObject(members.reversed().filter { seen.insert(ByteString($0.key)).inserted }.reversed())
    }
}
