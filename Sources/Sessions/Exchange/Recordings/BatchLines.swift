import JSON

/// What a provider's batch gave, a line for each request.
enum BatchLines {
    /// The documents without the lines of requests that failed, which hold no response, and a word for each of those.
    /// - Throws: ``ImportError`` where no line is left.
    static func succeeded(_ documents: [Document]) throws(ImportError) -> ([Document], failures: [String]) {
        var (kept, failures): ([Document], [String]) = ([], [])
        for document in documents {
            if let failure = failure(of: document.value) {
                failures.append("\(document.place)a request of the batch that failed: \(failure)")
            } else {
                kept.append(document)
            }
        }
        if kept.isEmpty, let first = failures.first {
            throw ImportError("no request of the batch has a response; \(first)")
        }
        return (kept, failures)
    }

    /// Why a line's request has no response; `nil` for a line that has one, or is none of a batch.
    private static func failure(of line: JSONValue) -> String? {
        guard line["custom_id"] != nil else { return nil }
        if let type = line["result"]?["type"]?.stringValue, type != "succeeded" {
            return words(line["result"]?["error"]?["error"] ?? line["result"]?["error"]) ?? type
        }
        if let error = line["error"], error != .null { return words(error) ?? error.text() }
        guard let status = line["response"]?["status_code"]?.intValue, status >= 400 else { return nil }
        return words(line["response"]?["body"]?["error"]) ?? "status \(status)"
    }

    private static func words(_ error: JSONValue?) -> String? {
        error?["message"]?.stringValue ?? error?.stringValue
    }
}
