import Agent
import Terminal

/// Laying everything out after every input, so that keys act on what is on the screen and drawing decides nothing.
extension DebuggerState {
    /// The layer that is read: the front one, or what lies under a prompt, which takes the bottom line only.
    var readLayer: Int? { layers.lastIndex { $0.kind != .prompt } }

    mutating func settle(explainer: inout MaskExplainer?) {
        frame.layout = ScreenLayout(
            size: size, focus: focus, settings: settings.layout, banner: bannerLines.count)
        // The mask first: other panes and texts speak of its table.
        for pane in [Pane.mask, .conversation, .calls, .results] {
            pane.room.settle(&self, explainer: &explainer)
        }
        if let place = readLayer {
            var layer = layers[place]
            layer.settle(&self, explainer: &explainer)
            layers[place] = layer
        } else {
            frame.document = LaidLines()
        }
        questions.show((layers.last as? QuestionForm)?.question.number, at: now)
        // A prompt takes the bottom line only: what was under the decision keys stays there while it is written.
        if layers.last?.kind == .prompt { return }
        switch layers.last {
        case let review as EditReview: approval.show(review.target, toTheEnd: review.isEndShown, at: now)
        case let review as RuleReview:
            approval.show(review.target, toTheEnd: review.hasShownReleases, at: now)
        default:
            let record =
                timeline.isLive && showsCalls ? selectedCall.flatMap { $0.needsDecision ? $0 : nil } : nil
            approval.show(
                record.map { .init($0) }, toTheEnd: frame.calls.isWholeShown(calls.detail), at: now)
        }
    }
}
