"""Takes grammars, with the texts that they accept and reject, from the tests of llama.cpp and llguidance.

    python Scripts/bench/grammar_trials.py LLAMA_CPP LLGUIDANCE > trials.jsonl

LLAMA_CPP and LLGUIDANCE are folders with those programs' sources. One JSON object a line: file, line, notation, grammar,
and either accepted and rejected or fails; where Callgate means to differ, `meant` says why. What cannot be read as plain literals (texts with token IDs, grammars put
together by code) is left out and counted on standard error.
"""

import json
import re
import sys
from pathlib import Path


class Left(Exception):
    """A call whose arguments are more than literals."""


class Reader:
    """Reads the literal arguments of calls in C++ or Rust."""

    def __init__(self, text, language):
        self.text = text
        self.at = 0
        self.language = language

    def space(self):
        while True:
            rest = self.text[self.at :]
            found = re.match(r"\s+|//[^\n]*|/\*.*?\*/", rest, re.S)
            if not found:
                return
            self.at += found.end()

    def take(self, word):
        self.space()
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def string(self):
        """A string; neighbouring C++ literals are one."""
        self.space()
        rest = self.text[self.at :]
        if self.language == "c++":
            parts = []
            while True:
                self.space()
                rest = self.text[self.at :]
                found = re.match(r'R"([^()\s\\]*)\((.*?)\)\1"', rest, re.S)
                if found:
                    parts.append(found.group(2))
                else:
                    found = re.match(r'(?:u8)?"((?:[^"\\\n]|\\.)*)"', rest, re.S)
                    if not found:
                        break
                    parts.append(escaped_c(found.group(1)))
                self.at += found.end()
            if not parts:
                raise Left(rest[:30])
            return "".join(parts)
        found = re.match(r'r(#*)"(.*?)"\1', rest, re.S)
        if found:
            self.at += found.end()
            return found.group(2)
        found = re.match(r'"((?:[^"\\]|\\.)*)"', rest, re.S)
        if not found:
            raise Left(rest[:30])
        self.at += found.end()
        return escaped_rust(found.group(1))

    def strings(self):
        """A list of strings."""
        opening, closing = ("{", "}") if self.language == "c++" else ("&[", "]")
        if not self.take(opening):
            raise Left(self.text[self.at : self.at + 30])
        found = []
        while not self.take(closing):
            found.append(self.string())
            if not self.take(","):
                if not self.take(closing):
                    raise Left(self.text[self.at : self.at + 30])
                break
        return found

    def comma(self):
        if not self.take(","):
            raise Left(self.text[self.at : self.at + 30])


SHORT = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "'": "'", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "?": "?"}


def escaped_c(text):
    def one(found):
        body = found.group(1)
        if body[0] in "uU":
            return chr(int(body[1:], 16)).encode()
        if body[0] == "x":
            return bytes([int(body[1:], 16)])
        return SHORT[body].encode()

    pattern = rb"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{1,2}|.)"
    data = re.sub(pattern, lambda found: one(re.match(r"\\(.*)", found.group(0).decode(), re.S)), text.encode(), flags=re.S)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Left("bytes that are no text")


def escaped_rust(text):
    def one(found):
        body = found.group(1)
        if body[0] == "u":
            return chr(int(body[2:-1], 16))
        if body[0] == "x":
            return chr(int(body[1:], 16))
        if body[0] == "\n":
            return ""
        return SHORT[body[0]]

    return re.sub(r"\\(u\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|\n\s*|.)", one, text, flags=re.S)


def calls(path, names, language):
    """Each call of one of the functions: its line, its name and a reader behind the parenthesis."""
    text = path.read_text()
    for found in re.finditer(r"\b(" + "|".join(names) + r")\s*\(", text):
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if re.search(r"\b(void|bool|fn)\s*$", before) or "//" in before:
            continue
        reader = Reader(text, language)
        reader.at = found.end()
        yield text.count("\n", 0, found.start()) + 1, found.group(1), reader


def has_unnamed_key(grammar, text):
    """Whether an object has a key that its schema leaves open; llama.cpp writes none where nothing is said of them."""
    try:
        schema, value = json.loads(grammar), json.loads(text)
    except ValueError:
        return False
    named = schema.get("properties") if isinstance(schema, dict) else None
    return (named is not None and isinstance(value, dict) and not set(schema) - {"type", "properties", "required"}
            and any(key not in named for key in value))


def meant(grammar, text):
    """Why a text comes out another way than with the others, on purpose."""
    if re.fullmatch(r"[0-9]{17,}", text):
        return "the others bound an integer's digits"
    if text == "1" and '"items"' in grammar and '"array"' not in grammar:
        return "keywords of arrays say nothing of a number"
    if has_unnamed_key(grammar, text):
        return "keys that no schema names are allowed, as JSON Schema has it"
    if "%json" in grammar and re.search(r"\\(u|[bt/])", text):
        return "every escape that JSON knows is taken"
    return None


def main():
    llama, llguidance = map(Path, sys.argv[1:3])
    left = {}

    def write(path, line, **fields):
        if fields["notation"] == "gbnf" and fields.get("fails"):
            fields["meant"] = {"": "left recursion is read"}
        elif fields.get("fails") and '"if": {}' in fields["grammar"]:
            fields["meant"] = {"": "the keyword if is known"}
        else:
            reasons = {text: meant(fields["grammar"], text) for text in fields.get("rejected", [])}
            fields["meant"] = {text: reason for text, reason in reasons.items() if reason}
        print(json.dumps({"file": path.name, "line": line, **fields}, ensure_ascii=False))

    def skip(path, line, reason):
        left.setdefault(path.name, []).append(f"{line}: {reason!s}".replace("\n", " "))

    for path in sorted((llama / "grammars").glob("*.gbnf")):
        write(path, 1, notation="gbnf", grammar=path.read_text(), accepted=[], rejected=[])
    path = llama / "tests" / "test-grammar-integration.cpp"
    text = path.read_text()
    for line, name, reader in calls(path, ["test_grammar", "test_schema"], "c++"):
        try:
            reader.string()
            reader.comma()
            grammar = reader.string()
            reader.comma()
            accepted = reader.strings()
            reader.comma()
            rejected = reader.strings()
        except Left as reason:
            skip(path, line, reason)
            continue
        notation = "gbnf" if name == "test_grammar" else "schema"
        write(path, line, notation=notation, grammar=grammar, accepted=accepted, rejected=rejected)
    for line, _, reader in calls(path, ["test_build_grammar_fails"], "c++"):
        name = re.match(r"\s*(\w+)", reader.text[reader.at :]).group(1)
        place = text.rfind(f"{name} =", 0, reader.at)
        if place < 0:
            continue
        reader.at = place + len(name) + 2
        write(path, line, notation="gbnf", grammar=reader.string(), fails=True)
    path = llama / "tests" / "test-grammar-llguidance.cpp"
    for line, name, reader in calls(path, ["test_grammar", "test_schema"], "c++"):
        try:
            reader.string()
            reader.comma()
            grammar = reader.string()
            reader.comma()
            accepted = reader.strings()
            reader.comma()
            rejected = reader.strings()
        except Left as reason:
            skip(path, line, reason)
            continue
        if name == "test_schema":
            grammar = "%llguidance {}\nstart: %json " + grammar
        write(path, line, notation="lark", grammar=grammar, accepted=accepted, rejected=rejected)
    path = llguidance / "parser" / "tests" / "test_lark.rs"
    many = ["lark_str_test_many", "lark_str_test_many_quiet"]
    for line, name, reader in calls(path, [*many, "lark_ok", "lark_err_test"], "rust"):
        try:
            grammar = reader.string()
            if name not in many:
                write(path, line, notation="lark", grammar=grammar, accepted=[], rejected=[], fails=name == "lark_err_test")
                continue
            reader.comma()
            accepted = reader.strings()
            reader.comma()
            rejected = reader.strings()
        except Left as reason:
            skip(path, line, reason)
            continue
        # Rejected at the end only is rejected as well.
        rejected = [text.removeprefix("FINAL_REJECT:") for text in rejected]
        write(path, line, notation="lark", grammar=grammar, accepted=accepted, rejected=rejected)
    for name, reasons in left.items():
        print(f"{name}: {len(reasons)} calls left out that are more than literals", file=sys.stderr)
        for reason in reasons:
            print("  line", reason, file=sys.stderr)


if __name__ == "__main__":
    main()
