import Foundation
import JSON
import Masking

/// Holds explanations against an oracle of violated keywords.
///
/// For instances that violate one keyword it asks whether the refusal names it, and whether relaxing what is named
/// lets the refused byte through.
struct ExplanationBenchmark {
    /// The figures of a run.
    struct Report: Sendable {
        /// Refused instances of which the oracle knows one violated keyword.
        var instances = 0
        /// Those whose explanation names that keyword at that pointer.
        var named = 0
        /// Explanations that name keywords, and those where taking them all away lets the byte through.
        var relaxed = 0
        /// Explanations that were tried without the keywords they name.
        var tried = 0
        /// What was missed, a line each.
        var misses: [String] = []
    }

    private let vocabulary: Vocabulary

    /// A check over a vocabulary.
    init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// Checks every line of `oracle.jsonl` in a folder of MaskBench cases.
    /// - Throws: whatever reading the files throws.
    func run(folder: URL, limit: Int? = nil) throws -> Report {
        var report = Report()
        let lines = try String(contentsOf: folder.appendingPathComponent("oracle.jsonl"), encoding: .utf8)
            .split(separator: "\n")
        var engine = MaskEngine(vocabulary: vocabulary)
        for (number, line) in lines.prefix(limit ?? lines.count).enumerated() {
            // Relaxed schemas are many and used once: the engine's shared patterns are let go now and then.
            if number % 200 == 199 { engine = MaskEngine(vocabulary: vocabulary) }
            let entry = try JSONParser.parse(String(line))
            guard entry["n"]?.intValue == 1, let name = entry["id"]?.stringValue,
                let index = entry["test"]?.intValue,
                let document = try? JSONParser.parse(
                    Array(try Data(contentsOf: folder.appendingPathComponent(name)))),
                let schema = document["schema"], let data = document["tests"]?[index]?["data"],
                let fault = entry["errors"]?[0], let keyword = fault[0]?.stringValue,
                let pointer = fault[1]?.stringValue
            else { continue }
            check("\(name) test \(index)", schema, data, keyword, pointer, engine, &report)
        }
        return report
    }

    private func check(
        _ name: String, _ schema: JSONValue, _ data: JSONValue, _ keyword: String, _ pointer: String,
        _ engine: MaskEngine, _ report: inout Report
    ) {
        let text = Array(data.text(.spaced).utf8)
        guard let start = try? engine.matcher(for: Grammar(schema: schema)),
            let refusal = refusal(start, text)
        else {
            return
        }
        report.instances += 1
        let reasons = refusal.explanation.reasons
        // The oracle leads its pointers through references; explanations say where the keyword stands.
        let place = JSONPointer(text: pointer).map { schema.standing($0).description }
        let isNamed = reasons.contains {
            $0.source == .keyword(keyword)
                && ($0.pointer.description == pointer || $0.pointer.description == place)
        }
        if isNamed {
            report.named += 1
        } else {
            report.misses.append("\(name): \(keyword) at \(pointer) is not among: \(refusal.explanation)")
        }
        let pointers = reasons.compactMap { reason -> JSONPointer? in
            if case .keyword = reason.source { reason.pointer } else { nil }
        }
        guard !pointers.isEmpty else { return }
        let relaxed = pointers.reduce(schema) { $0.removing($1) }
        guard let other = try? engine.matcher(for: Grammar(schema: relaxed)) else { return }
        report.tried += 1
        let reached = self.refusal(other, text).map { $0.place > refusal.place } ?? true
        if reached {
            report.relaxed += 1
        } else {
            report.misses.append("\(name): still refused without \(pointers)")
        }
    }

    /// Where and why a text is refused; its end counts as a place after it.
    private func refusal(_ start: Matcher, _ text: [UInt8]) -> (place: Int, explanation: Explanation)? {
        var here = start
        for (place, byte) in text.enumerated() {
            do {
                try here.advance(bytes: [byte])
            } catch {
                return (place, error.explanation)
            }
        }
        return here.canEnd ? nil : (text.count, here.explain(vocabulary.endOfTurn.first ?? 0))
    }
}

extension JSONValue {
    /// Where a pointer leads when references to places of this document are followed on the way.
    func standing(_ pointer: JSONPointer) -> JSONPointer {
        var place = JSONPointer()
        for token in pointer.tokens {
            var jumps = 0
            while self[place.appending(token)] == nil, jumps < 32,
                let reference = self[place]?["$ref"]?.stringValue, reference.hasPrefix("#"),
                let target = JSONPointer(text: String(reference.dropFirst()))
            {
                place = target
                jumps += 1
            }
            place = place.appending(token)
        }
        return place
    }

    /// The value without the member at a place.
    func removing(_ pointer: JSONPointer) -> JSONValue {
        guard let first = pointer.tokens.first else { return self }
        let rest = JSONPointer(Array(pointer.tokens.dropFirst()))
        switch self {
        case .object(var object):
            object[first] = rest.tokens.isEmpty ? nil : object[first]?.removing(rest)
            return .object(object)
        case .array(var elements):
            guard let index = Int(first), elements.indices.contains(index), !rest.tokens.isEmpty else {
                return self
            }
            elements[index] = elements[index].removing(rest)
            return .array(elements)
        default: return self
        }
    }
}
