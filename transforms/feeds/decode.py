"""Bytes of a feed to text: compression and encoding as they are rather than as declared."""

import codecs
import re
import zlib

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

BODY_BYTES = 10_000_000
"""Largest feed body, inflated (miniflux stops at 15 MB, commafeed at 5)."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (  # how "<x" or "{" begins without a byte order mark
    (re.compile(rb"[<{]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{]\0\0\0"), "utf-32-be"),
    (re.compile(rb"[<{]\0[^\0]"), "utf-16-le"),
    (re.compile(rb"\0[<{]\0[^\0]"), "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.I)
# A stray byte that is not UTF-8 arrives as a lone surrogate: read it as Windows-1252.
_STRAY = {0xDC00 + b: bytes([b]).decode("cp1252", "replace") for b in range(0x80, 0x100)}
_BAD = re.compile("[\udc80-\udcff]")


def inflate(body: bytes, cap: int = BODY_BYTES) -> tuple[bytes, str]:
    """Undo gzip, once or twice over, if the bytes are gzip.

    Returns:
        At most `cap` bytes, and "" or why there are not more: "too_large" or "truncated".
    """
    problem = ""
    for _ in range(2):
        if not body.startswith(b"\x1f\x8b"):
            break
        body, problem = _gunzip(body, cap)
        if problem:
            break
    return (body[:cap], "too_large") if len(body) > cap else (body, problem)


def _gunzip(data: bytes, cap: int) -> tuple[bytes, str]:
    parts, size = [], 0
    while data.startswith(b"\x1f\x8b"):  # members may follow one another
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(data, cap + 1 - size))
        except zlib.error:
            return b"".join(parts), "truncated"
        size += len(parts[-1])
        if size > cap:
            return b"".join(parts), "too_large"
        if not stream.eof:
            return b"".join(parts), "truncated"
        data = stream.unused_data
    return b"".join(parts), ""


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document in whatever encoding it truly has; never fails.

    A byte order mark decides; then UTF-8 if the bytes are valid UTF-8, since no other encoding gets
    there by chance; then what the document or the header declares; then a guess from the bytes.
    Encodings that are tricks (UTF-7, zlib, idna, unicode_escape) are not among those known.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    for pattern, name in _WIDE:
        if pattern.match(body):
            return body.decode(name, "replace")
    declared = _declared(body, content_type)
    if declared == "iso2022_jp" and b"\x1b" in body:
        return body.decode(declared, "replace")
    text = body.decode("utf-8", "surrogateescape")
    bad = len(_BAD.findall(text))
    if not bad:
        return text
    if _cut_character(body):
        return body.decode("utf-8", "ignore")
    good = sum(c > "\x7f" for c in text) - bad
    if declared not in ("", "utf-8"):
        return body.decode(declared, "replace")
    if 4 * good >= bad:  # valid sequences hardly occur by chance
        return text.translate(_STRAY)
    guess = _known(detect_encoding(body[:100_000])) or "cp1252"
    return body.decode("cp1252" if guess == "utf-8" else guess, "replace")


def _cut_character(body: bytes) -> bool:
    """True if the only thing wrong is that the last character was cut off."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(body) and error.start >= len(body) - 3
    return False


def _declared(body: bytes, content_type: str) -> str:
    """The encoding that the document, else the header, declares; "" if none that is known."""
    found = _DECLARED.search(body, 0, 2048)
    name = _known(found.group(1).decode("ascii")) if found else ""
    if not name and (header := _CHARSET.search(content_type)):
        name = _known(header.group(1))
    return name


def _known(label: str | None) -> str:
    """The name of an encoding that the WHATWG standard knows, for Python; "" for any other."""
    name = map_encoding_to_html5(label or "", False) or ""
    if name in ("", "utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-32"):
        return ""  # without byte order mark or NUL bytes it is none of these
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""
