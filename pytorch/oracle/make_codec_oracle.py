#!/usr/bin/env python3.11
"""Write how CPython's codecs decode every code, to compare the lexer's decoders with them.

    python3.11 make_codec_oracle.py codes            one JSON line a block of codes: {"codec", "prefix", "bytes", "results"}
    python3.11 make_codec_oracle.py random SEED N    N random texts a codec: {"codec", "inputs", "results"}, inputs in hexadecimal
    python3.11 make_codec_oracle.py digests          writes ../../src/core/python/lexer/codecs/digests.fixture.ts: a SHA-256 a block

A block is all sequences of a prefix (hexadecimal) and one byte of each of the ranges in "bytes", in order. A result is the
text, or null where the codec refuses the sequence or makes half a surrogate pair of it. The digest of a block is over all
results: the length of the text's UTF-8 in a byte (255 for null), and the UTF-8.
"""
import hashlib, itertools, json, os, random, sys

from make_codec_tables import CODECS, HEADER, MULTI_BYTE, decoded, single_byte_codecs

ALL = "00-ff"
SETS = {  # escape sequences that call a set of two bytes
    "iso2022_jp": ["$@", "$B", "$(B", "$(D", "$A"], "iso2022_jp_1": ["$B", "$(D"], "iso2022_jp_2": ["$@", "$B", "$(D", "$A", "$(C"],
    "iso2022_jp_3": ["$B", "$(O", "$(P", "$(Q"], "iso2022_jp_2004": ["$B", "$(Q", "$(P", "$(O"], "iso2022_jp_ext": ["$B", "$(D"],
    "iso2022_kr": ["$)C\x0e", "$(C", "$)C"],
}
BASE64 = "2b,2f-39,41-5a,61-7a"


def blocks():
    """The codes of every codec: all of one and two bytes, and of the longer ones those that can differ."""
    for codec in single_byte_codecs():
        yield codec, "", [ALL]
    for codec in MULTI_BYTE:
        yield codec, "", [ALL]
        yield codec, "", [ALL, ALL]
    for codec in ("euc_jp", "euc_jisx0213", "euc_jis_2004"):
        for lead in ("8e", "8f"):
            yield codec, lead, [ALL, ALL]
    yield "euc_kr", "a4d4a4", ["a0-ff", "a4", "a0-ff", "a4", "a0-ff"]
    yield "euc_kr", "a4d4", ["a3-a5", "b0", "a3-a5", "bf", "a3-a5", "b1"]
    for first in ("80-81", "82", "83", "84", "85-8f", "90", "91-e2", "e3", "e4-ff"):
        yield "gb18030", "", [first, "30-39", "81-fe", "30-39"]
    for start in ("8130", "8431", "9030", "e332"):
        yield "gb18030", start, [ALL, ALL]
    for codec, escapes in SETS.items():
        for start in ("1b", "1b24", "1b28", "1b29", "1b2e", "1b26", "0e", "1b2e414e", "1b2e41", "1b2e411b4e", "1b2e461b4e", "1b284a", "1b2849"):
            yield codec, start, [ALL, ALL] if start in ("1b", "1b24", "1b28") else [ALL]
        for escape in escapes:
            yield codec, "1b" + escape.encode().hex(), [ALL, ALL]
        yield codec, "1b2640", ["1b", "24", "40-44"]
    yield "hz", "7e7b", [ALL, ALL]
    yield "utf_7", "2b", [BASE64, BASE64, ALL]
    yield "utf_7", "2b", [BASE64, BASE64, BASE64, "2d,41"]
    yield "utf_7", "2b324144", [BASE64, BASE64, BASE64, "2d"]
    edges = "7f-80,bf-c0"  # values around the limits of a continuation byte
    yield "utf_8", "", [ALL]
    yield "utf_8", "", [ALL, "00,7f-c2,ff"]
    yield "utf_8", "", ["e0-f4", "7f-c0", edges]
    yield "utf_8", "", ["f0-f5", "7f-c0", edges, edges]


def members(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def results(codec, prefix, ranges):
    start = bytes.fromhex(prefix)
    for codes in itertools.product(*(list(members(text)) for text in ranges)):
        yield decoded(start + bytes(codes), codec)


def digest(found):
    sum = hashlib.sha256()
    for text in found:
        data = b"" if text is None else text.encode()
        sum.update(bytes([255 if text is None else len(data)]) + data)
    return sum.hexdigest()


def random_text(rng, codec):
    """Random characters of the codec, escape sequences, and other bytes."""
    escapes = [b"\x1b" + escape.encode() for escape in SETS.get(codec, [])]
    escapes += {"hz": [b"~{", b"~}", b"~~", b"~\n"], "utf_7": [b"+", b"-", b"+AOk-", b"+2D3eAA-"]}.get(codec, [])
    if codec.startswith("iso2022"):
        escapes += [b"\x1b(B", b"\x1b(J", b"\x0e", b"\x0f", b"\x1b.A", b"\x1bNi", b"\x1bxA", b"\x1b&@\x1b$B"]
    seven = codec.startswith("iso2022") or codec in ("hz", "utf_7")
    out = b""
    for _ in range(rng.randrange(1, 12)):
        kind = rng.random()
        if kind < 0.3 and escapes:
            out += rng.choice(escapes)
        elif kind < 0.45:
            out += rng.choice([b"\n", b"a", b"\\", b"~", b" ", b"\r\n", b"\x1b"])
        elif kind < 0.9:
            out += bytes([rng.randrange(0x21, 0x7F), rng.randrange(0x21, 0x7F)] if seven else [rng.randrange(0xA1, 0xFF), rng.randrange(0x40, 0xFF)])
        else:
            out += bytes([rng.randrange(256)])
    return out


def main():
    if sys.version_info[:2] != (3, 11):
        sys.exit("This needs CPython 3.11, whose codecs the lexer follows.")
    if sys.argv[1:] == ["codes"]:
        for codec, prefix, ranges in blocks():
            print(json.dumps({"codec": codec, "prefix": prefix, "bytes": ranges, "results": list(results(codec, prefix, ranges))}))
    elif sys.argv[1:2] == ["random"]:
        rng = random.Random(int(sys.argv[2]))
        for codec in [*MULTI_BYTE, *single_byte_codecs()]:
            inputs = [random_text(rng, codec) for _ in range(int(sys.argv[3]))]
            print(json.dumps({"codec": codec, "inputs": [data.hex() for data in inputs], "results": [decoded(data, codec) for data in inputs]}))
    elif sys.argv[1:] == ["digests"]:
        with open(os.path.join(CODECS, "digests.fixture.ts"), "w", encoding="utf-8", newline="\n") as f:
            f.write(HEADER.replace("tables", "oracle") + "import type { CodeBlock } from './codes.fixture.ts';\n\n// prettier-ignore\n")
            f.write("export const DIGESTS: readonly (CodeBlock & { readonly sha256: string })[] = [\n")
            for codec, prefix, ranges in blocks():
                listed = ", ".join(f"'{text}'" for text in ranges)
                sha256 = digest(results(codec, prefix, ranges))
                f.write(f"  {{ codec: '{codec}', prefix: '{prefix}', bytes: [{listed}], sha256: '{sha256}' }},\n")
            f.write("];\n")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
