import Agent
import Foundation
import JSON

/// A tool that is one HTTP request.
public struct HTTPTool: Tool {
    /// What the model is told of the tool.
    public let definition: ToolDefinition
    /// How the request is made.
    public let settings: HTTPSettings
    private let environment: [String: String]

    /// A tool of that request, which may name variables of that environment.
    public init(
        definition: ToolDefinition, settings: HTTPSettings,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.definition = definition
        self.settings = settings
        self.environment = environment
    }

    /// The workflow's own limit for this tool.
    public var timeLimit: Int? { settings.seconds }

    /// Makes the request once; an answer whose status isn't 2xx is an error with its status and body.
    /// - Throws: `ToolFailure` when no request was made or no answer came, `CancellationError` when it was cancelled.
    public func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        let request = try HTTPRequestBuilder(
            settings: settings, call: call, arguments: arguments, environment: environment
        ).request()
        let answer: HTTPAnswer
        do {
            answer = try await CallRequester().send(request, limit: settings.outputBytes)
        } catch {
            try Task.checkCancellation()
            // The error's own text may hold the whole address, and with it a key of the query.
            throw ToolFailure(secrets.hiding(in: "\(request.address.origin.host) gave no answer: \(error)"))
        }
        let isError = !(200..<300).contains(answer.status)
        return ToolOutput(
            callID: call.id, content: HTTPTool.text(answer, isError: isError, hiding: secrets),
            isError: isError)
    }

    private static func text(
        _ answer: HTTPAnswer, isError: Bool, hiding secrets: EnvironmentSecrets
    ) -> String {
        let isText =
            answer.body.isEmpty || String(validating: answer.body.bytes, as: UTF8.self) != nil
            || ["text/", "json", "xml"].contains { answer.contentType.lowercased().contains($0) }
        let body =
            isText
            ? answer.body.text(hiding: secrets)
            : secrets.hiding(in: "[\(answer.contentType), \(answer.body.count) bytes]")
        guard isError || body.isEmpty else { return body }
        let place =
            answer.redirect.map { ", which leads to \(secrets.hiding(in: $0)) and was not followed" } ?? ""
        return "HTTP \(answer.status)\(place)" + (body.isEmpty ? "" : "\n\(body)")
    }

    /// A server may send back what it was sent; the variables that the request was given stay out of the journal.
    private var secrets: EnvironmentSecrets {
        var secrets = EnvironmentSecrets()
        for name in settings.variables {
            if let value = environment[name] { secrets.insert(name, value) }
        }
        return secrets
    }
}
