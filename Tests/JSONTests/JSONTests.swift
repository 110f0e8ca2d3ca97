import JSON
import Testing

@Suite struct RelaxedJSONTests {
    private static let value: JSONValue = ["a": ["x // y", "/* z */"], "b": 1]

    @Test(arguments: [
        #"{"a": ["x // y", "/* z */"], "b": 1}"#, "\u{FEFF}" + #"{"a": ["x // y", "/* z */"], "b": 1}"#,
        "// of mine\n{\n  \"a\": [\"x // y\", \"/* z */\",], // two\n  /* more\n */ \"b\": 1, /* end */\n}\n",
        #"/**/{"a":["x // y","/* z */",/* , */],"b":1,}//"#,
    ])
    func commentsMarksAndLastCommasAreLeftOut(text: String) throws {
        #expect(try RelaxedJSON.parse(Array(text.utf8)) == RelaxedJSONTests.value)
        let wide: [UInt8] =
            [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] as [UInt8] }
        if !text.hasPrefix("\u{FEFF}") { #expect(try RelaxedJSON.parse(wide) == RelaxedJSONTests.value) }
    }

    @Test func aValueALineIsAList() throws {
        #expect(try RelaxedJSON.parse(Array("{\"a\":1}\n\n{\"a\":2}\r\n".utf8)) == [["a": 1], ["a": 2]])
        #expect(throws: JSONError.self) { try RelaxedJSON.parse(Array("{\"a\":1}\nx\n".utf8)) }
    }

    @Test(arguments: [
        ("// one\n{\"a\" 1}", 2, 6), ("{\"a\": 1 /* x", 1, 13), ("{,}", 1, 2), ("[,,]", 1, 2),
        ("[1,,2]", 1, 4),
        ("a # b", 1, 1),
    ])
    func otherFaultsKeepTheirPlace(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try RelaxedJSON.parse(Array(text.utf8)) }
        #expect(error?.line == line && error?.column == column, "\(error as Any)")
    }
}

@Suite struct JSONRepairTests {
    @Test(
        arguments: [
            (Array(#"{"a": NaN, "b": -Infinity}"#.utf8), #"{"a":null,"b":null}"#, "NaN, read as null"),
            ([0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xE9, 0x22, 0x7D], "{\"a\":\"\u{FFFD}\"}", "no UTF-8"),
            (Array("[\"a\tb\",]".utf8), #"["a\tb"]"#, "a comma before a closing bracket"),
            (Array(#"["\ud83d"]"#.utf8), "[\"\u{FFFD}\"]", "half of a character"),
        ] as [([UInt8], String, String)])
    func whatIsAlmostJSONIsReadAndSaid(bytes: [UInt8], text: String, remark: String) throws {
        let repaired = try #require(JSONRepair.parse(bytes, replacesBytes: true))
        #expect(repaired.value == (try JSONParser.parse(text)) && repaired.remark.contains(remark))
    }

    @Test func bytesThatGoOnToSomebodyElseAreNotReadOtherwise() {
        #expect(JSONRepair.parse([0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xE9, 0x22, 0x7D]) == nil)
    }
}

@Suite struct JSONParserTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "[1,2.50,-0,1e3,1E-2]", #"{"b":1,"a":2,"b":3}"#, #""a\"\\\n""#,
        #"["é","é","😀"]"#,
    ])
    func compactTextReadsBackToTheByte(text: String) throws {
        #expect(try JSONParser.parse(text).text() == text)
    }

    @Test func escapesAreDecoded() throws {
        #expect(try JSONParser.parse(#""\u0041\u00e9\ud83d\ude00\/\b""#) == .string("Aé😀/\u{8}"))
    }

    @Test(arguments: [
        ("", 1, 1), ("[1,]", 1, 4), ("{\n  \"a\" 1}", 2, 7), ("[01]", 1, 3), ("\"\\ud800\"", 1, 2),
        ("nul", 1, 1),
        ("[1] x", 1, 5), ("\"a\nb\"", 1, 3), ("{1:2}", 1, 2), ("[1", 1, 3), ("-", 1, 1), ("1.", 1, 1),
    ])
    func faultsAreNamedWithTheirPlace(text: String, line: Int, column: Int) {
        #expect { try JSONParser.parse(text) } throws: { error in
            guard let error = error as? JSONError else { return false }
            return error.line == line && error.column == column
        }
    }

    @Test func invalidUTF8AndDeepNestingAreRefused() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONParser.parse(deep) }
    }

    @Test func canonicallyEquivalentStringsStayDifferent() throws {
        let object = try JSONParser.parse("{\"e\u{301}\":1}")
        #expect(object["\u{e9}"] == nil)
        #expect(JSONValue.string("e\u{301}") != .string("\u{e9}"))
        #expect(Set([JSONValue.string("e\u{301}"), .string("\u{e9}")]).count == 2)
    }

    @Test func prettyAndSpacedTextReadBackToTheSameValue() throws {
        let value: JSONValue = ["a": [1, ["b": nil]], "c": [], "d": "\u{1}\u{7F}"]
        #expect(value.text(.spaced) == #"{"a": [1, {"b": null}], "c": [], "d": "\u0001\u007f"}"#)
        #expect(try JSONParser.parse(value.text(.pretty)) == value)
    }
}

@Suite struct ExactDecimalTests {
    @Test(arguments: [("1", "1.0"), ("100", "1e2"), ("-0", "0"), ("0.10", "1e-1"), ("1e400", "10e399")])
    func spellingsOfOneValueAreEquivalent(a: String, b: String) throws {
        let (left, right) = (try JSONParser.parse(a), try JSONParser.parse(b))
        #expect(left.isEquivalent(to: right))
        #expect(left.canonical == right.canonical)
        #expect(left != right)
    }

    @Test(arguments: [
        ("4.5", "1.5", true), ("4.6", "1.5", false), ("0.3", "0.1", true), ("1e308", "0.123456789", false),
        ("1e1000000000", "3", false), ("1e1000000000", "7e-5", false), ("1e1000000000", "8", true),
        ("0", "0.1", true),
        ("5", "10", false), ("20", "10", true), ("0.0075", "0.0001", true), ("0.00751", "0.0001", false),
        ("12391239123", "1e-8", true), ("1", "0", false), ("35", "0.01", true),
    ])
    func multiplesAreExact(value: String, divisor: String, expected: Bool) throws {
        let number = try #require(JSONNumber(text: value)?.decimal)
        #expect(number.isMultiple(of: try #require(JSONNumber(text: divisor)?.decimal)) == expected)
    }

    @Test func orderAgreesWithDoubleOnSmallNumbers() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let (a, b) = (
                Int.random(in: -999...999, using: &generator), Int.random(in: -999...999, using: &generator)
            )
            let left = try #require(JSONNumber(text: "\(Double(a) / 8)")?.decimal)
            let right = try #require(JSONNumber(text: "\(Double(b) / 8)")?.decimal)
            #expect((left < right) == (a < b), "\(a)/8 and \(b)/8")
            #expect((left == right) == (a == b), "\(a)/8 and \(b)/8")
        }
    }

    @Test func integersAreReadWithTheirLimits() {
        #expect(JSONNumber(text: "9223372036854775807")?.intValue == Int.max)
        #expect(JSONNumber(text: "-9223372036854775808.0")?.intValue == Int.min)
        #expect(JSONNumber(text: "9223372036854775808")?.intValue == nil)
        #expect(JSONNumber(text: "1.5")?.intValue == nil)
        #expect(JSONNumber(text: "1e2")?.intValue == 100)
    }
}

@Suite struct JSONPointerTests {
    @Test(arguments: ["", "/a", "/a~1b/m~0n/0", "/"])
    func textReadsBack(text: String) {
        #expect(JSONPointer(text: text)?.description == text)
    }

    @Test func malformedPointersAreRefused() {
        #expect(JSONPointer(text: "a") == nil)
        #expect(JSONPointer(text: "/~2") == nil)
    }

    @Test func leavesAreFoundWhereTheirPointersSay() throws {
        let value = try JSONParser.parse(#"{"a": [1, {"b/c": "x"}], "d": {}}"#)
        #expect(value.leaves.map { $0.pointer.description } == ["/a/0", "/a/1/b~1c", "/d"])
        for leaf in value.leaves { #expect(value[leaf.pointer] == leaf.value) }
        #expect(value[JSONPointer(["a", "01"])] == nil)
    }

    @Test func duplicateKeysAreKeptAndNamed() throws {
        let object = try #require(try JSONParser.parse(#"{"a":1,"b":2,"a":3,"a":4}"#).objectValue)
        #expect(object.keys == ["a", "b", "a", "a"])
        #expect(object.duplicateKeys == ["a"])
        #expect(object["a"] == 1)
    }
}
