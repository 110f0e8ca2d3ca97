import JSON

/// The scopes in which schemas are reached, as far as dynamic references can tell them apart.
///
/// A scope says which resource is the outermost that has each dynamic anchor met on the way; scope 0 has met none.
struct DynamicScopes {
    private var scopes: [[ByteString: Int]] = [[:]]
    private var numbers: [[ByteString: Int]: Int] = [[:]: 0]
    /// The scope inside a resource entered from a scope.
    private var inner: [Entry: Int] = [:]

    private struct Entry: Hashable {
        var resource: Int
        var scope: Int
    }

    /// The outermost resource that has an anchor; `nil` where the scope has not met it.
    func outermost(_ anchor: ByteString, in scope: Int) -> Int? { scopes[scope][anchor] }

    /// The scope inside a resource that was entered from a scope.
    /// - Parameter anchors: the resource's dynamic anchors.
    mutating func enter(_ resource: Int, anchors: Set<ByteString>, from scope: Int) -> Int {
        if anchors.isEmpty { return scope }
        let entry = Entry(resource: resource, scope: scope)
        if let known = inner[entry] { return known }
        var met = scopes[scope]
        for anchor in anchors where met[anchor] == nil { met[anchor] = resource }
        let number = numbers[met] ?? scopes.count
        if number == scopes.count {
            scopes.append(met)
            numbers[met] = number
        }
        inner[entry] = number
        return number
    }
}
