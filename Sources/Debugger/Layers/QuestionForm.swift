import JSON
import Schema
import Terminal

/// A server's question over the panes, with what has been entered so far.
struct QuestionForm: Sendable {
    let question: ServerQuestion
    var fields: [FormField]
    /// The field that has the keys.
    private(set) var selected = 0
    var scroll = Scroll()
    /// Whether the end of the server's words has been on the screen.
    var isMessageSeen = false
    /// Whether the selected field is to be brought into view.
    var followsField = false
    /// What is wrong with the answer as a whole, since the last attempt to send it.
    var faults: [String] = []
    /// Why no answer can be given at all.
    let objection: String?
    private let schema: CompiledSchema?

    init(_ question: ServerQuestion) {
        self.question = question
        let properties = question.schema?["properties"]?.objectValue ?? JSONObject()
        let required = question.schema?["required"]?.arrayValue ?? []
        fields = properties.map { member in
            FormField(member, isRequired: required.contains(.string(member.key)))
        }
        guard question.url == nil else {
            schema = nil
            objection = nil
            return
        }
        do {
            schema = try CompiledSchema(question.schema ?? [:])
            objection =
                properties.duplicateKeys.first.map {
                    "the form has two fields named \($0), so it cannot be filled in"
                }
        } catch {
            schema = nil
            objection = "the server's form cannot be used: \(error)"
        }
    }

    /// Moves to another field, round the end.
    mutating func move(by step: Int) {
        guard !fields.isEmpty else { return }
        selected = (selected + step % fields.count + fields.count) % fields.count
        followsField = true
    }

    /// Takes over what there is to scroll, and brings the selected field into view where it was just worked on.
    mutating func settle(_ lines: QuestionLines, page: Int) {
        scroll.update(count: lines.lines.count, page: page)
        if followsField, let last = lines.selectedLines.last {
            scroll.show(last)
            scroll.show(lines.selectedLines.lowerBound)
            if let row = lines.cursor?.y { scroll.show(row) }
        }
        followsField = false
        if scroll.visible.upperBound >= lines.messageLines { isMessageSeen = true }
    }

    /// Does what a key means in the selected field.
    mutating func handle(_ key: Key) -> Bool {
        guard fields.indices.contains(selected), fields[selected].handle(key) else { return false }
        followsField = true
        faults = []
        return true
    }

    mutating func paste(_ text: String) -> Bool {
        guard fields.indices.contains(selected), fields[selected].paste(text) else { return false }
        followsField = true
        faults = []
        return true
    }

    /// The answer, if it is what the server asks for; else the faults stand at their fields afterwards.
    mutating func answer() -> ServerAnswer? {
        guard question.url == nil else { return .accept(nil) }
        guard objection == nil, let schema else { return nil }
        faults = []
        var answer = JSONObject()
        for index in fields.indices {
            fields[index].faults = []
            switch fields[index].value {
            case .success(let value?): answer[fields[index].name] = value
            case .success(nil):
                if fields[index].isRequired { fields[index].faults = ["it is required"] }
            case .failure(let fault): fields[index].faults = [fault.text]
            }
        }
        if fields.allSatisfy(\.faults.isEmpty) {
            for violation in schema.validate(.object(answer)) { place(violation) }
        }
        if let faulty = fields.firstIndex(where: { !$0.faults.isEmpty }) {
            selected = faulty
            followsField = true
            return nil
        }
        return faults.isEmpty ? .accept(.object(answer)) : nil
    }

    private mutating func place(_ violation: Violation) {
        let name = violation.instancePointer.tokens.first
        if let name, let index = fields.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            fields[index].faults.append(violation.message)
        } else {
            faults.append(violation.message)
        }
    }
}
