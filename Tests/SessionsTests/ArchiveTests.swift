import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Archives that hold logs.
@Suite struct ArchiveTests {
    /// An archive whose entries share one run of bytes, as archives may that are made to unfold without end.
    private func archive(_ names: [String], method: UInt8, sharing data: [UInt8]) -> [UInt8] {
        func two(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
        func four(_ value: Int) -> [UInt8] { two(value & 0xFFFF) + two(value >> 16) }
        let zeros = [UInt8](repeating: 0, count: 16)
        let sizes = four(data.count) + four(0)
        var bytes: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, method, 0]
        bytes += zeros.prefix(8)
        bytes += sizes + [0, 0, 0, 0] + data
        let start = bytes.count
        for name in names {
            bytes += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0, method, 0] as [UInt8]
            bytes += zeros.prefix(8)
            bytes += sizes + two(name.utf8.count)
            bytes += zeros + Array(name.utf8)
        }
        let length = bytes.count - start
        bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] as [UInt8]
        bytes += two(names.count) + two(names.count)
        return bytes + four(length) + four(start) + [0, 0]
    }

    private static let head = #"{"version":2,"status":"success","eval":{"model":"m"},"messages":[]}"#

    @Test(
        "what the files of an archive unfold into together is bounded, stored or compressed",
        arguments: [8, 93, 0])
    func bound(method: UInt8) throws {
        let head = Array(ArchiveTests.head.utf8)
        // A stored block of deflate; a raw block of Zstandard.
        let size = UInt8(head.count)
        let packed: [UInt8] =
            switch method {
            case 8: [1, size, 0, ~size, 0xFF] + head
            case 93: [0x28, 0xB5, 0x2F, 0xFD, 0x20, size, size << 3 | 1, size >> 5, 0] + head
            default: head
            }
        let samples = (1...100).map { "samples/\($0).json" }
        let file = archive(["header.json"] + samples, method: method, sharing: packed)
        let all = head.count * 101
        let log = try InspectArchive.log(file, within: UnfoldingBound(all)).log
        #expect(log["samples"]?.arrayValue?.count == 100)
        for most in [0, head.count, all - 1] {
            let error = #expect(throws: ImportError.self) {
                try InspectArchive.log(file, within: UnfoldingBound(most)).log
            }
            #expect(error?.description.contains("together unfolds beyond \(most) bytes") == true)
        }
        #expect(
            "\(ImportError.unfolds(beyond: ReadingLimits.unpacked))".contains("unfolds beyond 256 MiB"))
    }

    /// An archive of Zip64: all ones in the old places, and the numbers in fields of their own.
    private func wideArchive(_ data: [UInt8], unpacked: UInt64, packed: UInt64) -> [UInt8] {
        func little(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        }
        let ones = [UInt8](repeating: 0xFF, count: 4)
        let name = Array("header.json".utf8)
        let zeros = [UInt8](repeating: 0, count: 8)
        var bytes: [UInt8] = [0x50, 0x4B, 3, 4, 45, 0, 0, 0, 0, 0] + zeros + ones + ones
        bytes += little(UInt64(name.count), 2) + little(0, 2) + name + data
        let start = UInt64(bytes.count)
        bytes += [0x50, 0x4B, 1, 2, 45, 0, 45, 0, 0, 0, 0, 0] + zeros + ones + ones
        bytes += little(UInt64(name.count), 2) + little(28, 2) + zeros + little(0, 2) + ones + name
        bytes += little(1, 2) + little(24, 2) + little(unpacked, 8) + little(packed, 8) + little(0, 8)
        let length = UInt64(bytes.count) - start
        let record = UInt64(bytes.count)
        bytes += [0x50, 0x4B, 6, 6] + little(44, 8) + [45, 0, 45, 0] + zeros + little(1, 8) + little(1, 8)
        bytes += little(length, 8) + little(start, 8)
        bytes += [0x50, 0x4B, 6, 7, 0, 0, 0, 0] + little(record, 8) + [1, 0, 0, 0]
        return bytes + [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + ones + ones + [0, 0]
    }

    @Test("archives of Zip64 are read, and one that promises too much is told so and not called cut")
    func zip64() throws {
        let head = Array(ArchiveTests.head.utf8)
        let size = UInt64(head.count)
        let whole = wideArchive(head, unpacked: size, packed: size)
        #expect(try InspectArchive.log(whole, within: UnfoldingBound()).log["status"] == "success")
        let promises: [(UInt64, UInt64)] = [(1 << 40, size), (1 << 40, 1 << 40), (1 << 59, 1 << 59)]
        for (unpacked, packed) in promises {
            let bomb = wideArchive(head, unpacked: unpacked, packed: packed)
            let error = #expect(throws: ImportError.self) {
                try InspectArchive.log(bomb, within: UnfoldingBound()).log
            }
            #expect(error?.description.contains("unfolds beyond 256 MiB") == true, "\(error as Any)")
        }
        // Numbers that no file reaches, and places that are none.
        for wrong in [UInt64.max, 1 << 62] {
            let broken = wideArchive(head, unpacked: wrong, packed: wrong)
            #expect(throws: ImportError.self) { try InspectArchive.log(broken, within: UnfoldingBound()).log }
        }
        for cut in stride(from: 4, to: whole.count, by: 3) {
            #expect(throws: ImportError.self) {
                try InspectArchive.log(Array(whole[..<cut]), within: UnfoldingBound()).log
            }
        }
    }

    @Test("what the bodies of a file of flows unfold into together is bounded")
    func flowsWithinTheirBound() throws {
        let body = Array(#"{"model":"m","messages":[{"role":"user","content":"ask"}]}"#.utf8)
        let size = UInt8(body.count)
        let deflated: [UInt8] = [1, size, 0, ~size, 0xFF] + body
        func net(_ bytes: [UInt8], _ type: Character) -> [UInt8] {
            Array("\(bytes.count):".utf8) + bytes + Array(String(type).utf8)
        }
        func text(_ text: String) -> [UInt8] { net(Array(text.utf8), ",") }
        let headers = net(net(text("Content-Encoding") + text("deflate"), "]"), "]")
        let request = net(
            text("method") + text("POST") + text("path") + text("/v1/chat/completions") + text("headers")
                + headers + text("content") + net(deflated, ","), "}")
        let file = [[UInt8]](repeating: net(text("request") + request, "}"), count: 10).flatMap { $0 }
        var losses = Losses()
        let found = try FlowFile.exchanges(file, &losses, within: UnfoldingBound(body.count * 10))
        #expect(found.count == 10 && losses.lines.isEmpty)
        for most in [0, body.count, body.count * 10 - 1] {
            let error = #expect(throws: ImportError.self) {
                try FlowFile.exchanges(file, &losses, within: UnfoldingBound(most))
            }
            #expect(error?.description.contains("together unfolds beyond \(most) bytes") == true)
        }
    }

    @Test("archives of Python's zipfile are read, stored and deflated, where Python is at hand")
    func zip() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("log.eval").path
        let script = """
            import json, sys, zipfile
            sample = {"id": 1, "epoch": 1, "messages": [{"role": "user", "content": "ask " * 200}, {"role": "assistant", "content": "yes"}], "events": []}
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
                z.writestr("header.json", json.dumps({"version": 2, "status": "success", "eval": {"model": "m"}}))
                z.writestr(zipfile.ZipInfo("samples/1_epoch_1.json"), json.dumps(sample))
                z.writestr("samples/2_epoch_1.json", json.dumps(sample))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, path]
        do { try process.run() } catch {
            print("archives: skipped, there is no python3")
            return
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            print("archives: skipped, python3 has no zipfile")
            return
        }
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let imported = try SessionImport(bytes, name: "x")
        #expect(imported.format == .inspect && imported.sessions.count == 2)
        #expect(RunState(folding: imported.sessions[1]).outcome == .answered("yes"))
        for cut in stride(from: 4, to: bytes.count, by: 7) {
            #expect(throws: ImportError.self) { try SessionImport(Array(bytes[..<cut]), name: "x") }
        }
    }
}
