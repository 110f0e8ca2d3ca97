/// The names of a template, a loop's round, a macro's call.
final class Scope {
    private var values: [String: Value] = [:]
    private let around: Scope?

    init(in around: Scope?) { self.around = around }

    subscript(name: String) -> Value? {
        get {
            var scope: Scope? = self
            while let current = scope {
                if let value = current.values[name] { return value }
                scope = current.around
            }
            return nil
        }
        set { values[name] = newValue }
    }

    /// Gives a name another value where it has one.
    func change(_ name: String, to value: Value) {
        var scope: Scope? = self
        while let current = scope, current.values[name] == nil { scope = current.around }
        scope?.values[name] = value
    }

    /// Forgets all values: macros know the names around them, which know the macros.
    func clear() { values = [:] }
}
