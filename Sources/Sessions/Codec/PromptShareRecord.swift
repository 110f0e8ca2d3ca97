import Agent
import JSON

extension PromptShare {
    var json: JSONValue {
        var members: [JSONObject.Member] = [
            .init(key: "bytes", value: .int(bytes)), .init(key: "tokens", value: .int(tokens)),
        ]
        switch owner {
        case .template: break
        case .message(let position, let role):
            members.append(.init(key: "message", value: .int(position)))
            members.append(.init(key: "role", value: .string(role)))
        case .tool(let name): members.append(.init(key: "tool", value: .string(name)))
        }
        if isSpecial { members.append(.init(key: "special", value: true)) }
        return .object(JSONObject(members))
    }

    init(_ field: Field) throws {
        self = try field.object { fields in
            let owner: Owner
            if let position = try fields.optional("message")?.int() {
                owner = .message(position, role: try fields("role").string())
            } else if let tool = try fields.optional("tool")?.string() {
                owner = .tool(tool)
            } else {
                owner = .template
            }
            return PromptShare(
                owner: owner, bytes: try fields("bytes").int(), tokens: try fields("tokens").int(),
                isSpecial: try fields.optional("special")?.bool() ?? false)
        }
    }
}
