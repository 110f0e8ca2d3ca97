import Foundation
import JSON

/// Why a journal could not be read or written.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Kind: Sendable, Hashable {
        /// The file is something else.
        case notAJournal
        /// The journal is of a version that this program cannot read.
        case unknownVersion
        /// A line cannot be read; its number, from 1.
        case corrupt(line: Int)
        /// A line is not what was written there; its number, from 1.
        case changed(line: Int)
        /// A file of that name is there already.
        case exists
        /// No file of that name is there.
        case missing
        /// Another process writes to the journal.
        case locked
        /// The system does not permit it.
        case notPermitted
        /// The disk, or the quota, is full.
        case full
        /// An earlier write failed, or the journal has been closed.
        case closed
        /// Anything else that the system reported.
        case system(Int32)
    }

    /// What kind of fault it is.
    public let kind: Kind
    /// One line: what is wrong, where, and what to do.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static func notAJournal(_ reason: String) -> JournalError {
        JournalError(
            .notAJournal, "this is no Callgate journal: \(reason); give a .jsonl file that a run recorded")
    }

    static func unknownVersion(_ version: JournalVersion) -> JournalError {
        JournalError(
            .unknownVersion,
            "the journal has format \(version) and this program reads \(EventCodec.version.major).x; "
                + "open it with a newer callgate")
    }

    static func corrupt(line: Int, column: Int?, _ reason: String) -> JournalError {
        let place = column.map { "line \(line), column \($0)" } ?? "line \(line)"
        let fix =
            line > 1
            ? "; restore the file from a copy, or keep what is before it with: head -n \(line - 1)" : ""
        return JournalError(.corrupt(line: line), "\(place): \(reason)\(fix)")
    }

    static func endless(line: Int) -> JournalError {
        corrupt(
            line: line, column: nil, "it has more than \(ReadingLimits.figure(ReadingLimits.journalLine))")
    }

    static func changed(line: Int) -> JournalError {
        JournalError(
            .changed(line: line),
            "line \(line) is not what was written there: it was changed, or lines before it were cut out; nothing "
                + "that rests on it is done. callgate audit names each such line")
    }

    /// A journal of which nothing could be held against a chain.
    static let unchained = JournalError(
        .changed(line: 1),
        "it has no hash chain, so that nobody can tell what of it was changed, and nothing that rests on it is done; "
            + "callgate replay shows it")

    /// The fault behind an `errno`.
    static func system(_ code: Int32, _ action: String, _ path: String) -> JournalError {
        let words = String(cString: strerror(code))
        switch code {
        case EEXIST:
            return JournalError(
                .exists, "\(path) is there already and is never overwritten; give --record another name")
        case ENOENT: return JournalError(.missing, "there is no file \(path)")
        case EACCES, EPERM, EROFS:
            return JournalError(
                .notPermitted, "\(action) \(path) is not permitted (\(words)); record elsewhere with --record"
            )
        case ENOSPC, EDQUOT, EFBIG:
            return JournalError(
                .full, "\(action) \(path) failed: \(words); free some space, then take the session up again")
        default: return JournalError(.system(code), "\(action) \(path) failed: \(words)")
        }
    }

    /// The same fault with the file's name in front.
    func at(_ path: String) -> JournalError {
        switch kind {
        case .notAJournal, .unknownVersion, .corrupt, .changed: JournalError(kind, "\(path): \(description)")
        default: self
        }
    }
}
