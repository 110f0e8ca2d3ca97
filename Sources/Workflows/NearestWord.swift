/// The known word that an unknown one was probably meant to be.
enum NearestWord {
    /// `nil` where none is near: more than a third of its letters, and more than two, would have to change.
    static func of(_ word: String, among known: [String]) -> String? {
        let rated = known.map { (word: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
        guard let best = rated.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, best.word.utf8.count / 3) && best.distance < best.word.utf8.count
            ? best.word : nil
    }

    /// Insertions, deletions and replacements between two words (Levenshtein), by rows.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
