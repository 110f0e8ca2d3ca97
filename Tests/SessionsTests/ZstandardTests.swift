import Foundation
import Testing

@testable import Sessions

/// Data that the library of Zstandard has compressed, at several levels.
@Suite struct ZstandardTests {
    /// Words in an order that follows from the seed.
    private static func words(_ seed: Int) -> [UInt8] {
        let words = "the call of a tool that nobody asked for is held at the gate until somebody decides"
            .split(
                separator: " ")
        var state = seed
        var chosen: [Substring] = []
        for _ in 0..<400 {
            state = (state &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
            chosen.append(words[(state >> 16) % words.count])
        }
        return Array(chosen.joined(separator: " ").utf8)
    }

    /// Raw literals and one repeated match; codes of its own with matches at level 19 and at level 1; a run of one byte.
    private static let samples: [(packed: String, plain: [UInt8])] = [
        (
            "KLUv/SAhtQAAgGhlbGxvICwgYXJjaGl2ZQoBAJlLEQ==",
            Array("hello hello hello hello, archive\n".utf8)
        ),
        (
            "KLUv/WC8Bs0OAEIHExDA6zBN4mTZll2yrVUVd80TN0GX4I37vjNv5N09Q7BJMI/gyCu97xsh5hWhC0VOxfohHIaoQMMMVM2r"
                + "GOfX+26eyTaBYCR8h8kuJAGA2KhhT0llazcghBCkVJ0HESBAQipBMguqYQzqJTUkLUaE9kKSJ8Ru0cQUdB8QSBLe14+2M0PJ"
                + "uYXXSrcjqq436407S1VJ2h/2kfANEsPa0rtQPWGjKbMlUNVh9F6t9PUmqxG81BL9J15I+g2mxoFc5HegFL9ZtvHlTVkw+z8I"
                + "uKfkIn4it6C3zUAUPwlzj1BWq98huVmqKoTj0w34+WYY97l3SmBRNT9K/lxDcHn0UwTOqE78P5Y6APkCZxWxnAYe/VYmg/JY"
                + "X5xSbrOhWu4sPUajYwN2kqFWdiqd2DXSYVwEL5vnDzNT/uIt4g60mZLfRQR5uYXy5QuDoJKNBDgDWaoRy2xqxYkQO2HobYmx"
                + "eVQKQJ0M05bzaotjq2c6VOwnR2oOAEwDJvJqCOD5ASjfRE2gByRQZiu/VlakM0ZpGprXIxiB0cQFx+XP5EAbTI7g3p1BvIfI"
                + "8GR7XGBN859H24xxVbl/u7Y5ccyLEx6bjCC+Z+GVgHCLUniZ95+nbhSXiOJuT+FVMJtV",
            words(1)
        ),
        (
            "KLUv/WDCBr0RAOLLGxWwJeng2NSP1Gw7pLRJEmJjmGMyFQHC/s4VEXG4XFFRkQgV1aSd9XCLWMucU8u8Povqk6w33JPDrYtk"
                + "vuHu5OrV43CLilZzXg93PFjJQIIME4LCZAoGA8iAa3IGyHyDkJmwv1rQBwQ7d87HDSJQDID7qNGWjSQFpUoHIEKDFHS3ARAQ"
                + "xxTVJul/5eCadNG1NmFPxZvayybXkGa2xtL8SnDlu3NENNZgoqQZMwgSElvKoPPItVVNkU/eBZuPSuPsgdgRgmXqnFkEaRTo"
                + "inWViOveGiGupxEsQl0gN0Cz81WxUuDiIGSd2ZRj9Pg5CCFUgi7UFaWNLlZqEjJp/JbSqf+oeaB63WmKuIbeULtF/G0cVVfa"
                + "SOopLQk8fhEiWLoMs39pmL/3nQJ5xksgEU60bUnxfmGvJiGYO0tTRjthzu4v0Le3fqoCII8KPH6JJVNaTncHevyDLHccFss6"
                + "HQy01BsmHOnF2jzzc3p68KaUvahBHDOs4llUuNnl5WzQ/BA8prUkPeqtaOkkb04ghSPH08JoG7+xEslTxI2qWYZFQ14y9W36"
                + "kA/H/CBcylUxkCE3+e4xWVsfsNclsIqhVfPj68/tlqLiAIUSst7gwbToXp3yHUMi0dHY5BZnY7EZ3iHl7rp9KoUEAM08twLI"
                + "loKRAZ2bDB18K34Abv1JIcALigE8Hv75ylXqRI9rNL9i4Fp7dnVKg81pRcmIQUIOQ0wryw6ZiidVvdGXUlAsCbmUpj6WNutW"
                + "AQ==",
            words(2)
        ),
        ("KLUv/aBwEQEAVQAAEGFhAQBrETnAAg==", Array(repeating: 0x61, count: 70_000)),
    ]

    private static func bytes(_ packed: String) throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: packed)))
    }

    @Test("compressed data gives its text back, frame after frame", arguments: samples.indices)
    func plain(index: Int) throws {
        let (packed, plain) = ZstandardTests.samples[index]
        let bytes = try ZstandardTests.bytes(packed)
        #expect(try Zstandard.bytes(bytes[...], limit: 1 << 20) == plain)
        let skipped: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 2]
        let twice = bytes + skipped + bytes
        #expect(try Zstandard.bytes(twice[...], limit: 1 << 20) == plain + plain)
    }

    @Test("what gives more than the limit is refused, with the limit")
    func limit() throws {
        let bytes = try ZstandardTests.bytes(ZstandardTests.samples[3].packed)
        let error = #expect(throws: ImportError.self) { try Zstandard.bytes(bytes[...], limit: 1_000) }
        #expect(error?.description.contains("unfolds beyond 1000 bytes") == true)
    }

    @Test("data that is cut anywhere is an error")
    func cut() throws {
        for (packed, plain) in ZstandardTests.samples {
            let bytes = try ZstandardTests.bytes(packed)
            for end in 1..<bytes.count {
                let result = try? Zstandard.bytes(bytes[..<end], limit: 1 << 20)
                #expect(result == nil || result != plain)
            }
        }
    }

    @Test("data with any byte changed is read as something or refused, and never more than the limit")
    func changed() throws {
        var refused = 0
        for (packed, _) in ZstandardTests.samples {
            let bytes = try ZstandardTests.bytes(packed)
            for place in bytes.indices {
                for flip: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
                    var changed = bytes
                    changed[place] ^= flip
                    let result = try? Zstandard.bytes(changed[...], limit: 1 << 17)
                    #expect((result?.count ?? 0) <= 1 << 17)
                    if result == nil { refused += 1 }
                }
            }
        }
        #expect(refused > 1_000)
    }
}
