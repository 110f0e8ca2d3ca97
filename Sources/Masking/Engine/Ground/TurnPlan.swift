/// The fixed parts of a turn, prepared for one vocabulary.
final class TurnPlan {
    /// The fixed bytes of a call, in order of writing.
    enum Segment: Int32 {
        case opening, beforeName, beforeArguments, afterArguments, closing, separator, listOpening,
            listClosing
    }

    let grammar: TurnGrammar
    /// Special tokens that stand for the tags, where the vocabulary has them.
    let openingToken: Int?
    let closingToken: Int?
    let bytes: [[UInt8]]
    /// Names that may be called, as JSON string text; `toolOf` gives the place in the catalogue.
    let names: VocabularyTrie
    /// Schemas of the tools' arguments.
    let schemas: [Int32]
    private let allows: (text: Bool, calls: Bool)
    /// For each length of a matched prefix of the opening tag, the length to fall back to.
    let fallback: [Int]

    var opening: [UInt8] { bytes[Int(Segment.opening.rawValue)] }
    var allowsText: Bool { allows.text }
    var allowsCalls: Bool { allows.calls }

    init(_ grammar: TurnGrammar, schemas: [Int32], vocabulary: Vocabulary) {
        self.grammar = grammar
        self.schemas = schemas
        let format = grammar.format
        openingToken = vocabulary.specialTokens[format.opening]
        closingToken = vocabulary.specialTokens[format.closing]
        let opening = Array(format.opening.utf8)
        bytes = [
            format.opening, format.beforeName, format.beforeArguments, format.afterArguments, format.closing,
            format.separator, format.listOpening, format.listClosing,
        ].map { Array($0.utf8) }
        var callable = Array(grammar.tools.indices)
        if case .tool(let name) = grammar.choice {
            callable = callable.filter { grammar.tools[$0].name.utf8.elementsEqual(name.utf8) }
        }
        switch grammar.choice {
        case .auto: allows = (true, !callable.isEmpty)
        case .none: allows = (true, false)
        case .required, .tool: allows = (false, !callable.isEmpty)
        }
        var buffer: [UInt8] = []
        var offsets: [Int32] = [0]
        for tool in grammar.tools {
            buffer.append(contentsOf: TurnPlan.spelling(tool.name))
            offsets.append(Int32(buffer.count))
        }
        names = VocabularyTrie(
            tokens: callable.filter { offsets[$0] < offsets[$0 + 1] }.map { Int32($0) }, buffer: buffer,
            offsets: offsets)
        var fallback = [0]
        for length in 1..<max(2, opening.count + 1) {
            let matched = Array(opening.prefix(length))
            fallback.append((0..<length).last { matched.suffix($0).elementsEqual(opening.prefix($0)) } ?? 0)
        }
        self.fallback = fallback
    }

    /// A tool's name as it stands between the quotes of a JSON string.
    private static func spelling(_ name: String) -> [UInt8] {
        name.utf8.flatMap { byte -> [UInt8] in
            byte == 0x22 || byte == 0x5C ? [0x5C, byte] : [byte]
        }
    }
}
