import Agent
import Formats
import JSON

/// What passed between a client's request and the answer that the client got, without the client: an answer whose calls
/// were kept, and what its model was told of them.
///
/// Every later request of the conversation carries it at its place, in the same bytes.
struct Interlude: Sendable, Hashable {
    /// How many turns the client's dialogue had.
    var turns: Int
    /// The sum over them.
    var sum: Fingerprint
    /// How many answers of the model stood in the request.
    var answers: Int
    /// The response with which the provider went on, where it keeps the conversation.
    var previous: String?
    /// The elements of the conversation, as JSON texts with commas between.
    var items: String

    /// - Parameter messages: the answer, and the results of its calls.
    init?(_ messages: [Message], after request: AgentRequest) {
        let format = request.reading.format
        guard let sum = request.chain.last,
            let told = format.conversation(messages)[ConversationPlace.key(in: format)]?.arrayValue
        else { return nil }
        turns = request.chain.count
        self.sum = sum
        answers = request.places.conversation.answerCount
        previous = request.reading.previousResponse
        items = told.map { $0.text() }.joined(separator: ",")
    }

    init(turns: Int, sum: Fingerprint, answers: Int, previous: String?, items: String) {
        self.turns = turns
        self.sum = sum
        self.answers = answers
        self.previous = previous
        self.items = items
    }

    /// Whether it belongs into a request.
    func isPart(of request: AgentRequest) -> Bool {
        request.chain.indices.contains(turns - 1) && request.chain[turns - 1] == sum
            && request.reading.previousResponse == previous
    }
}
