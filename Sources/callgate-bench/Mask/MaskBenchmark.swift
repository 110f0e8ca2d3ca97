import Foundation
import JSON
import MaskTrials
import Masking

/// Measures the mask on a folder of MaskBench cases (guidance-ai/jsonschemabench): each file holds a schema and
/// instances that are valid or not, and each instance is driven through the mask token by token.
struct MaskBenchmark {
    /// What became of one file.
    struct CaseResult: Sendable {
        /// The file's name.
        let name: String
        /// Why the schema was refused; `nil` where it compiled.
        var refusal: String?
        /// Valid instances that the mask refused, with the reason.
        var validRejected: [String] = []
        /// Invalid instances that the mask let through to their end.
        var invalidAccepted: [String] = []

        /// Nanoseconds of the slowest token and of the compilation.
        var slowestToken = 0
        /// Which instance and which of its tokens that is.
        var slowestPlace = ""
        /// Nanoseconds from the schema to the first mask.
        var compilation = 0

        /// Whether the schema compiled and every instance met its verdict.
        var passes: Bool { refusal == nil && validRejected.isEmpty && invalidAccepted.isEmpty }
    }

    /// The figures of a run.
    struct Report: Sendable {
        /// One entry a file, in order of name.
        var cases: [CaseResult] = []
        /// Nanoseconds of processor time of each mask and advance, one entry a token.
        var tokenTimes: [Int] = []
        /// Nanoseconds of processor time from the schema to the first mask, one entry a compiled file.
        var compileTimes: [Int] = []
    }

    /// The points of the distributions that are printed.
    static let percentiles: [Double] = [25, 50, 75, 90, 95, 99, 99.9, 100]

    private let vocabulary: Vocabulary
    private let options: GrammarOptions

    /// A benchmark over a vocabulary.
    init(vocabulary: Vocabulary, options: GrammarOptions = GrammarOptions()) {
        self.vocabulary = vocabulary
        self.options = options
    }

    /// Runs every `.json` file of a folder.
    /// - Throws: whatever reading the folder throws.
    func run(folder: URL, limit: Int? = nil) throws -> Report {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") }.sorted()
        let engine = MaskEngine(vocabulary: vocabulary)
        var report = Report()
        for name in names.prefix(limit ?? names.count) {
            let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
            guard let document = try? JSONParser.parse(bytes), let schema = document["schema"] else {
                continue
            }
            run(name, schema, document["tests"]?.arrayValue ?? [], engine, &report)
        }
        return report
    }

    private func run(
        _ name: String, _ schema: JSONValue, _ tests: [JSONValue], _ engine: MaskEngine,
        _ report: inout Report
    ) {
        var result = CaseResult(name: name)
        defer { report.cases.append(result) }
        let begun = ProcessorTime.now
        let start: Matcher
        do {
            start = try engine.matcher(for: Grammar(schema: schema, options: options))
        } catch {
            result.refusal = "\(error)"
            return
        }
        _ = start.allowed()
        result.compilation = ProcessorTime.now - begun
        report.compileTimes.append(result.compilation)
        for (index, test) in tests.enumerated() {
            guard let data = test["data"], let isValid = test["valid"]?.boolValue,
                let tokens = vocabulary.tokenize(data.text(.spaced).utf8)
            else { continue }
            let firstToken = report.tokenTimes.count
            let fault = drive(tokens, start, &report.tokenTimes)
            let times = report.tokenTimes[firstToken...]
            if let place = times.indices.max(by: { times[$0] < times[$1] }),
                times[place] > result.slowestToken
            {
                result.slowestToken = times[place]
                result.slowestPlace = "test \(index) token \(place - firstToken)"
            }
            if isValid, let fault { result.validRejected.append("test \(index): \(fault)") }
            if !isValid, fault == nil { result.invalidAccepted.append("test \(index)") }
        }
    }

    /// Drives tokens through the mask; the reason where one is refused.
    private func drive(_ tokens: [Int], _ start: Matcher, _ times: inout [Int]) -> String? {
        var matcher = start
        for (position, token) in tokens.enumerated() {
            let begun = ProcessorTime.now
            let mask = matcher.allowed()
            guard mask.contains(token) else {
                times.append(ProcessorTime.now - begun)
                return "token \(position): \(matcher.explain(token))"
            }
            do {
                try matcher.advance(token)
            } catch {
                return "token \(position) is in the mask and refused: \(error)"
            }
            times.append(ProcessorTime.now - begun)
        }
        let begun = ProcessorTime.now
        let mask = matcher.allowed()
        times.append(ProcessorTime.now - begun)
        let canEnd = vocabulary.endOfTurn.contains { mask.contains($0) }
        return canEnd ? nil : "the end: \(matcher.explain(vocabulary.endOfTurn.first ?? 0))"
    }
}

extension MaskBenchmark.Report {
    /// Schemas that did not compile.
    var refused: Int { cases.filter { $0.refusal != nil }.count }
    /// Files that are right on every instance.
    var passing: Int { cases.filter(\.passes).count }
    /// Valid instances that were refused.
    var validRejected: Int { cases.reduce(0) { $0 + $1.validRejected.count } }
    /// Invalid instances that were let through.
    var invalidAccepted: Int { cases.reduce(0) { $0 + $1.invalidAccepted.count } }

    /// Value at each percentile, in microseconds.
    static func distribution(_ times: [Int]) -> [Double] {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return [] }
        return MaskBenchmark.percentiles.map { point in
            let rank = Int((point / 100 * Double(sorted.count)).rounded(.up)) - 1
            return Double(sorted[Swift.min(Swift.max(rank, 0), sorted.count - 1)]) / 1000
        }
    }

    /// Mean in microseconds.
    static func mean(_ times: [Int]) -> Double {
        times.isEmpty ? 0 : Double(times.reduce(0, +)) / Double(times.count) / 1000
    }

    /// The figures as JSON.
    var json: JSONValue {
        func numbers(_ times: [Int]) -> JSONValue {
            var members = zip(MaskBenchmark.percentiles, Self.distribution(times)).map { point, value in
                JSONObject.Member(key: "p\(JSONNumber(point)?.text ?? "")", value: Self.number(value))
            }
            members.append(JSONObject.Member(key: "mean", value: Self.number(Self.mean(times))))
            return .object(JSONObject(members))
        }
        return [
            "cases": .number(JSONNumber(cases.count)), "refused": .number(JSONNumber(refused)),
            "passing": .number(JSONNumber(passing)), "valid_rejected": .number(JSONNumber(validRejected)),
            "invalid_accepted": .number(JSONNumber(invalidAccepted)),
            "tokens": .number(JSONNumber(tokenTimes.count)),
            "token_us": numbers(tokenTimes), "compile_us": numbers(compileTimes),
            "peak_mb": ProcessMemory.peak.map(Self.number) ?? .null,
        ]
    }

    private static func number(_ value: Double) -> JSONValue {
        JSONNumber((value * 100).rounded() / 100).map { .number($0) } ?? .null
    }

    /// The figures as text, with the failing files where asked.
    /// - Parameters:
    ///   - failures: whether each failing file is listed with its reason.
    ///   - slowest: how many of the files with the slowest tokens and compilations are listed.
    func text(failures: Bool, slowest: Int = 0) -> String {
        var lines = [
            "cases \(cases.count), refused \(refused), passing \(passing), valid rejected \(validRejected), "
                + "invalid accepted \(invalidAccepted), tokens \(tokenTimes.count)"
        ]
        for (name, times) in [("mask and advance", tokenTimes), ("compile to first mask", compileTimes)] {
            let points = zip(MaskBenchmark.percentiles, Self.distribution(times)).map {
                "p\(JSONNumber($0)?.text ?? "") \(Self.rounded($1))"
            }
            lines.append(
                "\(name), µs: mean \(Self.rounded(Self.mean(times))), " + points.joined(separator: ", "))
        }
        if let memory = ProcessMemory.peak { lines.append("peak memory \(Self.rounded(memory)) MB") }
        if failures {
            for result in cases where !result.passes {
                lines.append("\(result.name):")
                if let refusal = result.refusal { lines.append("  refused: \(refusal)") }
                lines += result.validRejected.map { "  valid rejected, \($0)" }
                lines += result.invalidAccepted.map { "  invalid accepted, \($0)" }
            }
        }
        for (name, time) in [
            ("token", \MaskBenchmark.CaseResult.slowestToken), ("compilation", \.compilation),
        ] {
            for result in cases.sorted(by: { $0[keyPath: time] > $1[keyPath: time] }).prefix(slowest) {
                let place = name == "token" ? ", \(result.slowestPlace)" : ""
                lines.append("slow \(name): \(result.name) \(result[keyPath: time] / 1000) µs\(place)")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func rounded(_ value: Double) -> String {
        String(format: value < 100 ? "%.1f" : "%.0f", value)
    }
}
