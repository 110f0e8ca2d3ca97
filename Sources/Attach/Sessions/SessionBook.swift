import Agent
import Foundation
import Sessions
import Synchronization

/// The conversations of a proxy: finds the one that a request goes on with, takes one up that an earlier proxy left, or
/// begins another.
actor SessionBook {
    /// A session that a request has for itself until it is over.
    struct Claim: Sendable {
        let session: AttachedSession
        /// How many turns of the request's dialogue the session knows.
        let known: Int
    }

    private struct Entry {
        let session: AttachedSession
        let identity: ClientIdentity
        let commands: Task<Void, Never>
        var exchange: Exchange?
        var isBusy = false
        /// The sum over the dialogue of the last request.
        var chain: Fingerprint?
        /// What came of the last request; `nil` where it was never answered.
        var answer: SessionAnswer?
    }

    private let settings: ProxySettings
    private let ledger: CallLedger
    private let watcher: any ProxyWatcher
    private var entries: [Entry] = []
    private var threads: [String: [Int]] = [:]
    private var chains: [Fingerprint: [Int]] = [:]
    private var responses: [String: Int] = [:]
    private var isLeft = false
    private let executor = DiskExecutor("callgate.sessions")

    /// Journals are created and taken up here, which waits for the disk.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How long a request waits for the sign that a client has left the calls that are held for it.
    private static let patience = Duration.milliseconds(250)
    /// The same for a request that says more than the one that is held, which no client asks for beside it.
    private static let longPatience = Duration.seconds(2)

    init(settings: ProxySettings, ledger: CallLedger, watcher: any ProxyWatcher) {
        self.settings = settings
        self.ledger = ledger
        self.watcher = watcher
    }

    /// The session of a client that names its conversations: what it asks beside it, without tools, is a side matter.
    func session(named identity: ClientIdentity) -> AttachedSession? {
        identity.thread.flatMap { threads[$0]?.last }.map { entries[$0].session }
    }

    /// Finds or begins the session of a request, and gives it to that exchange until ``release(_:answer:)``.
    /// - Throws: what the journal throws.
    func claim(_ request: AgentRequest, for exchange: Exchange) async throws -> Claim {
        try checkThatNobodyLeft()
        let identity = exchange.identity
        let begun = ContinuousClock.now
        let patience = begun + SessionBook.patience
        for (place, known) in await candidates(request, identity) {
            let goesOn = identity.thread != nil && known < request.chain.count
            await giveUpLeft(at: place, waitingUntil: goesOn ? begun + SessionBook.longPatience : patience)
            guard occupy(place, exchange) else { continue }
            await remember(request, at: place)
            return Claim(session: entries[place].session, known: known)
        }
        for place in threads[identity.thread ?? ""] ?? [] {
            // Some clients change what lies before the last answer, but name their conversation.
            guard let known = await entries[place].session.known(in: request) else { continue }
            await giveUpLeft(at: place, waitingUntil: patience)
            guard occupy(place, exchange) else { continue }
            await remember(request, at: place)
            return Claim(session: entries[place].session, known: known)
        }
        let claim =
            if let old = try await takeUp(request, identity) { old } else {
                try await begin(request, identity)
            }
        try checkThatNobodyLeft()
        if let place = entries.firstIndex(where: { $0.session === claim.session }) {
            entries[place].exchange = exchange
            await remember(request, at: place)
        }
        return claim
    }

    private func checkThatNobodyLeft() throws(ProxyFault) {
        guard isLeft else { return }
        throw ProxyFault(
            status: 503, message: "callgate attach has been ended; point the client at its provider")
    }

    /// Gives a session back, with what came of its request.
    func release(_ session: AttachedSession, answer: SessionAnswer?) {
        guard let place = entries.lastIndex(where: { $0.session === session }) else { return }
        entries[place].exchange = nil
        entries[place].isBusy = false
        entries[place].answer = answer
        if let response = answer?.response { responses[response] = place }
    }

    /// Ends what is under way for a person who leaves: calls that wait are denied and their clients told, what the models
    /// still write is cut, and every session's end is stored.
    func leave() async {
        isLeft = true
        let leaving = entries
        var answered: [Exchange] = []
        for entry in leaving {
            if await entry.session.holdsCalls, let exchange = entry.exchange { answered.append(exchange) }
        }
        for entry in leaving { await entry.session.abandon(.proxyLeft) }
        let end = ContinuousClock.now + .seconds(SessionBook.farewell)
        for exchange in answered { await exchange.deliver(until: end) }
        for exchange in leaving.compactMap(\.exchange) { exchange.cancel() }
        for entry in leaving {
            await entry.exchange?.finish(until: end)
            await entry.session.conclude()
        }
    }

    /// Seconds in which clients whose calls are denied at the end must have taken their answers.
    private static let farewell = 5

    /// Gives up what the sessions do and lets go of their journals.
    func close() async {
        isLeft = true
        for entry in entries {
            entry.commands.cancel()
            await entry.exchange?.lose()
            await entry.exchange?.untilOver()
            await entry.session.close()
        }
    }

    /// The sessions whose last request is the beginning of this one, the longest first, with the turns that are known.
    private func candidates(
        _ request: AgentRequest, _ identity: ClientIdentity
    ) async -> [(place: Int, known: Int)] {
        if let previous = request.reading.previousResponse {
            return await place(of: previous).map { [($0, 0)] } ?? []
        }
        let (prints, chain) = (request.prints, request.chain)
        var found: [(place: Int, known: Int)] = []
        for last in chain.indices.reversed() {
            let places = (chains[chain[last]] ?? []).filter { place in
                // The same request once more, after it was answered, is another conversation that begins alike.
                entries[place].identity.isSame(as: identity)
                    && (last + 1 < chain.count || identity.thread != nil || entries[place].answer == nil)
            }
            // Of conversations that began alike, the one that was answered so.
            let answer = last + 1 < prints.count ? prints[last + 1] : nil
            found += places.filter { entries[$0].answer?.print == answer }.map { ($0, last + 1) }
            found += places.filter { entries[$0].answer?.print != answer }.map { ($0, last + 1) }
        }
        return found
    }

    /// The session to which the provider gave a response of that ID.
    private func place(of response: String) async -> Int? {
        if let place = responses[response] { return place }
        // A client may go on before its last request has been given back.
        for (place, entry) in entries.enumerated() where entry.isBusy {
            if await entry.session.standing.place.response == response { return place }
        }
        return nil
    }

    /// Gives up what a session is busy with, where its client has left it: a request that is none of the held one's
    /// re-sends means that.
    private func giveUpLeft(at place: Int, waitingUntil end: ContinuousClock.Instant) async {
        guard let exchange = entries[place].exchange, await exchange.waitUntilLeft(until: end) else { return }
        await exchange.lose()
        await exchange.untilOver()
        entries[place].isBusy = entries[place].exchange != nil && entries[place].exchange !== exchange
    }

    /// Gives a session to an exchange, unless another has it.
    private func occupy(_ place: Int, _ exchange: Exchange) -> Bool {
        guard !entries[place].isBusy else { return false }
        entries[place].isBusy = true
        entries[place].exchange = exchange
        return true
    }

    /// Remembers by what the next request of a session is to be known.
    private func remember(_ request: AgentRequest, at place: Int) async {
        var chain = request.chain.last
        if request.reading.previousResponse != nil {
            // The provider keeps what came before; a client that sends all of it later is to be known then.
            chain = Fingerprint.chain(await entries[place].session.standing.place.prints(of: request)).last
        }
        if let old = entries[place].chain { chains[old]?.removeAll { $0 == place } }
        entries[place].chain = chain
        if let chain { chains[chain, default: []].append(place) }
    }

    /// Takes up a session of an earlier proxy, from its journal and the ledger.
    private func takeUp(_ request: AgentRequest, _ identity: ClientIdentity) async throws -> Claim? {
        let open = Set(entries.map(\.session.journal))
        let left = ledger.places.filter { !open.contains($0.key) && $0.value.key == identity.thread }
        for (journal, place) in left.sorted(by: { $0.key > $1.key }) {
            guard place.known(in: request, calls: [], byName: false) != nil || identity.thread != nil else {
                continue
            }
            var state = RunState()
            let control = control(journal)
            guard
                let writer = try? JournalWriter(
                    resuming: journal, report: { [watcher] in watcher.notice($0.description) },
                    fold: { state.apply($0) }, observer: { [watcher] in watcher.happened($0, in: journal) })
            else { continue }
            guard place.known(in: request, calls: state.calls, byName: identity.thread != nil) != nil else {
                writer.close()
                continue
            }
            let base = SessionBase(journal: journal, client: identity, gate: settings.gate)
            let session = AttachedSession(
                base, history: SessionHistory(sink: writer, state: state), control: control,
                ledger: ledger, at: place)
            // The same request once more, after it was answered, is another conversation that begins alike.
            let isAnswered = if case .answered? = state.outcome { true } else { false }
            guard let known = await session.known(in: request),
                known < request.dialogue.count || identity.thread != nil || !isAnswered
            else {
                await session.close()
                continue
            }
            try await session.resume()
            add(session, identity, past: journal)
            return Claim(session: session, known: known)
        }
        return nil
    }

    private func begin(_ request: AgentRequest, _ identity: ClientIdentity) async throws -> Claim {
        try ledger.prepare()
        let box = JournalBox()
        let writer = try JournalWriter(
            in: settings.folder, workflow: identity.client,
            observer: { [watcher] event in watcher.happened(event, in: box.path) })
        box.set(writer.path)
        let parent = identity.parent.flatMap { threads[$0]?.last }.map { entries[$0].session }
        let name = SessionBook.name(of: writer.path)
        let base = SessionBase(
            journal: writer.path, client: identity, gate: settings.gate,
            parent: await parent?.start(name, by: request))
        let session = AttachedSession(
            base, history: SessionHistory(sink: writer), control: control(writer.path), ledger: ledger,
            at: SessionPlace(key: identity.thread, seen: [], response: nil))
        add(session, identity, past: nil)
        return Claim(session: session, known: 0)
    }

    private func add(_ session: AttachedSession, _ identity: ClientIdentity, past: String?) {
        let commands = Task { await session.takeCommands() }
        if let thread = identity.thread { threads[thread, default: []].append(entries.count) }
        // It is busy from the start: the request that it is for has it.
        entries.append(Entry(session: session, identity: identity, commands: commands, isBusy: true))
        watcher.opened(
            SessionSummary(session: session, client: identity.client, agent: identity.agent), past: past)
    }

    /// A session's name, by its journal's path.
    static func name(of journal: String) -> String {
        URL(fileURLWithPath: journal).deletingPathExtension().lastPathComponent
    }

    private func control(_ journal: String) -> RunControl {
        RunControl(
            startsHeld: false, onStatus: { [watcher] in watcher.does($0, in: journal) },
            onRefusal: { [watcher] in watcher.refused($0, in: journal) })
    }
}

/// What came of a request: what tells the next one of its conversation from others.
struct SessionAnswer: Sendable {
    /// The answer of the model.
    var print: Fingerprint?
    /// The ID by which the provider can be asked to go on from it.
    var response: String?
}

/// The path of a journal, known once its file is there.
private final class JournalBox: Sendable {
    private let value = Mutex("")

    var path: String { value.withLock { $0 } }

    func set(_ path: String) { value.withLock { $0 = path } }
}

extension AttachedSession {
    /// How many turns of a request's dialogue the session knows; `nil` where it does not go on with this conversation.
    func known(in request: AgentRequest) -> Int? {
        standing.place.known(in: request, calls: state.calls, byName: base.client.thread != nil)
    }

    /// Takes the session up after a restart: what waited was never answered, and its client asks again.
    func resume() throws {
        // A journal that was begun and got no line begins now.
        guard state.header != nil else { return }
        try emit(.sessionResumed)
        for record in state.roundCalls where record.decision == nil && record.message == nil {
            let reason = "the proxy stopped while the call waited; it never reached the client"
            try emit(.decided(record.key, .deny(reason: reason), by: .option("proxy stopped")))
        }
        for record in state.roundCalls where record.status == .approved {
            let result = CallResult(
                ending: .cancelled,
                content: "the proxy stopped before the call reached the client; it did not run",
                milliseconds: 0)
            try emit(.callFinished(record.key, result))
        }
    }

    /// Stores the session's end, as its person leaves the proxy.
    func conclude() {
        guard state.header != nil, state.outcome == nil else { return }
        try? emit(.runFinished(.stopped("callgate attach was ended")))
    }
}
