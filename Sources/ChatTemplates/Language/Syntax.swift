/// An expression and where it stands.
struct Expression: Sendable {
    let form: Form
    let position: Position
    /// How many expressions stand in one another, this one included.
    let depth: Int

    init(form: Form, position: Position) {
        self.form = form
        self.position = position
        depth = 1 + (form.children.map(\.depth).max() ?? 0)
    }

    indirect enum Form: Sendable {
        case literal(Literal)
        case name(String)
        case list([Expression])
        case tuple([Expression])
        case dictionary([(key: Expression, value: Expression)])
        case attribute(Expression, MarkedText, name: String)
        case item(Expression, Expression)
        case slice(Expression, from: Expression?, to: Expression?, by: Expression?)
        case call(Expression, Arguments)
        /// The value is absent in a filter block.
        case filter(Expression?, String, Arguments)
        case test(Expression, String, Arguments)
        case not(Expression)
        case negative(Expression)
        case positive(Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
        case arithmetic(Arithmetic, Expression, Expression)
        case concatenation([Expression])
        case comparison(Expression, [(Comparison, Expression)])
        case conditional(test: Expression, then: Expression, otherwise: Expression?)

        /// The expressions of which this one is made.
        var children: [Expression] {
            switch self {
            case .literal, .name: []
            case .list(let items), .tuple(let items), .concatenation(let items): items
            case .dictionary(let pairs): pairs.flatMap { [$0.key, $0.value] }
            case .attribute(let value, _, _), .not(let value), .negative(let value), .positive(let value):
                [value]
            case .item(let value, let index): [value, index]
            case .slice(let value, let from, let to, let by): [value, from, to, by].compactMap { $0 }
            case .call(let value, let arguments), .test(let value, _, let arguments):
                [value] + arguments.children
            case .filter(let value, _, let arguments): [value].compactMap { $0 } + arguments.children
            case .and(let left, let right), .or(let left, let right), .arithmetic(_, let left, let right):
                [left, right]
            case .comparison(let first, let rest): [first] + rest.map(\.1)
            case .conditional(let test, let then, let otherwise): [test, then, otherwise].compactMap { $0 }
            }
        }
    }

    struct Arguments: Sendable {
        var positional: [Expression] = []
        var named: [(name: String, value: Expression)] = []
        var moreValues: Expression?
        var moreNamed: Expression?

        var children: [Expression] {
            positional + named.map(\.value) + [moreValues, moreNamed].compactMap { $0 }
        }
    }
}

enum Literal: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case text(MarkedText)
}

enum Arithmetic: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
}

enum Comparison: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
}

/// What is assigned to.
indirect enum Target: Sendable {
    case name(String)
    case tuple([Target])
    case attribute(of: String, MarkedText)

    /// The names that are set.
    var names: [String] {
        switch self {
        case .name(let name): [name]
        case .tuple(let targets): targets.flatMap(\.names)
        case .attribute: []
        }
    }
}

/// A statement and where it stands.
struct Statement: Sendable {
    var form: Form
    var position: Position

    indirect enum Form: Sendable {
        case data(MarkedText)
        case output(Expression)
        case choice([(test: Expression, body: [Statement])], otherwise: [Statement])
        case loop(LoopStatement)
        case set(Target, Expression)
        case setBlock(Target, filter: Expression?, body: [Statement])
        case macro(MacroStatement)
        case call(Expression, MacroStatement)
        case filter(Expression, body: [Statement])
        case with([(Target, Expression)], body: [Statement])
        /// A body with names of its own: `generation`, `block`.
        case scope([Statement])
        case leave
        case next

        /// The expressions of the statement itself.
        var expressions: [Expression] {
            switch self {
            case .data, .scope, .leave, .next: []
            case .output(let value), .set(_, let value), .filter(let value, _): [value]
            case .choice(let branches, _): branches.map(\.test)
            case .loop(let loop): [loop.sequence, loop.condition].compactMap { $0 }
            case .setBlock(_, let filter, _): [filter].compactMap { $0 }
            case .macro(let macro): macro.defaults
            case .call(let call, let macro): [call] + macro.defaults
            case .with(let assignments, _): assignments.map(\.1)
            }
        }

        /// The statements within the statement.
        var bodies: [[Statement]] {
            switch self {
            case .data, .output, .set, .leave, .next: []
            case .choice(let branches, let otherwise): branches.map(\.body) + [otherwise]
            case .loop(let loop): [loop.body, loop.otherwise]
            case .setBlock(_, _, let body), .filter(_, let body), .with(_, let body), .scope(let body): [body]
            case .macro(let macro), .call(_, let macro): [macro.body]
            }
        }
    }
}

struct LoopStatement: Sendable {
    var target: Target
    var sequence: Expression
    var condition: Expression?
    var isRecursive: Bool
    var body: [Statement]
    var otherwise: [Statement]
}

/// A macro, or the body of a call block, which is one without a name.
struct MacroStatement: Sendable {
    var name: String
    var parameters: [String]
    /// Of the last parameters.
    var defaults: [Expression]
    var body: [Statement]
    /// Names that jinja2 passes only where the body uses them.
    var uses: Set<String>
}
