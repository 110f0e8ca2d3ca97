import Testing

/// Reads the small part of XML that a report uses, strictly: tags closed in order, entities known.
final class XMLCheck {
    private(set) var names: [String] = []
    private(set) var attributes: [String: String] = [:]

    func parse(_ text: String) throws {
        var rest = Substring(text)
        var open: [String] = []
        #expect(rest.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        while let start = rest.firstIndex(of: "<") {
            try checkText(rest[..<start])
            let end = try #require(rest[start...].firstIndex(of: ">"))
            var tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?") { continue }
            if tag.hasPrefix("/") {
                #expect(open.popLast() == String(tag.dropFirst()))
                continue
            }
            let isEmpty = tag.hasSuffix("/")
            if isEmpty { tag.removeLast() }
            let name = String(tag.prefix { $0 != " " })
            names.append(name)
            for match in tag.matches(of: /([a-z]+)="([^"<]*)"/) {
                try checkText(match.2)
                attributes[String(match.1)] = String(match.2).replacing("&lt;", with: "<").replacing(
                    "&gt;", with: ">"
                )
                .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
            }
            if !isEmpty { open.append(name) }
        }
        #expect(open.isEmpty)
    }

    private func checkText(_ text: Substring) throws {
        for piece in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
            #expect(["lt;", "gt;", "quot;", "amp;"].contains { piece.hasPrefix($0) }, "\(piece)")
        }
    }
}
