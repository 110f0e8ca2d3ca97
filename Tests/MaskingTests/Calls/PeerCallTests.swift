import CallTemplates
import ChatTemplates
import Foundation
import JSON
import Testing

@testable import Masking

/// What is learnt of calls from the chat templates of real models.
@Suite struct PeerCallTests {
    private typealias Answer = CallConversation.Answer

    /// At least nine of ten of the templates that know tools.
    private static let wanted = 59

    /// Why a template's turns are not read back or not in the mask; `nil` where all are.
    private static func fault(_ source: String, asTokens: Bool) throws -> String? {
        let conversation = try CallConversation(
            source, tags: asTokens ? SpecialTokenNames.candidates(in: source) : [],
            clock: LearntTurnTests.clock)
        let masked = try MaskedTurn(conversation, answers: LearntTurnTests.answers)
        for answer in LearntTurnTests.answers {
            let isPlain = answer.calls.count == 1 && answer.words.isEmpty && answer.thinking == nil
            // A template may refuse several calls, or words beside them.
            guard let turn = try? conversation.turn(answer) else {
                if isPlain { return "a call is refused" }
                continue
            }
            if let reason = conversation.reasonToSkip(answer, in: turn) {
                if isPlain { return reason }
                continue
            }
            let read = conversation.read(turn)
            if !CallConversation.isSame(read, answer) { return "\(turn) is read as \(read)" }
            if let fault = try masked.fault(turn) { return "masked: \(fault)" }
        }
        return nil
    }

    @Test(
        .enabled(if: !PeerTemplates.all.isEmpty, "llama.cpp's source is not unpacked"),
        arguments: [false, true])
    func nineOfTenTemplatesReadBackWhatTheyWrite(asTokens: Bool) throws {
        var (told, passed) = (0, 0)
        for file in PeerTemplates.all {
            let source = try String(contentsOf: file, encoding: .utf8)
            guard CallConversation.knowsTools(source, clock: LearntTurnTests.clock) else {
                print("knows no tools: \(file.deletingPathExtension().lastPathComponent)")
                continue
            }
            told += 1
            let name = file.deletingPathExtension().lastPathComponent
            do {
                guard let fault = try Self.fault(source, asTokens: asTokens) else {
                    passed += 1
                    continue
                }
                print("not read back: \(name): \(fault.prefix(900))")
            } catch {
                print("not learnt: \(name): \("\(error)".prefix(900))")
            }
        }
        print("\(passed) of \(told) templates, tags as \(asTokens ? "tokens" : "bytes")")
        #expect(told >= 65 && passed >= Self.wanted)
    }
}
