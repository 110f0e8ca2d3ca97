import JSON

/// Holds an instance against a compiled schema.
///
/// One walk serves both questions: whether the instance matches (it stops at the first fault), and what is wrong with
/// it (it goes on and says everything). Steps and nesting are bounded, so that no schema and no instance can hang it
/// or exhaust the stack; what the bounds cut short counts as a fault that says so.
struct Validator {
    let schema: CompiledSchema
    /// Whether faults are described rather than only counted.
    var isReporting: Bool
    var violations: [Violation] = []
    /// Faults found so far.
    var faults = 0
    /// Why the validation was given up; then everything fails.
    var givenUp: String?

    private var instancePath: [String] = []
    var schemaPath: [String] = []
    /// The keyword that led to the schema being applied.
    private var leadingKeyword = "false"
    /// The schema resources entered, outermost first.
    private var scope: [Int] = []
    private var steps = 0
    private let stepLimit: Int
    private var depth = 0
    /// How many reasons of alternatives are being looked into, one inside the other.
    var depthOfReasons = 0

    /// Each level takes about 1 kB of stack, of which threads may have 2 MB and less.
    private static let depthLimit = 1_500

    init(schema: CompiledSchema, instance: JSONValue, isReporting: Bool) {
        self.schema = schema
        self.isReporting = isReporting
        stepLimit = 2_000_000 + 100 * min(instance.valueCount, 1_000_000)
    }

    /// Applies the root, or the schema of that number.
    @discardableResult
    mutating func check(_ instance: JSONValue, against number: Int = 0) -> Bool {
        if number != 0 { scope = [schema.nodes[0].resource] }
        var none: Evaluated?
        let matches = apply(number, to: instance, &none) && givenUp == nil
        if let givenUp, isReporting {
            violations.append(
                Violation(
                    keyword: "budget", schemaPointer: JSONPointer(), instancePointer: JSONPointer(),
                    message: givenUp))
        }
        return matches
    }

    // MARK: Faults and budget

    /// Counts a fault at the current place.
    mutating func fail(_ keyword: String, _ message: @autoclosure () -> String) {
        faults += 1
        guard isReporting, givenUp == nil else { return }
        report(keyword, at: schemaPath + [keyword], message())
    }

    /// More faults than anybody reads are not listed: a small schema can find a fault in each of a million ways.
    private mutating func report(_ keyword: String, at path: [String], _ message: String) {
        guard violations.count < Validator.mostFaults else {
            return giveUp("has more than \(Validator.mostFaults) faults, of which these are the first")
        }
        violations.append(
            Violation(
                keyword: keyword, schemaPointer: JSONPointer(path),
                instancePointer: JSONPointer(instancePath),
                message: message))
    }

    private static let mostFaults = 100

    mutating func giveUp(_ reason: String) {
        if givenUp == nil { givenUp = reason }
        faults += 1
    }

    /// Takes steps from the budget.
    mutating func spend(_ count: Int) {
        steps += count
        if steps > stepLimit {
            giveUp(
                "cannot be decided: the schema asks for more than \(stepLimit) steps on this value; simplify it"
            )
        }
    }

    /// What a value costs beside the step itself: a number is read as often as it is looked at, however long it is.
    private static func weight(of instance: JSONValue) -> Int {
        if case .number(let number) = instance { number.text.utf8.count / 64 } else { 0 }
    }

    // MARK: Applying schemas

    /// Applies a schema to an instance, collecting what it evaluates where `evaluated` is not `nil`.
    mutating func apply(_ number: Int, to instance: JSONValue, _ evaluated: inout Evaluated?) -> Bool {
        guard givenUp == nil else { return false }
        spend(1 + Validator.weight(of: instance))
        depth += 1
        defer { depth -= 1 }
        if depth > Validator.depthLimit {
            giveUp(
                "cannot be decided: the schema leads deeper than \(Validator.depthLimit) levels on this value"
            )
            return false
        }
        let node = schema.nodes[number]
        if let constant = node.constant {
            if !constant { failFalse() }
            return constant
        }
        let entersResource = scope.last != node.resource
        if entersResource { scope.append(node.resource) }
        defer { if entersResource { scope.removeLast() } }
        let before = faults
        if node.looksAtEvaluated {
            var own: Evaluated? = Evaluated(of: instance)
            applyKeywords(node, to: instance, &own)
            if let own { evaluated?.merge(own) }
        } else {
            applyKeywords(node, to: instance, &evaluated)
        }
        return faults == before
    }

    private mutating func applyKeywords(
        _ node: SchemaNode, to instance: JSONValue, _ evaluated: inout Evaluated?
    ) {
        let before = faults
        for keyword in node.keywords {
            apply(keyword, of: node, to: instance, &evaluated)
            if faults > before, !isReporting || givenUp != nil { return }
        }
    }

    private mutating func failFalse() {
        faults += 1
        guard isReporting, givenUp == nil else { return }
        report(leadingKeyword, at: schemaPath, "nothing may stand here")
    }

    /// Applies a schema that a keyword leads to, to the same instance.
    @discardableResult
    mutating func descend(
        _ keyword: String, step: String? = nil, _ number: Int, _ instance: JSONValue,
        _ evaluated: inout Evaluated?
    ) -> Bool {
        guard isReporting else { return apply(number, to: instance, &evaluated) }
        let leading = leadingKeyword
        leadingKeyword = keyword
        schemaPath.append(keyword)
        if let step { schemaPath.append(step) }
        defer {
            schemaPath.removeLast(step == nil ? 1 : 2)
            leadingKeyword = leading
        }
        return apply(number, to: instance, &evaluated)
    }

    /// Applies a schema that a keyword leads to, to a member or an element.
    @discardableResult
    mutating func descend(
        _ keyword: String, step: String? = nil, _ number: Int, into token: @autoclosure () -> String,
        _ child: JSONValue
    ) -> Bool {
        var none: Evaluated?
        guard isReporting else { return apply(number, to: child, &none) }
        instancePath.append(token())
        defer { instancePath.removeLast() }
        return descend(keyword, step: step, number, child, &none)
    }

    /// Whether a schema matches, leaving no fault behind.
    mutating func matches(_ number: Int, _ instance: JSONValue, _ evaluated: inout Evaluated?) -> Bool {
        let (reporting, before) = (isReporting, faults)
        isReporting = false
        var own: Evaluated? = evaluated == nil ? nil : Evaluated(of: instance)
        let matches = apply(number, to: instance, &own)
        isReporting = reporting
        if givenUp == nil { faults = before }
        if matches, let own { evaluated?.merge(own) }
        return matches
    }

    /// Applies the outermost schema of the dynamic scope that has the anchor (2020-12 core, section 8.2.3.2).
    mutating func applyDynamic(
        _ keyword: String, _ anchor: ByteString, _ initial: Int, _ instance: JSONValue,
        _ evaluated: inout Evaluated?
    ) {
        let found = scope.lazy.compactMap { [schema] in schema.dynamicAnchors[$0]?[anchor] }.first
        descend(keyword, found ?? initial, instance, &evaluated)
    }
}

/// Which members or elements of one instance a schema has looked at (2020-12 core, section 7.7).
struct Evaluated {
    private(set) var flags: [Bool]

    init(of instance: JSONValue) {
        let count =
            switch instance {
            case .array(let elements): elements.count
            case .object(let object): object.count
            default: 0
            }
        flags = Array(repeating: false, count: count)
    }

    mutating func mark(_ index: Int) { flags[index] = true }

    mutating func markAll() { for index in flags.indices { flags[index] = true } }

    mutating func merge(_ other: Evaluated) {
        for index in flags.indices where other.flags[index] { flags[index] = true }
    }
}

extension JSONValue {
    /// How many values there are in this one, itself counted.
    fileprivate var valueCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
        case .object(let object): object.members.reduce(1) { $0 + $1.value.valueCount }
        default: 1
        }
    }
}
