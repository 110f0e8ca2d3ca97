import Synchronization

/// Where other threads leave what the main thread must know.
///
/// While the main thread waits in `poll`, nothing that is sent to the main actor runs: everything comes back through
/// a mailbox. ``Screen/nextEvent(timeout:)`` then gives ``ScreenEvent/wake``, and the program empties its mailboxes.
public final class Mailbox<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    private let wake: Wake

    /// An empty mailbox that rings a bell, which several mailboxes may share.
    public init(wake: Wake) { self.wake = wake }

    /// Adds an element and wakes the main thread; from any thread.
    public func post(_ element: Element) {
        elements.withLock { $0.append(element) }
        wake.ring()
    }

    /// Takes everything out, in the order in which it came.
    public func drain() -> [Element] {
        elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }
}
