/// Holds the lines of a journal against its chain as they are read, for everything that acts on what they say.
///
/// A journal without a chain, as those before version 1.1 have none, can be read and not acted on: nothing tells what of it
/// was changed.
struct ChainCheck: Sendable {
    /// The hash of the last line.
    private var last = ""

    /// Takes the next line, given without its line break.
    /// - Throws: ``JournalError`` of kind `changed` where it is not what was written there, or bears no hash.
    mutating func check(_ line: [UInt8], number: Int) throws(JournalError) {
        guard let (text, hash) = JournalChain.unsealed(line) else {
            throw number == 1 ? JournalError.unchained : JournalError.changed(line: number)
        }
        guard JournalChain.hash(of: text, after: last).utf8.elementsEqual(hash.utf8) else {
            throw JournalError.changed(line: number)
        }
        last = hash
    }
}
