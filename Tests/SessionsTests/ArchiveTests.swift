import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Archives that hold logs.
@Suite struct ArchiveTests {
    /// What zlib made of "hello hello hello hello, archive\n" with fixed codes, and of a longer text with codes of its own.
    @Test("deflated data gives its text back")
    func deflate() throws {
        let packed: [UInt8] = [
            0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0x75, 0x14, 0x12, 0x8B, 0x92, 0x33, 0x32,
            0xCB, 0x52,
            0xB9, 0x00,
        ]
        let text = try Inflate.bytes(packed[...], limit: 1_000)
        #expect(String(decoding: text, as: UTF8.self) == "hello hello hello hello, archive\n")
        #expect(throws: ImportError.self) { try Inflate.bytes(packed[...], limit: 10) }
        for cut in packed.indices {
            #expect(throws: ImportError.self) { try Inflate.bytes(packed[..<cut], limit: 1_000) }
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
