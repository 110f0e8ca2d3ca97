import Agent
import Foundation
import JSON
import Sessions
import Synchronization

/// The file in which a proxy remembers, over restarts, which conversations it has seen and what became of their calls.
///
/// It lies beside the journals, from the first conversation on. What stands in it of a call is on the disk before the
/// call's client is answered.
final class CallLedger: Sendable {
    private struct State: ~Copyable {
        /// The file; closed until something is to be remembered.
        var file: Int32 = -1
        /// The folder, locked against other proxies; closed until it is there.
        var lock: Int32 = -1
        var isClosed = false
        var entries: [String: [LedgerEntry]] = [:]
        var interludes: [String: [Interlude]] = [:]
        var places: [String: SessionPlace] = [:]
    }

    /// The name of the file in the folder of the journals.
    static let fileName = "attach.ledger"

    private let folder: String
    private let state = Mutex(State())

    private var path: String { "\(folder)/\(CallLedger.fileName)" }

    /// Opens the ledger of a folder; where there is none yet, nothing is written before ``prepare()``.
    /// - Throws: ``AttachError`` where it cannot be used, or another proxy uses it.
    init(folder: String) throws(AttachError) {
        self.folder = folder
        guard FileManager.default.fileExists(atPath: folder) else { return }
        try take(false)
        let text: [UInt8]
        do {
            text =
                FileManager.default.fileExists(atPath: path)
                ? try BoundedFile.bytes(path, most: ReadingLimits.transcript) : []
        } catch {
            throw AttachError("\(error); name another folder with --record")
        }
        state.withLock { state in
            for line in text.split(separator: 0x0A) {
                switch LedgerLine(Array(line)) {
                case .call(let entry, let journal):
                    CallLedger.add(entry, to: &state.entries[journal, default: []])
                case .interlude(let interlude, let journal):
                    state.interludes[journal, default: []].append(interlude)
                case .place(let place, let journal): state.places[journal] = place
                case nil: break
                }
            }
        }
    }

    deinit { close() }

    /// Makes sure that something can be remembered.
    /// - Throws: ``AttachError`` where it cannot, or another proxy records in the folder.
    func prepare() throws(AttachError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw AttachError("the folder \(folder) cannot be created; name another with --record")
        }
        try take(true)
    }

    /// Locks the folder, and opens the file where it is to be written.
    private func take(_ opensFile: Bool) throws(AttachError) {
        let fault: String? = state.withLock { state in
            guard !state.isClosed else { return "the proxy is closed" }
            if state.lock < 0 {
                let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                guard lock >= 0 else {
                    return "\(folder) cannot be opened: \(String(cString: strerror(errno)))"
                }
                guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                    _ = Foundation.close(lock)
                    return "another callgate attach records in \(folder); name another folder with --record"
                }
                state.lock = lock
            }
            guard opensFile, state.file < 0 else { return nil }
            state.file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard state.file >= 0 else {
                return "\(path) cannot be opened: \(String(cString: strerror(errno)))"
            }
            var last: UInt8 = 0x0A
            let size = lseek(state.file, 0, SEEK_END)
            if size > 0, pread(state.file, &last, 1, size - 1) == 1, last != 0x0A {
                // A crash cut the last line.
                _ = CallLedger.write([0x0A], to: state.file)
            }
            return nil
        }
        if let fault { throw AttachError(fault) }
    }

    /// Lets another proxy use the folder; nothing can be remembered from here on.
    func close() {
        state.withLock { state in
            if state.file >= 0 { _ = Foundation.close(state.file) }
            if state.lock >= 0 { FileLock.release(state.lock) }
            (state.file, state.lock, state.isClosed) = (-1, -1, true)
        }
    }

    /// Remembers a call; returns once it is on the disk.
    /// - Throws: ``AttachError``; the call must not be answered then.
    func remember(_ entry: LedgerEntry, in journal: String) throws(AttachError) {
        try store(.call(entry, journal: journal)) { state in
            CallLedger.add(entry, to: &state.entries[journal, default: []])
        }
    }

    /// Remembers what passed without a client; returns once it is on the disk.
    /// - Throws: ``AttachError``; the model must not be asked again then.
    func remember(_ interlude: Interlude, in journal: String) throws(AttachError) {
        try store(.interlude(interlude, journal: journal)) { state in
            state.interludes[journal, default: []].append(interlude)
        }
    }

    private func store(
        _ line: LedgerLine, _ change: (inout State) -> Void
    ) throws(AttachError) {
        try take(true)
        let isWritten = state.withLock { state in
            guard CallLedger.write(line.bytes, to: state.file), fdatasync(state.file) == 0 else {
                return false
            }
            change(&state)
            return true
        }
        if !isWritten {
            throw AttachError("\(path) could not be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Remembers where a conversation stands.
    func remember(_ place: SessionPlace, in journal: String) {
        try? take(true)
        state.withLock { state in
            _ = CallLedger.write(LedgerLine.place(place, journal: journal).bytes, to: state.file)
            state.places[journal] = place
        }
    }

    /// What is remembered of the calls of a session, in order.
    func entries(in journal: String) -> [LedgerEntry] { state.withLock { $0.entries[journal] ?? [] } }

    /// What passed in a session without its client, in order.
    func interludes(in journal: String) -> [Interlude] { state.withLock { $0.interludes[journal] ?? [] } }

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
