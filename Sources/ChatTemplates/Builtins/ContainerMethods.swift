/// The methods of Python's `dict`, `list` and `tuple` that change nothing.
enum ContainerMethods {
    static func method(_ name: String, of dictionary: ValueDictionary) -> Method? {
        switch name {
        case "clear", "pop", "popitem", "setdefault", "update": return .forbidden
        case "items", "keys", "values", "copy":
            return .function { arguments, _ in
                _ = try arguments.bound(of: name)
                switch name {
                case "items": return .view(.items, dictionary.items)
                case "keys": return .view(.keys, dictionary.keys)
                case "values": return .view(.values, dictionary.values)
                default: return .dictionary(dictionary)
                }
            }
        case "get":
            return .function { arguments, _ in
                guard arguments.named.isEmpty else { throw Fault("get takes no named arguments") }
                let values = try arguments.bound(to: "key", "default", of: name, needing: 1)
                guard let key = values[0], key.isHashable else {
                    throw Fault("a list or dict cannot be a key")
                }
                return dictionary[key] ?? values[1] ?? .null
            }
        default: return nil
        }
    }

    static func method(_ name: String, ofList items: [Value]) -> Method? {
        switch name {
        case "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove": .forbidden
        case "copy":
            .function { arguments, _ in
                _ = try arguments.bound(of: name)
                return .list(items)
            }
        default: method(name, ofTuple: items)
        }
    }

    static func method(_ name: String, ofTuple items: [Value]) -> Method? {
        switch name {
        case "count":
            return .function { arguments, interpreter in
                let value = try arguments.bound(to: "value", of: name, needing: 1)[0] ?? .null
                return .int(try items.filter { try interpreter.equal($0, value) }.count)
            }
        case "index":
            return .function { arguments, interpreter in
                let value = try arguments.bound(to: "value", of: name, needing: 1)[0] ?? .null
                guard let position = try items.firstIndex(where: { try interpreter.equal($0, value) }) else {
                    throw Fault("the value of index does not occur")
                }
                return .int(position)
            }
        default: return nil
        }
    }
}
