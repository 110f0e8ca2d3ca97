import Agent
import ArgumentParser
import Foundation
import JSON
import Masking
import Models
import Schema
import Terminal
import Transformer

/// `callgate mask`: the allowed-token set of a schema after a prefix, and why not for the rest.
struct MaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mask",
        abstract: "Show which tokens a schema or a grammar allows after a text, and why not the others.",
        discussion: """
            Examples:
              callgate mask --schema ticket.json --vocab model.gguf --text '{"priority": "'
              callgate mask --schema ticket.json --vocab tekken.tiktoken --why u --json
              callgate mask --schema order.json --vocab model.gguf --documents schemas/
              callgate mask --grammar chess.gbnf --vocab model.gguf --text '1. e4 ' --why z
              callgate mask --regex '[A-Z]{2}-[0-9]+' --vocab model.gguf --text 'AB'
              callgate mask --choices yes no --vocab model.gguf
            """)

    @Option(help: "The JSON Schema, a file.")
    var schema: String?

    @Option(help: "A grammar, a file: GBNF (as llama.cpp has it) or Lark (as llguidance and OpenAI have it).")
    var grammar: String?

    @Option(help: "The grammar's notation: gbnf, lark or regex; told by the file where it is left out.")
    var notation: GrammarNotation?

    @Option(help: "A regular expression that the whole text matches.")
    var regex: String?

    @Option(parsing: .upToNextOption, help: "Texts, one of which is written.")
    var choices: [String] = []

    @Option(help: "The vocabulary: a GGUF file, a tiktoken file or a Hugging Face tokenizer.json.")
    var vocab: String

    @Option(help: "What has been written so far.")
    var text = ""

    @Option(help: "Explain this text as the next token, instead of samples of what is masked.")
    var why: String?

    @Option(help: "How many allowed and how many masked tokens to list; 0 lists all.")
    var list = 20

    @Option(help: "In which order keys may come: any or schema.")
    var keys = MaskSettings.Keys.any

    @Option(help: "White space between the tokens of JSON: compact, one (after , and :) or any.")
    var spaces = MaskSettings.Spaces.one

    @Option(help: "A folder of schemas that the schema may refer to.", completion: .directory)
    var documents: String?

    @Option(help: "The URI that the folder stands for.")
    var base = "file:///"

    @Flag(help: "Let 'format' be a note instead of a rule.")
    var ignoreFormats = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if list < 0 { throw ValidationError("--list takes 0 or more") }
        let given = [schema != nil, grammar != nil, regex != nil, !choices.isEmpty].count { $0 }
        if given != 1 { throw ValidationError("give one of --schema, --grammar, --regex and --choices") }
    }

    func run() throws {
        let language = try failing(.usage) { try self.language() }
        let vocabulary = try failing(.usage) { try Masking.Vocabulary(VocabularyRecord(file: vocab)) }
        var matcher = try failing(.usage) { () throws -> Matcher in
            do {
                return try MaskEngine(vocabulary: vocabulary).matcher(for: language)
            } catch {
                throw Failure(.usage, "\(source): \(error)")
            }
        }
        do {
            try matcher.advance(bytes: Array(text.utf8))
        } catch {
            let rule = schema == nil ? "grammar" : "schema"
            throw Failure(.usage, "the text is refused by the \(rule): \(error)")
        }
        let report = MaskReport(matcher: matcher, why: why, most: list == 0 ? .max : list)
        if json {
            StandardOutput.writeJSON(report.json.text(.pretty) + "\n")
        } else {
            print(report.lines.joined(separator: "\n"))
        }
    }
}

extension MaskCommand {
    /// What the language is told by, for messages.
    private var source: String { schema ?? grammar ?? (regex != nil ? "--regex" : "--choices") }

    /// The language that the options describe.
    private func language() throws -> Grammar {
        var options = MaskSettings(keys: keys, spaces: spaces).options
        options.formats = ignoreFormats ? .annotated : .enforced
        do {
            if let schema {
                let value = try JSONParser.parse(try bytes(of: schema))
                let known = try documents.map { try LocalSchemas.read(folder: $0, at: base) } ?? [:]
                return Grammar(schema: value, options: options, documents: known)
            }
            if let grammar {
                let text = String(decoding: try bytes(of: grammar), as: UTF8.self)
                let notation = notation ?? .told(by: text, fileName: grammar)
                return Grammar(text: try TextGrammar(text, notation: notation, options: options))
            }
            if let regex { return Grammar(text: try TextGrammar(regex: regex)) }
            return Grammar(text: TextGrammar(choices: choices))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.usage, "\(source): \(error)")
        }
    }

    private func bytes(of file: String) throws -> [UInt8] {
        try failing(.usage) { try BoundedFile.bytes(file) }
    }
}

/// What `callgate mask` prints.
struct MaskReport {
    private struct Row {
        let token: Int
        let text: String
        let reasons: [String]
    }

    private let vocabularySize: Int
    private let allowedCount: Int
    private let canEnd: Bool
    private var allowed: [Row] = []
    private var masked: [Row] = []
    private var explanation: Explanation?

    init(matcher: Matcher, why: String?, most: Int) {
        let vocabulary = matcher.vocabulary
        let set = matcher.allowed()
        vocabularySize = vocabulary.count
        allowedCount = set.count
        canEnd = matcher.canEnd
        if let why {
            explanation = matcher.explain(bytes: Array(why.utf8))
        }
        for token in 0..<vocabulary.count {
            let isAllowed = set.contains(token)
            guard case .unused = vocabulary[token] else {
                if isAllowed, allowed.count < most {
                    allowed.append(
                        Row(token: token, text: MaskReport.text(of: token, in: vocabulary), reasons: []))
                } else if !isAllowed, why == nil, masked.count < most {
                    let reasons = matcher.explain(token).reasons.map(\.description)
                    masked.append(
                        Row(token: token, text: MaskReport.text(of: token, in: vocabulary), reasons: reasons))
                }
                continue
            }
        }
    }

    private static func text(of token: Int, in vocabulary: Masking.Vocabulary) -> String {
        switch vocabulary[token] {
        case .special(let name): name
        case .unused: ""
        case .bytes(let bytes): SafeText(bytes: bytes).plain
        }
    }

    var lines: [String] {
        var lines = [
            "allowed \(allowedCount) of \(vocabularySize) tokens\(canEnd ? "; the text may end here" : "")"
        ]
        lines += allowed.map { "  \($0.token)\t\(quoted($0.text))" }
        if allowed.count < allowedCount {
            lines.append("  … and \(allowedCount - allowed.count) more (--list 0)")
        }
        if let explanation {
            lines.append(SafeText(explanation.description).plain)
        } else if !masked.isEmpty {
            lines.append("masked \(vocabularySize - allowedCount)")
            lines += masked.map { row in
                "  \(row.token)\t\(quoted(row.text))\t\(SafeText(row.reasons.joined(separator: "; ")).plain)"
            }
        }
        return lines
    }

    private func quoted(_ text: String) -> String { JSONValue.string(text).text() }

    var json: JSONValue {
        func rows(_ rows: [Row]) -> JSONValue {
            .array(
                rows.map { row in
                    var object: JSONValue = ["id": .number(JSONNumber(row.token)), "text": .string(row.text)]
                    if !row.reasons.isEmpty, case .object(var members) = object {
                        members["why"] = .array(row.reasons.map(JSONValue.string))
                        object = .object(members)
                    }
                    return object
                })
        }
        var report: JSONObject = JSONObject()
        report["vocabulary"] = .number(JSONNumber(vocabularySize))
        report["allowed_count"] = .number(JSONNumber(allowedCount))
        report["may_end"] = .bool(canEnd)
        report["allowed"] = rows(allowed)
        if let explanation {
            report["why"] = .array(explanation.reasons.map { .string($0.description) })
        } else {
            report["masked"] = rows(masked)
        }
        return .object(report)
    }
}

extension GrammarNotation: ExpressibleByArgument {}
extension MaskSettings.Keys: ExpressibleByArgument {}
extension MaskSettings.Spaces: ExpressibleByArgument {}
