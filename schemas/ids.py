"""Ids are hashes of content: the same article gives the same ids on any machine, in any run."""

import hashlib

ID_CHARS = 24  # 96 bits in hex: under one chance in a million of any collision among a hundred billion articles


def content_id(*parts: str) -> str:
    """Hash of the parts in order, as 24 lower-case hex digits. Lone surrogates are allowed.

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.

    >>> content_id("ab", "c") != content_id("a", "bc")
    True
    """
    data = "".join([f"{len(p)}:{p}" for p in parts]).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=ID_CHARS // 2).hexdigest()
