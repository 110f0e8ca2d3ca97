/// A change of a list, as llama.cpp's engine lets templates make one.
enum ListChange: String {
    case append
    case pop

    /// The change that calling `callee` makes of a list; `nil` where it makes none.
    init?(_ callee: Expression) {
        guard case .attribute(_, _, let name) = callee.form else { return nil }
        self.init(rawValue: name)
    }
}

extension Interpreter {
    /// Changes the list under its name, or in its namespace; `nil` where what is called belongs to no list there.
    ///
    /// Lists are values: a list that goes by two names changes under the one by which it is changed, and no list can hold
    /// itself.
    func apply(
        _ change: ListChange, _ call: Expression, _ arguments: Expression.Arguments, _ scope: Scope
    ) throws -> Value? {
        guard case .call(let callee, _) = call.form, case .attribute(let place, _, _) = callee.form,
            case .list? = try owner(of: place, scope)?.value
        else { return nil }
        let values = try self.arguments(arguments, scope)
        // The arguments may have changed the list themselves.
        guard let owner = try owner(of: place, scope), case .list(var items)? = owner.value else {
            return nil
        }
        position = call.position
        let result: Value
        switch change {
        case .append:
            let value = try values.bound(to: "object", of: change.rawValue, needing: 1)[0] ?? .null
            items.append(value)
            _ = try weighed(value)
            result = .null
        case .pop:
            let index = try values.bound(to: "index", of: change.rawValue)[0]
            let wanted = try index.map { try TextMethods.integer($0, "the index of pop") } ?? -1
            guard let place = Subscripts.position(wanted, in: items.count) else {
                throw Fault("pop asks for an item that the list does not have")
            }
            try spend(1 + items.count >> 3)
            result = items.remove(at: place)
        }
        try spend(making: items.count)
        owner.change(.list(items))
        return result
    }

    /// The value of a place that can hold another one: a name, or an attribute of a namespace.
    private func owner(
        of place: Expression, _ scope: Scope
    ) throws -> (value: Value?, change: (Value) -> Void)? {
        switch place.form {
        case .name(let name): return (scope[name], { scope.change(name, to: $0) })
        case .attribute(let object, let name, let spelled):
            guard case .name(let namespace) = object.form,
                case .object(let found as NamespaceObject)? = scope[namespace]
            else { return nil }
            return (try found.attribute(spelled), { found.members[.text(name)] = $0 })
        default: return nil
        }
    }
}
