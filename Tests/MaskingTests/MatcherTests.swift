import JSON
import MaskTrials
import Testing

@testable import Masking

/// A vocabulary of all bytes and some words, with control tokens.
enum SmallWorld {
    static let words = [
        "{\"", "\":", "\": ", "\": \"", "\",", "\", \"", "\"}", "\"},", "[]", "{}", ", \"", "low", "high",
        "med", "ium",
        "name", "priority", "true", "false", "null", "12", "100", "]}", "é", "ab", "abc", " b", "\\n",
        "\\u00", "T-",
    ]
    static let end = 0
    static let call = 1
    static let closeCall = 2

    static func vocabulary() throws -> Vocabulary {
        var entries: [VocabularyEntry] = [
            .special("<end>"), .special("<tool_call>"), .special("</tool_call>"),
        ]
        entries += (0...255).map { .bytes([UInt8($0)]) }
        entries += words.map { .bytes(Array($0.utf8)) }
        return try Vocabulary(entries: entries, endOfTurn: [end])
    }
}

func matcher(_ schema: String, options: GrammarOptions = GrammarOptions()) throws -> Matcher {
    let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
    return try engine.matcher(for: Grammar(schema: JSONParser.parse(schema), options: options))
}

/// Whether a text can be written, byte by byte, and end.
func accepts(_ schema: String, _ text: String, options: GrammarOptions = GrammarOptions()) throws -> Bool {
    var matcher = try matcher(schema, options: options)
    do {
        try matcher.advance(bytes: text.utf8)
    } catch {
        return false
    }
    return matcher.canEnd
}

@Suite("Matcher: keywords")
struct MatcherKeywordTests {
    @Test(
        "accepts what the schema allows and nothing else",
        arguments: [
            (#"{"type":"integer"}"#, ["1", "-5", "0", "1.0", "1e2"], ["1.5", "\"a\"", "null", "", "01"]),
            (
                #"{"type":"integer","minimum":5,"maximum":17}"#, ["5", "9", "17", "5.0"],
                ["4", "18", "170", "-5"]
            ),
            (
                #"{"type":"number","exclusiveMinimum":0,"maximum":1.5}"#, ["0.1", "1.5", "1"],
                ["0", "1.6", "-1", "2"]
            ),
            (#"{"type":"number","multipleOf":0.01}"#, ["0.01", "1.25", "3", "-7.1"], ["0.001", "1.255"]),
            (
                #"{"enum":["low","high",3,null,{"a":[1]}]}"#,
                [#""low""#, "3", "null", #"{"a": [1]}"#, "3.0"], [#""lo""#, "4", #"{"a":[2]}"#, "{}"]
            ),
            (
                #"{"type":"string","minLength":2,"maxLength":3}"#,
                [#""ab""#, #""éé""#, #""\u00e9\n""#, #""\ud83d\ude00a""#],
                [#""a""#, #""abcd""#, #""\ud83d\ude00""#]
            ),
            (
                #"{"type":"string","pattern":"^T-[0-9]{4}$"}"#, [#""T-1042""#, #""\u0054-1042""#],
                [#""T-104""#, #""T-10422""#, #""x""#]
            ),
            (#"{"pattern":"b+$"}"#, [#""abb""#, "1"], [#""ba""#]),
            (#"{"pattern":"^(?!foo).*$"}"#, [#""fo""#, #""bar""#], [#""foo""#, #""food""#]),
            (
                #"{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"],"additionalProperties":false}"#,
                [#"{"a":1}"#, #"{"b": 2, "a": 1}"#, #"{"a":1,"b":[{}]}"#],
                [#"{}"#, #"{"b":1}"#, #"{"a":1,"a":1}"#, #"{"a":1,"c":1}"#, #"{"a":"x"}"#]
            ),
            (
                #"{"type":"object","additionalProperties":{"type":"boolean"}}"#,
                [#"{"x":true,"y":false}"#, "{}"], [#"{"x":1}"#, #"{"x":true,"x":true}"#]
            ),
            (
                #"{"type":"object","patternProperties":{"^x":{"type":"null"}},"additionalProperties":false}"#,
                [#"{"x1":null}"#], [#"{"y":null}"#, #"{"x":1}"#]
            ),
            (
                #"{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}"#, ["[1]", "[1, 2]"],
                ["[]", "[1,2,3]", "[\"a\"]"]
            ),
            (
                #"{"prefixItems":[{"type":"string"}],"items":false}"#, [#"["a"]"#, "[]", "5"],
                [#"["a",1]"#, "[1]"]
            ),
            (
                #"{"anyOf":[{"type":"string"},{"type":"object","properties":{"k":{"const":1}},"required":["k"]},{"type":"object","properties":{"k":{"const":2},"l":{"type":"null"}},"required":["k","l"]}]}"#,
                [#""s""#, #"{"k":1}"#, #"{"k":2,"l":null}"#, #"{"l":null,"k":2}"#, #"{"k":1,"l":5}"#],
                [#"{"k":2}"#, #"{"k":2,"l":5}"#, "5", "{}"]
            ),
            (#"{"oneOf":[{"multipleOf":3},{"multipleOf":5}]}"#, ["3", "10"], ["15", "1", "\"a\""]),
            (#"{"not":{"type":"string"}}"#, ["1", "{}"], [#""a""#]),
            (#"{"type":"object","not":{"required":["a"]}}"#, ["{}", #"{"b":1}"#], [#"{"a":1}"#]),
            (
                #"{"if":{"properties":{"t":{"const":"x"}}},"then":{"required":["y"]},"else":{"required":["z"]}}"#,
                [#"{"t":"x","y":1}"#, #"{"t":"q","z":1}"#, #"{"y":1}"#], [#"{"t":"x","z":1}"#, #"{"t":"q"}"#]
            ),
            (
                #"{"type":"array","contains":{"const":7},"minContains":2}"#, ["[7, 7]", "[1,7,7]"],
                ["[7]", "[]"]
            ),
            (
                #"{"type":"array","uniqueItems":true}"#, ["[1, 2]", #"["a","b"]"#, "[]"],
                ["[1, 1]", "[1,1.0]", #"[{"a":1,"b":2},{"b":2,"a":1}]"#]
            ),
            (
                #"{"type":"object","minProperties":1,"maxProperties":2}"#, [#"{"a":1}"#],
                ["{}", #"{"a":1,"b":1,"c":1}"#]
            ),
            (#"{"type":"object","propertyNames":{"maxLength":2}}"#, [#"{"ab":1}"#], [#"{"abc":1}"#]),
            (
                #"{"type":"object","dependentRequired":{"a":["b"]}}"#, [#"{"a":1,"b":2}"#, #"{"c":1}"#],
                [#"{"a":1}"#]
            ),
            (
                ##"{"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}},"additionalProperties":false}},"$ref":"#/$defs/n"}"##,
                [#"{"next":{"next":{}}}"#], [#"{"next":1}"#]
            ),
            (
                #"{"allOf":[{"properties":{"a":{"minimum":3}}},{"properties":{"a":{"maximum":5}}}],"required":["a"]}"#,
                [#"{"a":4}"#], [#"{"a":6}"#, #"{"a":1}"#]
            ),
            (
                #"{"type":"string","format":"date"}"#, [#""2024-02-29""#],
                [#""2023-02-29""#, #""2024-13-01""#]
            ),
        ] as [(String, [String], [String])])
    func keyword(schema: String, valid: [String], invalid: [String]) throws {
        for text in valid { #expect(try accepts(schema, text), "\(schema) should accept \(text)") }
        for text in invalid { #expect(try !accepts(schema, text), "\(schema) should refuse \(text)") }
    }

    @Test(
        "masks agree with stepping byte by byte",
        arguments: [
            #"{"type":"object","properties":{"name":{"type":"string","maxLength":4},"priority":{"enum":["low","high"]}},"required":["name"],"additionalProperties":false}"#,
            #"{"type":"array","uniqueItems":true,"items":{"enum":["ab","abc",1,12]}}"#,
            #"{"type":"object","additionalProperties":{"type":"string","pattern":"^[a-z]{1,3}$"}}"#,
            #"{"type":"string","pattern":"^(ab|é)+$","maxLength":5}"#,
            #"{}"#,
        ])
    func masksAgree(schema: String) throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            var here = try matcher(schema)
            for _ in 0..<30 {
                let mask = here.allowed()
                for token in 0..<here.vocabulary.count {
                    #expect(
                        mask.contains(token) == (here.following(token) != nil), "token \(token) in \(schema)")
                }
                let choices = Array(mask).filter { $0 != SmallWorld.end }
                guard let token = choices.randomElement(using: &random) else { break }
                try here.advance(token)
            }
        }
    }

    @Test("a matcher that was copied goes back by itself")
    func undo() throws {
        var here = try matcher(#"{"enum":["low","high"]}"#)
        try here.advance(bytes: "\"".utf8)
        let earlier = here
        try here.advance(bytes: "low\"".utf8)
        #expect(here.canEnd)
        #expect(!earlier.canEnd)
        #expect(earlier.allowed().contains(3 + Int(UInt8(ascii: "h"))))
    }
}
