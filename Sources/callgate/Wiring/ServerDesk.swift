import Debugger
import Synchronization
import Tools

/// Between the debugger on the screen and the run's MCP servers: carries their lines and questions one way, answers
/// and restarts the other.
final class ServerDesk: Sendable {
    private struct Asked {
        var next = 1
        var waiting: [Int: CheckedContinuation<ElicitationAnswer, Never>] = [:]
    }

    private let toolbox: Toolbox
    private let post: @Sendable (ServerNews) -> Void
    private let asked = Mutex(Asked())

    /// Listens to the servers from now on; what they said before comes first.
    init(_ toolbox: Toolbox, log: String, post: @escaping @Sendable (ServerNews) -> Void) {
        self.toolbox = toolbox
        self.post = post
        for entry in toolbox.servers { post(.opened(server: entry.server.name, tools: entry.tools)) }
        toolbox.host.attach(
            log: log,
            hear: { server, line, kind in
                switch kind {
                case .output: post(.output(server: server, line))
                case .note: post(.note(server: server, line))
                case .opened:
                    post(.note(server: server, line))
                    for entry in toolbox.servers where entry.server.name.utf8.elementsEqual(server.utf8) {
                        post(.opened(server: server, tools: entry.tools))
                    }
                case .ended: post(.ended(server: server, line))
                }
            }, ask: { [weak self] question in await self?.ask(question) ?? .cancel })
    }

    /// Gives the answer to whoever waits for it; nothing where nobody does any more.
    func take(_ answer: ServerAnswer, to question: Int) {
        let answer: ElicitationAnswer =
            switch answer {
            case .accept(let value): .accept(value)
            case .decline: .decline
            case .cancel: .cancel
            }
        asked.withLock { $0.waiting.removeValue(forKey: question) }?.resume(returning: answer)
    }

    /// Starts the servers of that name again; how it goes is told as what they say.
    func restart(_ server: String) {
        let (toolbox, post) = (toolbox, post)
        Task.detached {
            do { try await toolbox.restart(server) } catch {
                post(.note(server: server, "could not be started again: \(error)"))
            }
        }
    }

    private func ask(_ question: Elicitation) async -> ElicitationAnswer {
        let number = asked.withLock { asked in
            defer { asked.next += 1 }
            return asked.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                asked.withLock { $0.waiting[number] = continuation }
                post(
                    .asks(
                        ServerQuestion(
                            number: number, server: question.server, message: question.message,
                            schema: question.schema, url: question.url)))
                // The cancellation may have come before there was anything to cancel.
                if Task.isCancelled { withdraw(number) }
            }
        } onCancel: {
            withdraw(number)
        }
    }

    private func withdraw(_ number: Int) {
        guard let waiting = asked.withLock({ $0.waiting.removeValue(forKey: number) }) else { return }
        post(.withdrawn(number))
        waiting.resume(returning: .cancel)
    }
}
