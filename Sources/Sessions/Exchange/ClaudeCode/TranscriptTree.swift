import JSON

/// The lines of one agent as the tree that they form: what a person took back or tried again is a branch.
struct TranscriptTree {
    /// A way through the tree: a conversation that the model has read.
    struct Path {
        /// The lines in the order in which they were written.
        var lines: [TranscriptLine]
        /// The path that this one leaves, and the last line that both have; `nil` for the first path.
        var branch: (path: Int, after: String?)?
        /// The path that a compaction has put an end to before this one began.
        var compacted: Int?
    }

    private let nodes: [String: TranscriptLine]
    private let children: [String: [TranscriptLine]]
    private var order: [TranscriptLine]
    /// The highest position below each line.
    private let latest: [String: Int]
    private(set) var paths: [Path] = []
    /// How many lines follow, by way of others, themselves.
    let circles: Int

    /// Builds the tree of lines that have IDs.
    init(_ lines: [TranscriptLine]) {
        let (order, circles) = TranscriptTree.parentsFirst(lines)
        self.circles = circles
        var nodes: [String: TranscriptLine] = [:]
        for line in order { if let uuid = line.uuid { nodes[uuid] = line } }
        var children: [String: [TranscriptLine]] = [:]
        for line in order { if let parent = line.parent { children[parent, default: []].append(line) } }
        // A line is written after the one that it follows, so going backwards meets the leaves first.
        var latest: [String: Int] = [:]
        for line in order.reversed() {
            guard let uuid = line.uuid else { continue }
            let own = max(latest[uuid] ?? -1, line.isMessage ? line.position : -1)
            latest[uuid] = own
            if let parent = line.parent { latest[parent] = max(latest[parent] ?? -1, own) }
        }
        self.nodes = nodes
        self.order = order
        self.children = children
        self.latest = latest
        follow()
        keepPreserved()
    }

    /// The lines that have IDs, each once and after the one that it follows, as Claude Code writes them; a line of a circle
    /// follows none.
    private static func parentsFirst(_ lines: [TranscriptLine]) -> ([TranscriptLine], circles: Int) {
        var nodes: [String: TranscriptLine] = [:]
        var given: [TranscriptLine] = []
        for line in lines {
            guard let uuid = line.uuid, nodes[uuid] == nil else { continue }
            nodes[uuid] = line
            given.append(line)
        }
        var ordered: [TranscriptLine] = []
        var (placed, circles): (Set<String>, Int) = ([], 0)
        for line in given {
            var chain: [TranscriptLine] = []
            var places: [String: Int] = [:]
            var next: TranscriptLine? = line
            while let current = next, let uuid = current.uuid, !placed.contains(uuid) {
                if let place = places[uuid] {
                    circles += 1
                    chain[place].parent = nil
                    chain.removeSubrange((place + 1)...)
                    break
                }
                places[uuid] = chain.count
                chain.append(current)
                next = current.parent.flatMap { nodes[$0] }
            }
            placed.formUnion(chain.compactMap(\.uuid))
            ordered += chain.reversed()
        }
        for (index, place) in given.map(\.position).enumerated() { ordered[index].position = place }
        return (ordered, circles)
    }

    /// Puts what a compaction left as it was where the model reads it: after the summary.
    private mutating func keepPreserved() {
        for index in paths.indices {
            guard let boundary = paths[index].lines.first(where: \.isCompaction),
                let kept = boundary.preserved({ nodes[$0]?.parent })
            else { continue }
            let own = Set(paths[index].lines.compactMap(\.uuid))
            var lines = kept.lines.filter { !own.contains($0) }.compactMap { nodes[$0] }
            // They stood in the conversation before; here they are from the compaction on.
            for place in lines.indices { lines[place].time = boundary.time }
            let place = paths[index].lines.firstIndex { $0.uuid == kept.after }
            paths[index].lines.insert(contentsOf: lines, at: place.map { $0 + 1 } ?? 1)
        }
    }

    /// The paths: the one that was written last in each conversation between two compactions, then what leaves it.
    private mutating func follow() {
        let roots = order.filter { $0.parent.map { nodes[$0] == nil } ?? true }
        var segments: [Int] = []
        var sessions: [Int: String] = [:]
        for root in roots where latest[root.uuid ?? ""].map({ $0 >= 0 }) == true {
            var path = Path(lines: main(from: root))
            // A file may have several sessions, which do not go on from each other; older lines name none.
            let session = root.session
            let before = segments.last { place in
                guard let session, let other = sessions[place] else { return true }
                return session.utf8.elementsEqual(other.utf8)
            }
            path.compacted = root.isCompaction ? before ?? segments.last : nil
            // Two beginnings without a compaction between them: the first prompt was taken back.
            if !root.isCompaction, let before { path.branch = (before, nil) }
            sessions[paths.count] = session
            paths.append(path)
            if path.branch == nil { segments.append(paths.count - 1) }
            addBranches(of: paths.count - 1)
        }
    }

    /// The way from a line to what was written last below it.
    private func main(from line: TranscriptLine) -> [TranscriptLine] {
        var path = [line]
        while let uuid = path.last?.uuid {
            let next = (children[uuid] ?? []).filter { (latest[$0.uuid ?? ""] ?? -1) >= 0 }
                .max { (latest[$0.uuid ?? ""] ?? -1) < (latest[$1.uuid ?? ""] ?? -1) }
            guard let next else { break }
            path.append(next)
        }
        return path
    }

    /// What leaves a path: siblings of a response or of its results belong to it, everything else is a branch.
    private mutating func addBranches(of index: Int) {
        var path = paths[index].lines
        var onPath = Set(path.compactMap(\.uuid))
        let responses = Set(path.compactMap(\.responseID))
        var calls = Set(path.flatMap(\.calls))
        var branches: [(after: String, lines: [TranscriptLine])] = []
        var waiting = path
        while !waiting.isEmpty {
            let line = waiting.removeFirst()
            guard let uuid = line.uuid else { continue }
            for child in children[uuid] ?? [] where !onPath.contains(child.uuid ?? "") {
                let belongs =
                    child.responseID.map(responses.contains)
                    ?? (!child.answers.isEmpty && child.answers.allSatisfy(calls.contains))
                    || !child.isMessage
                if belongs {
                    onPath.insert(child.uuid ?? "")
                    calls.formUnion(child.calls)
                    path.append(child)
                    waiting.append(child)
                } else {
                    branches.append((uuid, main(from: child)))
                }
            }
        }
        path.sort { $0.position < $1.position }
        paths[index].lines = path
        for branch in branches {
            let shared = path.prefix { $0.uuid != branch.after } + path.filter { $0.uuid == branch.after }
            paths.append(Path(lines: shared + branch.lines, branch: (index, branch.after)))
            addNestedBranches(below: branch.lines, of: paths.count - 1)
        }
    }

    /// What leaves a branch, and what leaves that.
    private mutating func addNestedBranches(below lines: [TranscriptLine], of index: Int) {
        var known = Set(paths.flatMap { $0.lines.compactMap(\.uuid) })
        var waiting = [(lines: lines, index: index)]
        while let (lines, index) = waiting.popLast() {
            for line in lines {
                for child in children[line.uuid ?? ""] ?? []
                where !known.contains(child.uuid ?? "") && (latest[child.uuid ?? ""] ?? -1) >= 0 {
                    let shared = paths[index].lines.prefix { $0.uuid != line.uuid } + [line]
                    let own = main(from: child)
                    known.formUnion(own.compactMap(\.uuid))
                    paths.append(Path(lines: shared + own, branch: (index, line.uuid)))
                    waiting.append((own, paths.count - 1))
                }
            }
        }
    }
}
