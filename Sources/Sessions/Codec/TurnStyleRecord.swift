import Agent
import ChatTemplates
import Foundation
import JSON

/// `callFormat` names a format that is built in; `turns` holds what was learnt: `{"learnt": {…}}`, or `{"told": {…}}` where
/// Callgate told the model how to call.
extension TurnStyle {
    var formatName: JSONValue? { if case .builtIn(let name) = self { .string(name) } else { nil } }

    var learntTurns: JSONValue? {
        switch self {
        case .builtIn: nil
        case .learnt(let syntax): TurnStyle.record("learnt", syntax)
        case .inWords(let syntax): TurnStyle.record("told", syntax)
        }
    }

    private static func record(_ key: String, _ syntax: CallSyntax) -> JSONValue? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(syntax),
            let value = try? JSONParser.parse(String(decoding: data, as: UTF8.self))
        else { return nil }
        return .object(JSONObject([.init(key: key, value: value)]))
    }

    init(_ field: Field) throws {
        self = try field.object { fields in
            if let learnt = fields.optional("learnt") { return .learnt(try TurnStyle.syntax(learnt)) }
            return .inWords(try TurnStyle.syntax(fields("told")))
        }
    }

    private static func syntax(_ field: Field) throws -> CallSyntax {
        do {
            return try JSONDecoder().decode(CallSyntax.self, from: Data(field.value.text().utf8))
        } catch {
            throw field.fault("this does not say how turns are written: \(error)")
        }
    }
}
