import Foundation
import JSON

extension Vocabulary {
    /// Reads a tiktoken file: a line a token, base64 of its bytes, a space, its ID.
    ///
    /// IDs without a line are special tokens.
    /// - Parameters:
    ///   - url: the file.
    ///   - specialTokens: names of IDs that have no line; others are called `<|special_ID|>`.
    ///   - endOfTurn: IDs that end a turn; by default ID 2 where it has no line, else one ID added after the last.
    /// - Throws: ``VocabularyError/unreadable(_:)`` with the line at fault.
    public static func tiktoken(
        contentsOf url: URL, specialTokens: [Int: String] = [:], endOfTurn: [Int]? = nil
    ) throws(VocabularyError) -> Vocabulary {
        try tiktoken(read(url), named: url.path, specialTokens: specialTokens, endOfTurn: endOfTurn)
    }

    static func tiktoken(
        _ bytes: [UInt8], named name: String, specialTokens: [Int: String], endOfTurn: [Int]?
    ) throws(VocabularyError) -> Vocabulary {
        var entries: [VocabularyEntry?] = []
        entries.reserveCapacity(bytes.count / 15)
        var line = 0
        var position = 0
        while position < bytes.count {
            line += 1
            var end = position
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            defer { position = end + 1 }
            if end == position { continue }
            guard let space = bytes[position..<end].firstIndex(of: 0x20),
                let token = decodeBase64(bytes[position..<space]),
                let id = decodeNumber(bytes[(space + 1)..<end]),
                id >= 0, id < VocabularyTrie.noToken
            else {
                throw .unreadable("\(name), line \(line): not a base64 token, a space and an ID")
            }
            if id >= entries.count {
                entries.append(contentsOf: repeatElement(nil, count: id + 1 - entries.count))
            }
            entries[id] = .bytes(token)
        }
        if entries.isEmpty { throw .unreadable("\(name): holds no token") }
        var ends = endOfTurn ?? []
        if endOfTurn == nil {
            if entries.count > 2, entries[2] == nil {
                ends = [2]
            } else {
                ends = [entries.count]
                entries.append(.special("<|endoftext|>"))
            }
        }
        for id in specialTokens.keys where id >= entries.count {
            entries.append(contentsOf: repeatElement(nil, count: id + 1 - entries.count))
        }
        return try Vocabulary(
            entries: entries.enumerated().map { id, entry in
                entry ?? .special(specialTokens[id] ?? "<|special_\(id)|>")
            }, endOfTurn: ends)
    }

    /// Reads a Hugging Face `tokenizer.json`: byte-level BPE, or SentencePiece-style pieces (`▁`, `<0x0A>`).
    /// - Parameters:
    ///   - url: the file.
    ///   - endOfTurn: names of the tokens that end a turn; by default those of the usual names that are there.
    /// - Throws: ``VocabularyError/unreadable(_:)`` when the file is no such tokenizer.
    public static func huggingFace(
        tokenizerJSON url: URL, endOfTurn: [String]? = nil
    ) throws(VocabularyError) -> Vocabulary {
        let bytes = try read(url)
        do {
            return try huggingFace(JSONParser.parse(bytes), named: url.path, endOfTurn: endOfTurn)
        } catch let error as JSONError {
            throw .unreadable("\(url.path): \(error)")
        } catch let error as VocabularyError {
            throw error
        } catch {
            throw .unreadable("\(url.path): \(error)")
        }
    }

    static func huggingFace(
        _ document: JSONValue, named name: String, endOfTurn: [String]?
    ) throws(VocabularyError) -> Vocabulary {
        guard let model = document["model"] else { throw .unreadable("\(name): has no `model`") }
        var pieces: [(String, Int)] = []
        if let vocabulary = model["vocab"]?.objectValue {
            for member in vocabulary {
                guard let id = member.value.intValue, id >= 0, id < VocabularyTrie.noToken else {
                    throw .unreadable("\(name): the ID of token \"\(member.key)\" is not a number in range")
                }
                pieces.append((member.key, id))
            }
        } else if let list = model["vocab"]?.arrayValue {
            for (id, item) in list.enumerated() {
                guard let piece = item[0]?.stringValue else {
                    throw .unreadable("\(name): entry \(id) of `model.vocab` has no text")
                }
                pieces.append((piece, id))
            }
        } else {
            throw .unreadable("\(name): has no `model.vocab`")
        }
        var entries: [VocabularyEntry] = []
        func place(_ entry: VocabularyEntry, at id: Int) {
            if id >= entries.count {
                entries.append(contentsOf: repeatElement(.unused, count: id + 1 - entries.count))
            }
            entries[id] = entry
        }
        let byteLevel =
            usesByteLevel(document["pre_tokenizer"]) || usesByteLevel(document["decoder"])
        for (piece, id) in pieces {
            place(.bytes(byteLevel ? byteLevelBytes(piece) : sentencePieceBytes(piece)), at: id)
        }
        var byName: [String: Int] = [:]
        for token in document["added_tokens"]?.arrayValue ?? [] {
            guard let id = token["id"]?.intValue, id >= 0, id < VocabularyTrie.noToken,
                let content = token["content"]?.stringValue
            else {
                throw .unreadable("\(name): an added token has no `id` or no `content`")
            }
            byName[content] = id
            place(
                token["special"]?.boolValue == false ? .bytes(Array(content.utf8)) : .special(content), at: id
            )
        }
        let usual = [
            "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "</s>", "<eos>",
            "<end_of_turn>", "<|end|>", "<|return|>",
        ]
        return try Vocabulary(
            entries: entries, endOfTurn: (endOfTurn ?? usual).compactMap { byName[$0] }.sorted())
    }

    private static func usesByteLevel(_ part: JSONValue?) -> Bool {
        guard let part else { return false }
        if part["type"]?.stringValue == "ByteLevel" { return true }
        return (part["pretokenizers"]?.arrayValue ?? part["decoders"]?.arrayValue ?? []).contains {
            usesByteLevel($0)
        }
    }

    /// GPT-2's byte-level alphabet: printable bytes stand for themselves, the others for U+0100 onwards.
    private static let byteOfScalar: [UInt32: UInt8] = {
        var table: [UInt32: UInt8] = [:]
        var next: UInt32 = 256
        for byte in UInt32(0)..<256 {
            let printable =
                (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            table[printable ? byte : next] = UInt8(byte)
            if !printable { next += 1 }
        }
        return table
    }()

    private static func byteLevelBytes(_ piece: String) -> [UInt8] {
        piece.unicodeScalars.flatMap { scalar -> [UInt8] in
            byteOfScalar[scalar.value].map { [$0] } ?? Array(String(scalar).utf8)
        }
    }

    private static func sentencePieceBytes(_ piece: String) -> [UInt8] {
        let text = Array(piece.utf8)
        if text.count == 6, text.starts(with: Array("<0x".utf8)), text[5] == UInt8(ascii: ">"),
            let byte = UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
        {
            return [byte]
        }
        return piece.unicodeScalars.flatMap { $0 == "\u{2581}" ? [0x20] : Array(String($0).utf8) }
    }

    private static func read(_ url: URL) throws(VocabularyError) -> [UInt8] {
        do {
            return try BoundedFile.bytes(url.path, most: ReadingLimits.transcript)
        } catch {
            throw .unreadable("\(url.path): cannot be read: \(error.reason)")
        }
    }

    /// Decimal digits, perhaps with a carriage return after them.
    private static func decodeNumber(_ text: ArraySlice<UInt8>) -> Int? {
        var value: Int?
        for byte in text {
            if byte == 0x0D { break }
            guard (0x30...0x39).contains(byte), (value ?? 0) < VocabularyTrie.noToken else { return nil }
            value = (value ?? 0) * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var bits: UInt32 = 0
        var held = 0
        for character in text {
            let value: UInt32
            switch character {
            case 0x41...0x5A: value = UInt32(character) - 0x41
            case 0x61...0x7A: value = UInt32(character) - 0x61 + 26
            case 0x30...0x39: value = UInt32(character) - 0x30 + 52
            case 0x2B: value = 62
            case 0x2F: value = 63
            case 0x3D: continue
            default: return nil
            }
            bits = bits << 6 | value
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return bytes
    }
}
