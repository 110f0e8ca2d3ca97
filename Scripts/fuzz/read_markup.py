"""Reads pages as a browser and as a Markdown reader would, and names every element and attribute that is not ours."""

import pathlib
import sys

import html5lib
from markdown_it import MarkdownIt

HTML = "html head meta title style body h1 h2 small p pre b details summary table tbody tr th td span code s".split()
MARKDOWN = "html head body h1 h2 h3 p pre code blockquote ul li strong hr em".split()
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "id", "class", "title"}


def strange(page, elements):
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    found = []
    metas = 0
    for element in tree.iter():
        if not isinstance(element.tag, str):
            found.append("a comment")
            continue
        if element.tag not in elements:
            found.append(element.tag)
        found += [f"{element.tag} {name}" for name in element.attrib if name not in ATTRIBUTES]
        if element.attrib.get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy":
            found.append("meta " + element.attrib["http-equiv"])
        metas += element.tag == "meta"
    return found, metas


def main():
    folder = pathlib.Path(sys.argv[1])
    markdown = MarkdownIt("gfm-like")
    counts = {"html": 0, "md": 0}
    faults = 0
    for path in sorted(folder.iterdir()):
        kind = path.suffix[1:]
        text = path.read_bytes().decode("utf-8")
        counts[kind] += 1
        if kind == "html":
            found, metas = strange(text, HTML)
            if metas != 3:
                found.append(f"{metas} meta elements")
        else:
            found, _ = strange(markdown.render(text), MARKDOWN)
            found = [what for what in found if what != "pre class" and not what.startswith("code class")]
        if found:
            faults += 1
            if faults <= 10:
                print(f"{path.name}: {sorted(set(found))}")
    print(f"{counts['html']} pages of HTML and {counts['md']} of Markdown, {8 * counts['html']} hostile texts: "
          f"{faults} with something that is not ours")
    sys.exit(1 if faults or not counts["html"] else 0)


main()
