#!/usr/bin/env python3.11
"""Write the lexer's tables of character sets from CPython's own codecs.

    python3.11 make_codec_tables.py           writes ../../src/core/python/lexer/codecs/tables/*.ts and ../aliases.ts
    python3.11 make_codec_tables.py --check   says which of these files differ from what it would write

Every entry is what `bytes.decode` gives for the code. A table file holds grids: a grid has rows (lead bytes) and columns
(trail bytes), and each cell is a code point, a short string, or nothing. Japanese codecs share rows of JIS X 0208 and so
on, so a row is written as its differences from the most similar earlier row, and all is deflated.
"""
import base64, codecs, encodings, encodings.aliases, os, pkgutil, re, sys, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
CODECS = os.path.join(HERE, "..", "..", "src", "core", "python", "lexer", "codecs")
HEADER = f"/** Written by pytorch/oracle/make_codec_tables.py from the codecs of CPython 3.11; do not edit. */\n"

MULTI_BYTE = (
    "big5 big5hkscs cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hz iso2022_jp iso2022_jp_1 "
    "iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr johab shift_jis shift_jis_2004 shift_jisx0213 utf_7"
).split()
BUILT_IN = ["utf_8", "utf_8_sig", "ascii", "latin_1", "iso8859_1", "charmap"]
SURROGATE = re.compile("[\ud800-\udfff]")


def decoded(data, codec):
    """The text that a codec decodes from bytes. None if it refuses them, or decodes a lone surrogate."""
    try:
        text = bytes(data).decode(codec)
    except UnicodeError:
        return None
    return None if SURROGATE.search(text) else text


def text_codecs():
    """Names of all modules of `encodings` that are text encodings on this system."""
    for module in pkgutil.iter_modules(encodings.__path__):
        try:
            if codecs.lookup(module.name)._is_text_encoding:
                yield module.name
        except LookupError:
            pass


def single_byte_codecs():
    """Charmap codecs that agree with ASCII, so that a coding line decodes to itself."""
    for name in text_codecs():
        if name in MULTI_BYTE or name in BUILT_IN or name in ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"):
            continue
        line = f"# -*- coding: {name} -*-\n"
        if decoded(line.encode(), name) == line:
            yield name


# --- grids: name -> (rows, columns, bytes of the cell) ---

def euc(codec, prefix=()):
    return codec, 94, 94, lambda row, column: [*prefix, 0xA1 + row, 0xA1 + column]


def sjis(codec):
    def cell(row, column):
        lead = 0x81 + row // 2 if row < 62 else 0xC1 + row // 2
        trail = 0x9F + column if row % 2 else 0x40 + column + (column > 62)
        return [lead, trail]
    return codec, 120, 94, cell


def wide(codec):
    return codec, 126, 191, lambda row, column: [0x81 + row, 0x40 + column]


def iso2022(codec, escape):
    """A character set of 94 x 94 that an escape sequence selects."""
    return codec, 94, 94, lambda row, column: [*escape, 0x21 + row, 0x21 + column]


def ksx1001(row, column):
    """The bytes of KS X 1001 in ISO-2022-KR, with the rows and columns of EUC-KR. Other cells are an invalid byte."""
    return [*b"\x1b$)C\x0e", row + 1, column - 0x40] if row > 31 and column > 0x60 else [0xFF]


FAMILIES = {
    "japanese": {
        "euc_jp": euc("euc_jp"), "euc_jp_8f": euc("euc_jp", [0x8F]), "shift_jis": sjis("shift_jis"), "cp932": sjis("cp932"),
        "euc_jisx0213": euc("euc_jisx0213"), "euc_jisx0213_8f": euc("euc_jisx0213", [0x8F]),
        "euc_jis_2004": euc("euc_jis_2004"), "euc_jis_2004_8f": euc("euc_jis_2004", [0x8F]),
        "shift_jisx0213": sjis("shift_jisx0213"), "shift_jis_2004": sjis("shift_jis_2004"),
        "jisx0213_1": iso2022("iso2022_jp_2004", b"\x1b$(Q"), "jisx0213_2": iso2022("iso2022_jp_2004", b"\x1b$(P"),
        "jisx0213_2000_1": iso2022("iso2022_jp_3", b"\x1b$(O"),
    },
    "simplifiedChinese": {
        "gb18030": wide("gb18030"), "gbk": wide("gbk"), "gb2312": wide("gb2312"),
        "gb18030_4": ("gb18030", 40, 1260, lambda row, column: [
            0x81 + row // 10, 0x30 + row % 10, 0x81 + column // 10, 0x30 + column % 10]),
    },
    "traditionalChinese": {"big5": wide("big5"), "cp950": wide("cp950"), "big5hkscs": wide("big5hkscs")},
    "korean": {
        "cp949": wide("cp949"), "euc_kr": wide("euc_kr"), "ksx1001": ("iso2022_kr", 126, 191, ksx1001),
        "johab": ("johab", 126, 206, lambda row, column: [0x81 + row, 0x31 + column]),
    },
}


def varint(out, value):
    while value >= 0x80:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    out.append(value)


class Packer:
    """Packs the rows of all grids of a file, in the format that `unpack.ts` reads."""

    def __init__(self):
        self.rows, self.out, self.pairs, self.last = [], bytearray(), [], 0

    def value(self, text):
        """The number of a cell: 0 for nothing, a code point, or 0x110000 plus the index of a string of several characters."""
        if text is None:
            return 0
        if len(text) == 1:
            return ord(text)
        if text not in self.pairs:
            self.pairs.append(text)
        return 0x110000 + self.pairs.index(text)

    def add(self, row):
        alike = [sum(a == b for a, b in zip(row, other)) if len(other) == len(row) else 0 for other in self.rows]
        best = max(range(len(alike)), key=lambda i: (alike[i], i), default=None)
        if best is not None and alike[best] * 3 > len(row):
            varint(self.out, len(self.rows) - best)
            self.patch(row, self.rows[best])
        else:
            varint(self.out, 0)
            for value in row:
                self.cell(value)
        self.rows.append(row)

    def patch(self, row, base):
        """Writes the differences from a base row, alternately: the number of equal cells, the number of different ones, and their values."""
        at = 0
        while at < len(row):
            for same in (True, False):
                end = at
                while end < len(row) and (row[end] == base[end]) == same:
                    end += 1
                varint(self.out, end - at)
                if not same:
                    for value in row[at:end]:
                        self.cell(value)
                at = end

    def cell(self, value):
        """Writes 0 for an empty cell, else 1 plus the zigzag-encoded difference from the last value plus one."""
        if value == 0:
            self.out.append(0)
            return
        step = value - self.last - 1
        varint(self.out, 1 + (step * 2 if step >= 0 else -step * 2 - 1))
        self.last = value


def family(grids):
    packer = Packer()
    listed = []
    for name, (codec, rows, columns, cell) in grids.items():
        values = [[packer.value(decoded(cell(row, column), codec)) for column in range(columns)] for row in range(rows)]
        for row in values:
            packer.add(row)
        listed.append(f"['{name}', {rows}, {columns}]")
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = base64.b64encode(squeezer.compress(bytes(packer.out)) + squeezer.flush()).decode()
    pairs = ", ".join(f"'{escaped(pair)}'" for pair in packer.pairs)
    return (
        HEADER + "import type { PackedGrids } from '../unpack.ts';\n\n// prettier-ignore\nexport const GRIDS: PackedGrids = {\n"
        f"  grids: [{', '.join(listed)}],\n  pairs: [{pairs}],\n  data: '{data}',\n}};\n"
    )


def escaped(text):
    """The text for a TypeScript string. Characters that an editor may not show as they are become escapes."""
    return "".join(
        c if c.isprintable() and c not in "'\\\ufffd" and not 0x590 <= ord(c) < 0x900 and ord(c) not in range(0x300, 0x370) else f"\\u{ord(c):04x}"
        for c in text
    )


def single_byte():
    lines = []
    for name in single_byte_codecs():
        cells = [decoded([byte], name) or "\ufffd" for byte in range(256)]
        start = next(byte for byte in range(256) if cells[byte] != chr(byte))
        first = 0 if start < 128 else 128 if start < 160 else 160
        text = escaped("".join(cells[first:])).replace("\\ufffd", "\ufffd")
        lines.append(f"  {name}: '{text}',\n")
    return (
        HEADER + "\n/**\n * Single-byte codecs by CPython's own name: the characters of the last 96, 128 or 256 bytes; bytes before these are ASCII's\n"
        " * and C1's. U+FFFD marks a byte that the codec refuses.\n */\n// prettier-ignore\n"
        "export const SINGLE_BYTE: Readonly<Record<string, string>> = {\n" + "".join(lines) + "};\n"
    )


def aliases():
    known = {}
    for alias, codec in encodings.aliases.aliases.items():
        if alias == alias.lower():
            known.setdefault(codec, []).append(alias)
    readable = {*BUILT_IN, *MULTI_BYTE, *single_byte_codecs()}
    others = sorted(
        {module.name for module in pkgutil.iter_modules(encodings.__path__)} - readable - {"aliases", "mbcs", "oem"}
    )
    def listed(names):
        return "[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]"
    lines = "".join(f"  {codec}: {listed(names)},\n" for codec, names in sorted(known.items()) if codec not in ("mbcs", "tactis"))
    return (
        HEADER + "\n/**\n * Other names of CPython's codecs (its `encodings/aliases.py`), after its normalization: lower case, and every run of characters\n"
        " * other than letters, digits and dots made one underscore.\n */\n// prettier-ignore\n"
        "export const CODEC_ALIASES: Readonly<Record<string, readonly string[]>> = {\n" + lines + "};\n\n"
        "/** Codecs that the lexer reads. */\n// prettier-ignore\n"
        f"export const READ_CODECS: readonly string[] = {listed(readable)};\n\n"
        "/** Codecs of CPython that it refuses. */\n// prettier-ignore\n"
        f"export const REFUSED_CODECS: readonly string[] = {listed(others)};\n"
    )


def main():
    if sys.version_info[:2] != (3, 11):
        sys.exit("This needs CPython 3.11, whose codecs the lexer follows.")
    files = {os.path.join("tables", name + ".ts"): family(grids) for name, grids in FAMILIES.items()}
    files[os.path.join("tables", "singleByte.ts")] = single_byte()
    files["aliases.ts"] = aliases()
    for name, text in files.items():
        path = os.path.join(CODECS, name)
        if sys.argv[1:] == ["--check"]:
            with open(path, encoding="utf-8") as f:
                print(f"{name}: {'the same' if f.read() == text else 'differs'}")
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="\n") as f:
                f.write(text)


if __name__ == "__main__":
    main()
