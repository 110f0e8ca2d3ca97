import JSON
import Masking

/// Our own grammar along a stream whose server tells words and calls apart.
///
/// The arguments of each call are held against its tool's schema, token by token as they came; the marks between the tokens
/// tell which call goes on. White space is free: such a server was never held to ours.
public struct StreamGrammar {
    /// Where the text stands.
    public enum Place {
        /// In words, which nothing holds to a schema.
        case words
        /// In what is held to a schema: the arguments of a tool, or words (`tool` is `nil`).
        case value(tool: String?, Matcher)
        /// No grammar knows how this goes on; one line says why.
        case lost(String)
    }

    /// What was written of the round so far.
    public private(set) var written: [TokenStep] = []
    /// The calls of the round, in the order in which they began.
    public private(set) var calls: [Place] = []
    /// The call that is being written, by its number in the round from 0; `nil` in words and in thinking.
    public private(set) var current: Int?
    /// The engine that the places come from.
    public let engine: MaskEngine
    /// The words of the round, where a schema was given for them.
    public private(set) var words = Place.words
    private var isThinking = false
    private let starts: Starts

    /// A grammar for streams of a session.
    /// - Parameter answer: the schema that words are held to, where the server was told one.
    /// - Throws: `VocabularyError` when the session's vocabulary contradicts itself.
    public init(header: SessionHeader, answer: JSONValue? = nil) throws(VocabularyError) {
        // Without a vocabulary, bytes stand for tokens.
        let bytes = VocabularyRecord(
            entries: (UInt8.min...UInt8.max).map { .bytes([$0]) } + [.special("the end")], endTokens: [256])
        engine = MaskEngine(vocabulary: try Vocabulary(header.model.vocabulary ?? bytes))
        var settings = header.sampling.mask
        settings.spaces = .any
        starts = Starts(
            catalogue: header.catalogue, answer: answer, options: settings.options, engine: engine)
        words = starts.words
    }

    /// Where the text stands.
    public var place: Place { isThinking ? .words : current.map { calls[$0] } ?? words }

    /// The place before the first byte of a tool's arguments.
    public func start(of tool: String) -> Place { starts.arguments(of: tool) }

    /// Begins a round anew.
    public mutating func begin() {
        (written, calls, current, isThinking) = ([], [], nil, false)
        words = starts.words
    }

    /// Takes the next step of the round.
    public mutating func take(_ step: TokenStep) {
        written.append(step)
        if let name = step.special {
            switch CallMark(name: name) {
            case .begins(let tool):
                calls.append(starts.arguments(of: tool))
                (current, isThinking) = (calls.count - 1, false)
            case .goesOn(let number, _) where number <= calls.count:
                (current, isThinking) = (number - 1, false)
            case .words: (current, isThinking) = (nil, false)
            case .thinking: (current, isThinking) = (nil, true)
            case .goesOn, nil: break
            }
            return
        }
        guard case .value(let tool, var matcher) = place else { return }
        var next: Place
        do {
            try matcher.advance(bytes: step.bytes)
            next = .value(tool: tool, matcher)
        } catch {
            next = .lost("it refused \(StreamGrammar.visible(step.bytes)): \(error)")
        }
        if let current { calls[current] = next } else { words = next }
    }
}

extension StreamGrammar {
    /// Bytes as a person reads them, with signs for spaces, line ends and tabs.
    public static func visible(_ bytes: [UInt8]) -> String {
        let signs: [Unicode.Scalar: String] = [" ": "␣", "\n": "⏎", "\t": "⇥"]
        return String(decoding: bytes, as: UTF8.self).unicodeScalars
            .map { signs[$0] ?? String($0) }.joined()
    }

    /// The grammars at their first byte, built when they are first asked for.
    private final class Starts {
        private let catalogue: [ToolDefinition]
        private let options: GrammarOptions
        private let engine: MaskEngine
        private var known: [ByteString: Place] = [:]
        let words: Place

        init(catalogue: [ToolDefinition], answer: JSONValue?, options: GrammarOptions, engine: MaskEngine) {
            self.catalogue = catalogue
            self.options = options
            self.engine = engine
            words = answer.map { Starts.place($0, tool: nil, options, engine) } ?? .words
        }

        func arguments(of tool: String) -> Place {
            if let place = known[ByteString(tool)] { return place }
            let definition = catalogue.first { ByteString($0.name) == ByteString(tool) }
            let place =
                definition.map { Starts.place($0.parameters, tool: tool, options, engine) }
                ?? .lost("no tool is named \(tool)")
            known[ByteString(tool)] = place
            return place
        }

        private static func place(
            _ schema: JSONValue, tool: String?, _ options: GrammarOptions, _ engine: MaskEngine
        ) -> Place {
            do {
                return .value(
                    tool: tool, try engine.matcher(for: Grammar(schema: schema, options: options)))
            } catch {
                return .lost([tool, "\(error)"].compactMap(\.self).joined(separator: ": "))
            }
        }
    }
}
