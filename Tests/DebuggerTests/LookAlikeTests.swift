import Testing

@testable import Debugger

@Suite struct LookAlikeTests {
    @Test(arguments: [
        ("Mаya", "а"), ("pаypal.com", "а"), ("сору", "с"), ("ＡBC", "Ａ"), ("𝐀dmin", "𝐀"), ("αdmin", "α"),
    ])
    func aLetterThatSeemsToBeAnotherIsNamed(text: String, letter: String) throws {
        let found = LookAlikes.find(in: "to \(text), now")
        #expect(found.map { String($0.letter) } == [letter])
        #expect(found.first?.sentence.contains("U+") == true)
    }

    @Test(arguments: [
        "plain ASCII", "Zoë Müller, Łódź", "привет, мир", "Ελλάδα", "日本 2024", "T-1042 µs",
        "naïve Привет Bob",
    ])
    func wordsOfOneScriptAreLeftAlone(text: String) { #expect(LookAlikes.find(in: text).isEmpty) }
}
