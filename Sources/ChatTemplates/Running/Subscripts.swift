/// Attributes, items and slices.
enum Subscripts {
    /// The position that `index` names in `count` items; `nil` outside of them.
    static func position(_ index: Int, in count: Int) -> Int? {
        let position = index < 0 ? index + count : index
        return (0..<count).contains(position) ? position : nil
    }

    /// Python's slices.
    /// - Throws: ``Fault`` for what has none.
    static func slice(_ value: Value, from: Value?, to: Value?, by: Value?) throws -> Value {
        func positions(_ count: Int) throws -> [Int] {
            try Subscripts.positions(count, from: from, to: to, by: by)
        }
        switch value {
        case .text(let text):
            var slice = MarkedText(units: try positions(text.count).lazy.map { text.units[$0] })
            slice.isHTML = text.isHTML
            return .text(slice)
        case .list(let items): return .list(try positions(items.count).map { items[$0] })
        case .tuple(let items), .view(.group, let items):
            return .tuple(try positions(items.count).map { items[$0] })
        case .view(.range, let items): return .view(.range, try positions(items.count).map { items[$0] })
        case .undefined(let why): throw Fault(why)
        default: throw Fault("a \(value.typeName) has no slices")
        }
    }

    private static func positions(_ count: Int, from: Value?, to: Value?, by: Value?) throws -> [Int] {
        func bound(_ value: Value?) throws -> Int? {
            guard let value else { return nil }
            if case .null = value { return nil }
            guard let bound = value.integer else { throw Fault("the bounds of a slice must be integers") }
            return bound
        }
        let step = try bound(by) ?? 1
        guard step != 0 else { throw Fault("the step of a slice cannot be zero") }
        func clamp(_ bound: Int, _ least: Int, _ most: Int) -> Int {
            max(least, min(most, bound < 0 ? bound + count : bound))
        }
        if step > 0 {
            let start = clamp(try bound(from) ?? 0, 0, count)
            let end = clamp(try bound(to) ?? count, 0, count)
            return Array(stride(from: start, to: end, by: step))
        }
        let start = try bound(from).map { clamp($0, -1, count - 1) } ?? count - 1
        let end = try bound(to).map { clamp($0, -1, count - 1) } ?? -1
        return Array(stride(from: start, to: end, by: step))
    }
}

extension Interpreter {
    /// `object.name`: an attribute, else an item.
    func attribute(_ name: MarkedText, _ spelled: String, of object: Value) throws -> Value {
        if case .undefined(let why) = object { throw Fault(why) }
        if let value = try member(spelled, of: object) { return value }
        if case .dictionary(let dictionary) = object, let value = dictionary.find(name) { return value }
        return .undefined(why: "'\(object.typeName)' has no attribute '\(spelled)'")
    }

    /// `object[index]`: an item, else an attribute.
    func item(_ index: Value, of object: Value) throws -> Value {
        switch object {
        case .undefined(let why): throw Fault(why)
        case .dictionary(let dictionary):
            if index.isHashable, let value = dictionary[index] { return value }
        case .text(let text):
            if let position = index.integer.flatMap({ Subscripts.position($0, in: text.count) }) {
                return .text(text[position..<position + 1])
            }
        case .list(let items), .tuple(let items), .view(.range, let items), .view(.group, let items):
            if let position = index.integer.flatMap({ Subscripts.position($0, in: items.count) }) {
                return items[position]
            }
        default: break
        }
        var name = MarkedText()
        if case .text(let text) = index {
            if let value = try member(text.text, of: object) { return value }
            name = text
        } else {
            try index.represent(into: &name, limit: limits.characters)
        }
        return .undefined(why: "'\(object.typeName)' has no item '\(name.text)'")
    }

    /// An attribute of Python's type; what a sandbox forbids is undefined.
    private func member(_ name: String, of object: Value) throws -> Value? {
        let method: Method?
        switch object {
        case .text(let text): method = TextMethods.method(name, of: text)
        case .dictionary(let dictionary): method = ContainerMethods.method(name, of: dictionary)
        case .list(let items): method = ContainerMethods.method(name, ofList: items)
        case .tuple(let items): method = ContainerMethods.method(name, ofTuple: items)
        case .view(.group, let items): return name == "grouper" ? items[0] : name == "list" ? items[1] : nil
        case .object(let object): return try object.attribute(name)
        default: method = nil
        }
        guard let method else { return nil }
        if case .forbidden = method {
            return .undefined(
                why: "'\(name)' would change a \(object.typeName), which chat templates may not")
        }
        guard case .function(let body) = method else { return nil }
        return .object(FunctionObject(name, body))
    }
}

/// An attribute of one of Python's types.
enum Method {
    case function((CallArguments, Interpreter) throws -> Value)
    /// It would change its object.
    case forbidden
}
