import Testing

@testable import Attach

/// Something that changes, and whoever waits for that.
private actor Room {
    private(set) var changes = Changes()

    func change() { changes.happen() }

    func wait(after seen: Int) async -> Int {
        await withCheckedContinuation { changes.resume($0, after: seen) }
        return changes.count
    }
}

@Suite("Who waits for a change")
struct ChangesTests {
    @Test("A change that comes between looking and waiting is not missed", arguments: [1, 2, 5])
    func earlier(count: Int) async {
        let room = Room()
        let seen = await room.changes.count
        for _ in 0..<count { await room.change() }
        #expect(await room.wait(after: seen) == count)
    }

    @Test("All who wait are resumed by the next change, whichever of them looked last")
    func together() async {
        let room = Room()
        await room.change()
        await withTaskGroup(of: Int.self) { group in
            for seen in [0, 1, 1, 1] { group.addTask { await room.wait(after: seen) } }
            // Who looked before the last change does not wait for the next.
            #expect(await group.next() == 1)
            var left = 3
            while left > 0 {
                await room.change()
                if await group.next() != nil { left -= 1 }
            }
        }
    }
}
