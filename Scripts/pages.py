#!/usr/bin/env python3
"""Puts the recorded screens into the pages that show them: `Scripts/pages.py`.

A block of code after `<!-- screen NAME -->` becomes the rows of Tests/CallgateTests/Screens/NAME.txt in which something
stands; `<!-- screen NAME 14-19 -->` takes only those rows, counted from 1.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCREENS = ROOT / "Tests" / "CallgateTests" / "Screens"
MARK = re.compile(r"(<!-- screen (\S+?)(?: (\d+)-(\d+))? -->\n\n)(?:    .*\n)+")


def rows(match):
    lines = (SCREENS / f"{match[2]}.txt").read_text().splitlines()
    if match[3]:
        lines = lines[int(match[3]) - 1 : int(match[4])]
    return [line for line in lines if line.replace("│", "").strip()]


def main():
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text()
        changed = MARK.sub(lambda match: match[1] + "".join(f"    {row}\n" for row in rows(match)), text)
        if changed != text:
            page.write_text(changed)
            print(page.relative_to(ROOT))


main()
