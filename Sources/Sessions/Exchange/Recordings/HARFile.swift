import Foundation
import JSON

/// HTTP archives (HAR 1.2): what a browser or a proxy saw, of which the requests to models are read.
enum HARFile {
    static func isOne(_ value: JSONValue) -> Bool { value["log"]?["entries"]?.arrayValue != nil }

    /// The exchanges with models, and what else was in the file.
    static func exchanges(_ value: JSONValue, _ losses: inout Losses) -> [RecordedExchange] {
        var found: [RecordedExchange] = []
        for entry in value["log"]?["entries"]?.arrayValue ?? [] {
            let request = entry["request"] ?? [:]
            let path = URL(string: request["url"]?.stringValue ?? "")?.path(percentEncoded: true) ?? ""
            let exchange = RecordedExchange(
                method: request["method"]?.stringValue ?? "", path: path,
                body: bytes(request["postData"] ?? [:]), response: response(entry),
                time: entry["startedDateTime"]?.stringValue.flatMap(Document.milliseconds) ?? 0,
                milliseconds: entry["time"]?.numberValue.map { Double($0.text) ?? 0 } ?? 0)
            guard let exchange else {
                losses.add(RecordedExchange.otherExchange)
                continue
            }
            if response(entry) == nil {
                losses.add("the response to a request, which was not recorded: the archive has no text of it")
            }
            found.append(exchange)
        }
        return found
    }

    /// The response's bytes; `nil` where the archive has none of them: browsers keep no streams.
    private static func response(_ entry: JSONValue) -> [UInt8]? {
        guard let content = entry["response"]?["content"], content["text"]?.stringValue != nil else {
            return nil
        }
        return bytes(content)
    }

    private static func bytes(_ content: JSONValue) -> [UInt8] {
        let text = content["text"]?.stringValue ?? ""
        if content["encoding"] == "base64", let data = Data(base64Encoded: text) { return Array(data) }
        return Array(text.utf8)
    }
}
