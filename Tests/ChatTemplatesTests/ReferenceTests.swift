import ChatTemplates
import Foundation
import JSON
import Testing

/// The engine beside python's jinja2, set up as transformers does.
@Suite struct ReferenceTests {
    @Test func everyCornerOfTheLanguageIsWhatJinja2MakesOfIt() throws {
        let lines = try Fixtures.lines("features.jsonl")
        let names = Fixtures.context(lines[0]["names"])
        var refused = 0
        for line in lines.dropFirst() {
            let source = line["template"]?.stringValue ?? ""
            let expected = line["text"]?.stringValue
            let rendered = Result {
                try ChatTemplate(source, dialect: .transformers).render(names, clock: Fixtures.clock).text
            }
            switch rendered {
            case .success(let text):
                #expect(
                    expected.map { $0.utf8.elementsEqual(text.utf8) } == true,
                    "\(source.debugDescription) gave \(text.debugDescription), not \(expected?.debugDescription ?? "a refusal: \(line["error"]?.stringValue ?? "")")"
                )
            case .failure(let error):
                #expect(expected == nil, "\(source.debugDescription) was refused: \(error)")
                refused += 1
            }
        }
        print("\(lines.count - 1) templates as jinja2 renders them, \(refused) of them refused by both")
        #expect(lines.count > 380 && refused > 100)
    }

    @Test func theTemplatesOfModelsInUseAreRenderedByteForByte() throws {
        let peers = Fixtures.peers
        guard !peers.isEmpty else {
            print(
                "skipped: llama.cpp's templates are not at hand; Scripts/peers/llama-server.sh unpacks them")
            return
        }
        let recorded = try Fixtures.lines("peers.jsonl")
        let conversations = try RecordedConversations()
        var (same, refused, unknown) = (0, 0, 0)
        for file in peers {
            let source = try String(contentsOf: file, encoding: .utf8)
            let name = file.lastPathComponent
            let line = recorded.first { $0["template"]?.stringValue == name }
            guard let line, line["source"]?.stringValue == Fixtures.hash(source) else {
                unknown += 1
                continue
            }
            for (position, names) in conversations.values.enumerated() {
                let expected = line["texts"]?[position]?.stringValue
                let rendered = try? ChatTemplate(source, dialect: .transformers).render(
                    Fixtures.context(names), clock: Fixtures.clock)
                #expect(
                    expected == rendered.map { Fixtures.hash($0.text) },
                    "\(name), \(conversations.names[position])")
                if rendered == nil { refused += 1 } else { same += 1 }
            }
        }
        print(
            "\(peers.count - unknown) templates × \(conversations.values.count) conversations: \(same) texts the same, "
                + "\(refused) refused by both; \(unknown) templates of another version")
    }
}
