import ArgumentParser
import Foundation
import Synchronization
import Wire

/// `callgate-bench attach`: what a proxy adds to a stream.
struct AttachBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Measures what proxies add to streams of a provider on this machine.",
        discussion: """
            The provider sends 200 events, one every 5 ms, each with the time at which it left; the client takes the time
            until each has come. Scripts/bench/attach.sh starts the proxies.

            Example:
              callgate-bench attach --port 8099 --through callgate=http://127.0.0.1:8787 --streams 1,100
            """)

    @Option(help: "The port of the provider, to which the proxies must pass requests on.") var port = 8_099
    @Option(help: ArgumentHelp("A proxy by name and address.", valueName: "name=url")) var through: [String] =
        []
    @Option(help: "How many streams at the same time, one measurement each.") var streams = "1,20,100,1000"
    @Option(help: "How many events a stream has.") var events = 200
    @Option(help: "Milliseconds between two events.") var pause = 5

    func run() async throws {
        let server = try await HTTPServer(host: "127.0.0.1", port: port)
        let (events, pause) = (events, pause)
        let serving = Task {
            try await server.run { _, _, response in
                try await TimedStream(events: events, pause: .milliseconds(pause)).serve(response)
            }
        }
        defer { serving.cancel() }
        print("streams  way         first byte ms   a piece ms: median     p99")
        for count in streams.split(separator: ",").compactMap({ Int($0) }) {
            let direct = try await measure("http://127.0.0.1:\(port)", count)
            print(count, "direct", direct, nil)
            for way in through {
                let parts = way.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw ValidationError("--through takes NAME=URL") }
                print(count, parts[0], try await measure(parts[1], count), direct)
            }
        }
    }

    private func measure(_ base: String, _ count: Int) async throws -> Delays {
        let origin = try Origin(base)
        let client = HTTPClient()
        // One that is not measured, so that nothing is started for the first time.
        _ = try await TimedStream.take(client, origin, number: -1)
        let all = try await withThrowingTaskGroup(of: [Double].self) { group in
            for number in 0..<count {
                group.addTask {
                    // Not all in the same instant, as no program does.
                    try await Task.sleep(for: .milliseconds(number % 200))
                    return try await TimedStream.take(client, origin, number: number)
                }
            }
            return try await group.reduce(into: [[Double]]()) { $0.append($1) }
        }
        return Delays(first: all.compactMap(\.first), pieces: all.flatMap { $0.dropFirst(2) })
    }

    private func print(_ count: Int, _ name: String, _ delays: Delays, _ direct: Delays?) {
        func figure(_ value: Double, _ base: Double?) -> String {
            String(format: "%8.2f", value)
                + (base.map { String(format: " (+%.2f)", value - $0) } ?? "        ")
        }
        Swift.print(
            String(format: "%7d  ", count) + name.padding(toLength: 10, withPad: " ", startingAt: 0),
            figure(delays.firstMedian, direct?.firstMedian), figure(delays.median, direct?.median),
            figure(delays.p99, direct?.p99), separator: "  ")
    }

    private func print(_ line: String) { Swift.print(line) }
}

/// Milliseconds from leaving the provider to reaching the client.
private struct Delays {
    /// From the request to the first event.
    let firstMedian: Double
    let median: Double
    let p99: Double

    init(first: [Double], pieces: [Double]) {
        let (first, pieces) = (first.sorted(), pieces.sorted())
        firstMedian = first.isEmpty ? .nan : first[first.count / 2]
        median = pieces.isEmpty ? .nan : pieces[pieces.count / 2]
        p99 = pieces.isEmpty ? .nan : pieces[min(pieces.count - 1, pieces.count * 99 / 100)]
    }
}

/// A stream of Messages whose events say when they left.
private struct TimedStream {
    let events: Int
    let pause: Duration

    private static let start = ContinuousClock.now

    private static var nanoseconds: Int64 { Int64((ContinuousClock.now - start) / .nanoseconds(1)) }

    func serve(_ response: HTTPResponder) async throws {
        try await response.begin(
            HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
        var frames = [
            #"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        ]
        for frame in frames { try await write(frame, response) }
        for _ in 0..<events {
            let text = "@\(TimedStream.nanoseconds)@"
            try await write(
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#,
                response)
            try await Task.sleep(for: pause)
        }
        frames = [
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}"#,
            #"{"type":"message_stop"}"#,
        ]
        for frame in frames { try await write(frame, response) }
        try await response.finish()
    }

    private func write(_ json: String, _ response: HTTPResponder) async throws {
        let name = json.dropFirst(9).prefix { $0 != "\"" }
        try await response.write(Array("event: \(name)\ndata: \(json)\n\n".utf8))
    }

    /// Asks for a stream; the time to the first event, then the delay of each.
    static func take(_ client: HTTPClient, _ origin: Origin, number: Int) async throws -> [Double] {
        let body =
            #"{"model":"m","stream":true,"max_tokens":9,"tools":[{"name":"t","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"stream \#(number)"}]}"#
        let request = HTTPRequest(
            method: "POST", target: "/v1/messages",
            fields: HTTPFields([.init("content-type", "application/json")]))
        let asked = nanoseconds
        return try await client.send(request, body: Array(body.utf8), to: origin) { _, body in
            var delays: [Double] = []
            var pending: [UInt8] = []
            while let bytes = try await body.next() {
                let now = nanoseconds
                if delays.isEmpty { delays.append(Double(now - asked) / 1e6) }
                pending += bytes
                // Times stand between two signs that occur nowhere else.
                while let first = pending.firstIndex(of: 0x40),
                    let last = pending[(first + 1)...].firstIndex(of: 0x40)
                {
                    let text = String(decoding: pending[(first + 1)..<last], as: UTF8.self)
                    if let sent = Int64(text) { delays.append(Double(now - sent) / 1e6) }
                    pending.removeFirst(last + 1)
                }
            }
            return delays
        }
    }
}
