import JSON

/// Holds the lines of a journal against its chain as they are read, for everything that acts on what they say.
///
/// A journal that was begun without a chain, as older ones were, has none to be held against.
struct ChainCheck: Sendable {
    /// The first version of journals that have a chain.
    private static let first = JournalVersion(major: 1, minor: 1)

    private enum Progress: Sendable {
        case beginning
        case unchained
        case after(hash: String)
    }

    private var progress = Progress.beginning

    /// Takes the next line, given without its line break.
    /// - Throws: ``JournalError`` of kind `changed` where it is not what was written there.
    mutating func check(_ line: [UInt8], number: Int) throws(JournalError) {
        let sealed = JournalChain.unsealed(line)
        let before: String
        switch progress {
        case .beginning:
            guard sealed != nil else {
                // A journal of today was begun with a chain.
                let header = try? JSONParser.parse(line)
                let version = header?["journal"]?.stringValue.flatMap(JournalVersion.init)
                if let version, version >= ChainCheck.first { throw JournalError.changed(line: number) }
                progress = .unchained
                return
            }
            before = ""
        case .unchained:
            guard sealed == nil else { throw JournalError.changed(line: number) }
            return
        case .after(let hash): before = hash
        }
        guard let (text, hash) = sealed,
            JournalChain.hash(of: text, after: before).utf8.elementsEqual(hash.utf8)
        else { throw JournalError.changed(line: number) }
        progress = .after(hash: hash)
    }
}
