import Agent
import Foundation
import JSON
import Synchronization

/// The file in which a proxy remembers, over restarts, which conversations it has seen and what became of their calls.
///
/// It lies beside the journals. What stands in it of a call is on the disk before the call's client is answered.
final class CallLedger: Sendable {
    private struct State: ~Copyable {
        var descriptor: Int32
        var entries: [String: [LedgerEntry]] = [:]
        var places: [String: SessionPlace] = [:]
    }

    /// The name of the file in the folder of the journals.
    static let fileName = "attach.ledger"

    private let path: String
    private let state: Mutex<State>

    /// Opens the ledger of a folder, or begins it.
    /// - Throws: ``AttachError`` where it cannot be used, or another proxy uses it.
    init(folder: String) throws(AttachError) {
        path = "\(folder)/\(CallLedger.fileName)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw AttachError("the folder \(folder) cannot be created; name another with --record")
        }
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw AttachError("\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = Foundation.close(descriptor)
            throw AttachError(
                "another callgate attach records in \(folder); name another folder with --record")
        }
        var entries: [String: [LedgerEntry]] = [:]
        var places: [String: SessionPlace] = [:]
        let text: [UInt8]
        do { text = try BoundedFile.bytes(path, most: ReadingLimits.transcript) } catch {
            _ = Foundation.close(descriptor)
            throw AttachError("\(error); name another folder with --record")
        }
        for line in text.split(separator: 0x0A) {
            switch LedgerLine(Array(line)) {
            case .call(let entry, let journal): CallLedger.add(entry, to: &entries[journal, default: []])
            case .place(let place, let journal): places[journal] = place
            case nil: break
            }
        }
        if let last = text.last, last != 0x0A { _ = CallLedger.write([0x0A], to: descriptor) }
        state = Mutex(State(descriptor: descriptor, entries: entries, places: places))
    }

    deinit { close() }

    /// Lets another proxy use the folder; nothing can be remembered from here on.
    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { _ = Foundation.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    /// Remembers a call; returns once it is on the disk.
    /// - Throws: ``AttachError``; the call must not be answered then.
    func remember(_ entry: LedgerEntry, in journal: String) throws(AttachError) {
        let isWritten = state.withLock { state in
            guard CallLedger.write(LedgerLine.call(entry, journal: journal).bytes, to: state.descriptor),
                fdatasync(state.descriptor) == 0
            else { return false }
            CallLedger.add(entry, to: &state.entries[journal, default: []])
            return true
        }
        if !isWritten {
            throw AttachError("\(path) could not be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Remembers where a conversation stands.
    func remember(_ place: SessionPlace, in journal: String) {
        state.withLock { state in
            _ = CallLedger.write(LedgerLine.place(place, journal: journal).bytes, to: state.descriptor)
            state.places[journal] = place
        }
    }

    /// What is remembered of the calls of a session, in order.
    func entries(in journal: String) -> [LedgerEntry] { state.withLock { $0.entries[journal] ?? [] } }

    /// Where every conversation stands, by its journal.
    var places: [String: SessionPlace] { state.withLock { $0.places } }

    /// A later word on the same call stands in the place of the earlier one.
    private static func add(_ entry: LedgerEntry, to entries: inout [LedgerEntry]) {
        if let last = entries.lastIndex(where: {
            $0.id == entry.id && $0.sent == entry.sent && $0.written == entry.written
        }) {
            entries[last] = entry
        } else {
            entries.append(entry)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }
}

/// Why the proxy cannot do what was asked.
public struct AttachError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: what failed and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
