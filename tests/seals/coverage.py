"""How much of each block of ideographs the installed fonts draw: `python -m tests.seals.coverage`.

Prints the table of docs/adr/0014-faces-and-coverage.md.
"""

from __future__ import annotations

from seals.drawing.faces import Face, chain, folder

BLOCKS = {  # the assigned code points of Unicode 15.1
    "CJK Unified Ideographs": (0x4E00, 0x9FFF),
    "Extension A": (0x3400, 0x4DBF),
    "Extension B": (0x20000, 0x2A6DF),
    "Extension C": (0x2A700, 0x2B739),
    "Extension D": (0x2B740, 0x2B81D),
    "Extension E": (0x2B820, 0x2CEA1),
    "Extension F": (0x2CEB0, 0x2EBE0),
    "Extension G": (0x30000, 0x3134A),
    "Extension H": (0x31350, 0x323AF),
}
FACES = ("Noto Serif CJK SC", "HanaMinA", "HanaMinB", "BabelStone Han")


def coverage() -> dict[str, list[int]]:
    """By block: the characters each face of the chain draws that none before it does."""
    fonts = list(chain(Face.SONG, folder()))
    assert len(fonts) == len(FACES), "fonts-hanazono or fonts-babelstone-han is not installed"
    seen: set[int] = set()
    found: dict[str, list[int]] = {block: [] for block in BLOCKS}
    for font in fonts:
        has = set(font.face.unicodes) - seen
        for block, (first, last) in BLOCKS.items():
            found[block].append(sum(first <= point <= last for point in has))
        seen |= has
    return found


def table() -> str:
    lines = [f"| Block | {' | '.join(FACES)} | drawn / assigned |", "|---|" + "--:|" * (len(FACES) + 1)]
    for block, counts in coverage().items():
        first, last = BLOCKS[block]
        shown = " | ".join(f"{count}" for count in counts)
        lines.append(f"| {block} | {shown} | {sum(counts)} / {last - first + 1} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
