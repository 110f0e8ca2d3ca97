#!/usr/bin/env python3
"""Writes Sources/Terminal/Text/CharacterClassTable.swift from Python's own Unicode tables.

Run with Python 3.11 (Unicode 14, the version of glibc 2.36): python3 Scripts/character-classes.py
"""
import pathlib
import unicodedata

NARROW, WIDE, MARK, HIDDEN = range(4)

# Default_Ignorable_Code_Point outside category Cf, and the Braille blank: they draw nothing or look like a space.
INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x2800, 0x3164, 0xFFA0}
INVISIBLE |= set(range(0x180B, 0x1810)) | set(range(0xFE00, 0xFE10)) | set(range(0xFFF0, 0xFFF9))
INVISIBLE |= set(range(0xE0000, 0xE1000))
ORDINARY_SPACES = {0x20, 0x3000}
QUOTE_OF_STAND_INS = {0x2039}


def character_class(code):
    """The class of one code point, see CharacterClass in CharacterClass.swift."""
    category = unicodedata.category(chr(code))
    if code in INVISIBLE or code in QUOTE_OF_STAND_INS:
        return HIDDEN
    if category in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"):
        return HIDDEN
    if category == "Zs" and code not in ORDINARY_SPACES:
        return HIDDEN
    if category in ("Mn", "Me") or 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FB:
        return MARK
    return WIDE if unicodedata.east_asian_width(chr(code)) in "WF" else NARROW


def main():
    steps = []
    for code in range(0x110000):
        kind = character_class(code)
        if not steps or steps[-1] & 7 != kind:
            steps.append(code << 3 | kind)
    root = pathlib.Path(__file__).resolve().parent.parent
    target = root / "Sources/Terminal/Text/CharacterClassTable.swift"
    lines = [
        f"// Unicode {unicodedata.unidata_version}; written by Scripts/character-classes.py, not by hand.",
        "",
        "/// Where each run of code points of one class begins: the first code point shifted left by three, and the class.",
        "let characterClassSteps: [UInt32] = [",
    ]
    for start in range(0, len(steps), 9):
        lines.append("    " + ", ".join(f"0x{step:06X}" for step in steps[start : start + 9]) + ",")
    lines += ["]", ""]
    target.write_text("\n".join(lines))
    print(f"{len(steps)} runs")


main()
