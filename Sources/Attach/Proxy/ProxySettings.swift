import Agent
import Wire

/// What a proxy is told at its start.
public struct ProxySettings: Sendable {
    /// The host that is listened on.
    public var host: String
    /// The port; 0 takes one that is free.
    public var port: Int
    /// The one provider for all requests; `nil` takes each format's own.
    public var upstream: Origin?
    /// The folder of the journals and the ledger.
    public var folder: String
    /// How calls are decided.
    public var gate: GateSettings
    /// What every request must carry; needed where the host is not this machine alone.
    public var token: String?

    /// Settings of the given values.
    public init(
        host: String = "127.0.0.1", port: Int = 0, upstream: Origin? = nil, folder: String = "sessions",
        gate: GateSettings = GateSettings(), token: String? = nil
    ) {
        self.host = host
        self.port = port
        self.upstream = upstream
        self.folder = folder
        self.gate = gate
        self.token = token
    }
}

/// How calls are decided at the proxy, and how a model learns of those that do not run.
public struct GateSettings: Sendable {
    /// Who decides the calls that the policy wants asked.
    public var approval: AttachApproval
    /// The rules in force.
    public var policy: Policy
    /// The seconds after which a call that nobody has decided is denied; `nil` waits for ever.
    public var holdLimit: Int?
    /// How the model learns of a call that was denied or answered.
    public var denial: DenialWay

    /// Settings of the given values.
    public init(
        approval: AttachApproval = .person, policy: Policy = Policy(), holdLimit: Int? = nil,
        denial: DenialWay = .auto
    ) {
        self.approval = approval
        self.policy = policy
        self.holdLimit = holdLimit
        self.denial = denial
    }
}

/// A session as it is told to whoever watches the proxy.
public struct SessionSummary: Sendable {
    /// The session.
    public let session: AttachedSession
    /// The client's name.
    public let client: String
    /// The agent within the client, where it is not the first one.
    public let agent: String?

    /// The journal's path.
    public var journal: String { session.journal }
}

/// Who watches a proxy: a screen, or a line-by-line report.
///
/// Called from any thread, in order for each session.
public protocol ProxyWatcher: Sendable {
    /// A session has begun, or was taken up from the journal `past`.
    func opened(_ summary: SessionSummary, past: String?)
    /// An event was stored.
    func happened(_ event: Event, in journal: String)
    /// A session does something else now.
    func does(_ status: RunStatus, in journal: String)
    /// A command was not followed.
    func refused(_ reason: String, in journal: String)
    /// Something that the person should know.
    func notice(_ text: String)
}
