/// One line of a comparison of two texts.
enum LineDifference: Sendable, Hashable {
    case same(String)
    case removed(String)
    case added(String)

    /// The lines of both texts in order, as few as possible removed and added (longest common subsequence).
    ///
    /// Texts of more than `limit` differing lines are compared as a whole: all removed, all added.
    static func between(_ old: String, _ new: String, limit: Int = 2_000) -> [LineDifference] {
        let a = lines(old)
        let b = lines(new)
        var head = 0
        while head < a.count, head < b.count, a[head] == b[head] { head += 1 }
        var tail = 0
        while tail < a.count - head, tail < b.count - head, a[a.count - 1 - tail] == b[b.count - 1 - tail] {
            tail += 1
        }
        let left = Array(a[head..<a.count - tail])
        let right = Array(b[head..<b.count - tail])
        let middle =
            left.count * right.count > limit * limit
            ? left.map { removed(text($0)) } + right.map { added(text($0)) } : compare(left, right)
        return a[..<head].map { same(text($0)) } + middle + a[(a.count - tail)...].map { same(text($0)) }
    }

    /// Lines as bytes: canonically equivalent texts are different texts.
    private static func lines(_ text: String) -> [[UInt8]] {
        text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    }

    private static func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

    private static func compare(_ a: [[UInt8]], _ b: [[UInt8]]) -> [LineDifference] {
        var common = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                common[i][j] =
                    a[i] == b[j] ? common[i + 1][j + 1] + 1 : max(common[i + 1][j], common[i][j + 1])
            }
        }
        var result: [LineDifference] = []
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[i] == b[j] {
                result.append(same(text(a[i])))
                (i, j) = (i + 1, j + 1)
            } else if i < a.count, j == b.count || common[i + 1][j] >= common[i][j + 1] {
                result.append(removed(text(a[i])))
                i += 1
            } else {
                result.append(added(text(b[j])))
                j += 1
            }
        }
        return result
    }
}
