import Agent
import Formats
import Foundation
import JSON
import Testing

/// What the providers' own clients read of what we write; Scripts/peers/formats.sh fetches them.
@Suite struct PeerClientTests {
    private static let python: String? = {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["CALLGATE_PEERS"] ?? (environment["HOME"] ?? "") + "/.cache/callgate-peers"
        let path = home + "/format-clients/bin/python"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    @Test(.enabled(if: python != nil, "the clients are not there; Scripts/peers/formats.sh fetches them"))
    func theirClientsReadWhatWeWrite() throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SplitMix(seed: seed)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var written: [String: ModelResponse] = [:]
        for number in 0..<12 {
            let response = ModelResponse.random(&random)
            for format in WireFormat.allCases {
                let stream = ResponseWriter.stream(of: response, in: format, identity: identity)
                let whole = ResponseWriter.whole(response, in: format, identity: identity)
                for (kind, bytes) in [("stream", stream.flatMap { $0 }), ("whole", Array(whole.text().utf8))]
                {
                    let name = "\(number).\(format.rawValue).\(kind)"
                    try Data(bytes).write(to: folder.appendingPathComponent(name))
                    written[name] = response
                }
            }
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Scripts/peers/read_formats.py").standardizedFileURL
        let process = Process()
        process.executableURL = URL(fileURLWithPath: PeerClientTests.python ?? "")
        process.arguments = [script.path, folder.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var agreed = 0
        for line in data.split(separator: UInt8(ascii: "\n")) {
            let result = try JSONParser.parse(Array(line))
            let name = try #require(result["file"]?.stringValue)
            let response = try #require(written[name])
            written[name] = nil
            #expect(result["error"] == nil, "\(name), seed \(seed): \(result["error"]?.text() ?? "")")
            guard result["error"] == nil else { continue }
            #expect(result["text"]?.stringValue == response.content, "\(name), seed \(seed)")
            #expect(result["thinking"]?.stringValue == response.thinking?.text ?? "", "\(name), seed \(seed)")
            let calls = (result["calls"]?.arrayValue ?? []).map { call -> [JSONValue?] in
                [call[1], try? JSONParser.parse(call[2]?.stringValue ?? "").canonical]
            }
            let expected = response.calls.map { call -> [JSONValue?] in
                [.string(call.name), try? JSONParser.parse(call.arguments.text).canonical]
            }
            #expect(calls == expected, "\(name), seed \(seed)")
            agreed += 1
        }
        #expect(written.isEmpty, "\(written.keys.sorted()) were not read; seed \(seed)")
        print("seed \(seed): \(agreed) of 120 responses read by the providers' clients as they were written")
    }
}
