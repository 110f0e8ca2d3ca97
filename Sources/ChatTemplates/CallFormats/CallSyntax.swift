/// How a model's turn is written, calls above all, as learnt from its chat template.
///
/// Data alone: the mask makes its grammar from it, ``ResponseReader`` reads responses by it, and
/// ``CallSyntax/spelling(of:)`` writes calls by it.
public struct CallSyntax: Sendable, Hashable, Codable {
    /// One part of what stands between the words of a call.
    public enum Piece: Sendable, Hashable {
        /// Text, to the byte.
        case text(String)
        /// The special token of that name.
        case token(String)
        /// The tool's name.
        case name
        /// The call's identifier.
        case identifier
        /// A number that counts the calls.
        case number
        /// The name of the argument.
        case key
        /// The arguments.
        case arguments
    }

    /// Where thinking stands, before all else.
    public struct Thinking: Sendable, Hashable, Codable {
        /// What begins it; empty where only the prompt ever does.
        public var begin: [Piece]
        /// What ends it.
        public var end: [Piece]
        /// Whether the prompt has begun it, so that the turn must end it.
        public var isOpen: Bool
        /// Whether ``end`` alone stands where nothing was thought.
        public var mayOnlyEnd = false
    }

    /// The thinking before text and calls; `nil` where the template tells of none, or has closed it.
    public var thinking: Thinking?
    /// Between the prompt, or the thinking, and a text; white space alone need not be there.
    public var textBegin: [Piece] = []
    /// Between a text that ends the turn and ``turnEnd``.
    public var textEnd: [Piece] = []
    /// Between the prompt, or the thinking, and the first call.
    public var callBegin: [Piece] = []
    /// Between a text and the first call; `nil` where no text stands before calls.
    public var callAfterText: [Piece]?
    /// A call itself: its name and its arguments, in the order written.
    public var body: [Piece] = []
    /// Between two calls; `nil` where a turn holds one at most.
    public var between: [Piece]?
    /// Between the last call and ``turnEnd``.
    public var end: [Piece] = []
    /// The same after a call that is the only one; `nil` where that is no different.
    public var endOfOne: [Piece]?
    /// What ends every turn, as far as the template has it; the first end token in it ends the response.
    public var turnEnd: [Piece] = []
    /// How arguments are written.
    public var arguments = Arguments.json(isPretty: false)
    /// The first of the numbers that count calls.
    public var firstNumber = 0
    /// Whether identifiers are nine letters and digits.
    public var identifiersAreShort = false

    /// Turns of words alone.
    public init() {}

    /// How the arguments of a call are written.
    public enum Arguments: Sendable, Hashable, Codable {
        /// As a JSON object; over several lines where `isPretty`.
        case json(isPretty: Bool)
        /// Key by key, strings as they are.
        case keyed(KeyedArguments)
    }

    /// The text of what begins a call, as far as no free text may hold it; `nil` where calls begin with no mark that words
    /// would not use, and so only at the start of a turn.
    public var mark: String? {
        guard let begin = callAfterText?.drop(while: \.isBlank).first else { return nil }
        switch begin {
        case .token(let name): return name
        case .text(let text):
            let text = text.drop { $0.isWhitespace }
            guard let first = text.first, "<[".contains(first),
                let close = text.firstIndex(of: first == "<" ? ">" : "]")
            else { return String(text) }
            return String(text[...close])
        default: return nil
        }
    }
}

/// Arguments that are written key by key, as in tags, with strings raw between what surrounds them.
public struct KeyedArguments: Sendable, Hashable, Codable {
    /// What surrounds a value.
    public struct Affixes: Sendable, Hashable, Codable {
        /// Between the key and the value.
        public var before: [CallSyntax.Piece]
        /// After the value, before what separates it from the next.
        public var after: [CallSyntax.Piece]

        /// What surrounds a value.
        public init(before: [CallSyntax.Piece], after: [CallSyntax.Piece]) {
            self.before = before
            self.after = after
        }
    }

    /// How objects within the arguments are written.
    public enum Objects: Sendable, Hashable, Codable {
        /// As JSON.
        case json
        /// As Python writes its own values.
        case python
        /// Key by key like the arguments themselves.
        case members(begin: [CallSyntax.Piece], end: [CallSyntax.Piece])
        /// In no way that was understood.
        case unknown
    }

    /// How arrays within the arguments are written.
    public enum Arrays: Sendable, Hashable, Codable {
        /// As JSON.
        case json
        /// As Python writes its own values.
        case python
        /// Item by item.
        case items(
            begin: [CallSyntax.Piece], separator: [CallSyntax.Piece], end: [CallSyntax.Piece],
            string: Affixes)
        /// In no way that was understood.
        case unknown
    }

    /// From the name's end to the first key.
    public var begin: [CallSyntax.Piece] = []
    /// From what follows a value to the next key.
    public var separator: [CallSyntax.Piece] = []
    /// What stands in place of the arguments where there are none; `nil` where the template did not tell.
    public var empty: [CallSyntax.Piece]?
    /// What surrounds the values of each kind that can be written.
    public var affixes: [ValueKind: Affixes] = [:]
    /// What stands around a string beside that, where the string holds signs of the format's own.
    public var quotes: Affixes?
    /// Whether truth values and nothing are `True`, `False` and `None`.
    public var wordsArePython = false
    /// How objects are written.
    public var objects = Objects.unknown
    /// How arrays are written.
    public var arrays = Arrays.unknown
    /// Whether keys come in the order of their letters.
    public var sortsKeys = false

    /// Arguments of which nothing is known.
    public init() {}
}

extension CallSyntax.Piece {
    /// Whether it is white space.
    var isBlank: Bool {
        if case .text(let text) = self { text.allSatisfy(\.isWhitespace) } else { false }
    }
}
