import JSON

/// Inspect's `.eval`: a zip archive with the log's head and a file for each sample, which together are the JSON form.
enum InspectArchive {
    /// The log as one JSON document, and what of its samples cannot be read.
    /// - Parameter bound: What its files may unfold into together.
    /// - Throws: ``ImportError`` for an archive that is none of Inspect's, is broken, or goes beyond the bound.
    static func log(
        _ bytes: [UInt8], within bound: UnfoldingBound
    ) throws(ImportError) -> (log: JSONValue, broken: [String]) {
        let archive = try ZipArchive(bytes)
        var bound = bound
        func value(_ entry: ZipArchive.Entry) throws(ImportError) -> JSONValue {
            let contents = try bound.unfold { most throws(ImportError) in
                try archive.contents(entry, most: most)
            }
            do { return try JSONParser.parse(contents) } catch {
                throw ImportError("\(entry.name) of the archive is no JSON: \(error)")
            }
        }
        // A log whose run was not ended has only the start of its head.
        let head =
            archive.entries.first { $0.name == "header.json" }
            ?? archive.entries.first { $0.name == "_journal/start.json" }
        guard let head else {
            throw ImportError(
                "this is a zip archive without header.json; of archives only Inspect's logs (.eval) are read")
        }
        guard var log = try value(head).objectValue else {
            throw ImportError("\(head.name) of the archive is no object")
        }
        var (samples, broken): ([JSONValue], [String]) = ([], [])
        for entry in archive.entries where entry.name.hasPrefix("samples/") && entry.name.hasSuffix(".json") {
            do { samples.append(try value(entry)) } catch {
                // What unfolds without end is refused; what is broken is one sample's own fault.
                if error.isBound { throw error }
                broken.append("a sample that cannot be read: \(error)")
            }
        }
        log["samples"] = .array(samples)
        return (.object(log), broken)
    }
}
