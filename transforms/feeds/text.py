"""Text out of feed fields: markup removed, software's boilerplate cut, characters cleaned.

Everything here is total: any string goes in, a string comes out, in time linear in its length.
"""

import html
import re

import ahocorasick_rs
from resiliparse.extract.html2text import extract_plain_text

HTML_CHARS = 2_000_000
"""Longest markup that is turned into text; what follows is cut."""

# One tag with tens of thousands of attributes takes HTML parsers quadratic time (38 s for 100,000).
# No tag that carries text is longer than this; data: images are.
ENDLESS_TAG = re.compile(r"<[^<>]{8192,}>?")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s[^<>]*)?/?>|<!--|<!\[CDATA\[")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
# C0 and C1 controls but tab and line ends, soft hyphen, zero-width space, directional marks, BOM,
# noncharacters.
# Zero-width joiners stay: Persian and Hindi are spelt with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("[ \t]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])\\s*")
_SPACES = re.compile(r"[^\S\n]+")

# Sentences that publishing software, not the writer, adds to a feed's summary. Each is anchored at
# the end of the text and begins with a capital, so that the same words inside an article stay.
_BOILERPLATE = re.compile(
    r"""(?:
        \bThe\ (?:post|article|story)\ [^\n]{1,400}?\ (?:first\ appeared|appeared\ first
            |was\ first\ published|originally\ appeared)\ (?:on|in|at)\ [^\n]{1,200}
      | \bL['’]article\ [^\n]{1,400}?\ est\ apparu\ en\ premier\ sur\ [^\n]{1,200}
      | \b(?:La\ entrada|El\ art[ií]culo)\ [^\n]{1,400}?\ (?:se\ public[oó]\ primero\ en
            |apareci[oó]\ primero\ en)\ [^\n]{1,200}
      | \bDer\ Beitrag\ [^\n]{1,400}?\ erschien\ zuerst\ auf\ [^\n]{1,200}
      | \b(?:L['’]articolo|O\ post|O\ artigo)\ [^\n]{1,400}?\ (?:proviene\ da
            |apareceu\ primeiro\ em)\ [^\n]{1,200}
      | \b(?:Continue|Keep)\ reading\b[^\n]{0,200}
      | \b(?:(?:Read|Learn|See|Find\ out)\ (?:m|M)ore|READ\ MORE)\b
            (?:[ :.…»→>-]*|\ (?:at|on|about|from)\ [^\n]{1,100})
      | \bRead\ (?:the\ )?(?:full|entire|whole|rest\ of\ (?:the|this))
            \ (?:story|article|post|report|entry|text)\b[^\n]{0,100}
      | \b(?:Click|Tap)\ here\ (?:to|for)\ [^\n]{1,120}
      | \b(?:Lire\ la\ suite|Weiterlesen|Leer\ m[aá]s|Sigue\ leyendo|Leggi\ tutto|Leia\ mais
            |Lees\ verder|Читать\ далее)\b[^\n]{0,100}
      | \[\s*(?:…|\.\.\.)\s*\]
      | \b(?:View|See)\ (?:Entire|Original|Full)\ (?:Post|Article|Story)\b[^\n]{0,60}
      | \bsubmitted\ by\ /u/\S+\s*(?:\[link\])?\s*(?:\[comments\])?
      | \[link\]\s*\[comments\]
      | \bFiled\ under:[^\n]{1,200}
    )[\s.…»→>|]*\Z""",
    re.VERBOSE,
)
# Each of those sentences holds one of these; finding none takes a twentieth of the time of the pattern.
_SIGNS = ahocorasick_rs.AhoCorasick(
    [
        *("appeared", "published", "est apparu", "primero en", "erschien zuerst", "proviene da"),
        *("apareceu primeiro", "continue reading", "keep reading", "read more", "learn more"),
        *("see more", "find out more", "read the ", "read full ", "read entire ", "read whole "),
        *("read rest ", "click here", "tap here", "lire la suite", "weiterlesen", "leer m"),
        *("sigue leyendo", "leggi tutto", "leia mais", "lees verder", "читать", "["),
        *("view entire", "view original", "view full", "see entire", "see original", "see full"),
        *("submitted by", "filed under"),
    ]
)
_TAIL_CHARS = 1_000
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3})\s*\Z")


def html_to_text(html: str) -> str:
    r"""Visible text of an HTML fragment or page; block elements and <br> become line breaks.

    Scripts, styles, comments, alternative texts and form fields are dropped. At most `HTML_CHARS`
    characters are read.

    >>> html_to_text("<p>One<br>two</p><script>no()</script>")
    'One\ntwo'
    """
    markup = ENDLESS_TAG.sub(" ", _SURROGATE.sub("\ufffd", html[:HTML_CHARS]).replace("\0", ""))
    try:
        return str(
            extract_plain_text(
                markup,
                preserve_formatting=True,
                main_content=False,
                list_bullets=False,
                alt_texts=False,
            )
        ).strip()
    except Exception:  # the extractor's own, on broken markup: text without tags beats none
        return _TAG.sub(" ", markup).strip()


def strip_boilerplate(text: str) -> str:
    """Text without the closing lines that publishing software adds ("Continue reading …").

    Only the end is touched, as often as it matches, and an ellipsis left before it goes too.

    >>> strip_boilerplate("Talks resume. The post Talks appeared first on The Paper.")
    'Talks resume.'
    """
    stripped = False
    while True:
        tail = text[-_TAIL_CHARS:]
        signs = _SIGNS.find_matches_as_indexes(tail.lower())
        found = _BOILERPLATE.search(tail) if signs else None
        if not found:
            return _ELLIPSIS.sub("…", text) if stripped else text
        stripped = True
        text = text[: len(text) - len(tail) + found.start()].rstrip(" \t\n|–—-")


def clean_text(s: str) -> str:
    """Plain text of a feed field, whichever way its markup was escaped.

    Tags and entities are resolved, twice if they were escaped twice; NUL, control and invisible
    formatting characters go; lone surrogates become U+FFFD; runs of spaces become one, runs of line
    ends one newline.

    >>> clean_text("R&amp;D&nbsp;in <b>Kyiv</b>")
    'R&D in Kyiv'
    """
    text = s[:HTML_CHARS].strip()
    # Printable text has no white space but single spaces, and nothing unseen: most fields need no cleaning.
    if text.isprintable() and not ("<" in text or "&" in text or "  " in text):
        return text
    for _ in range(2):
        if "<" in text and _TAG.search(text):
            text = html_to_text(text)
        elif "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
        else:
            break
    text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    return _SPACES.sub(" ", _LINE_END.sub("\n", text)).strip()


def clean_line(s: str) -> str:
    """`clean_text` on one line: for titles, names and other short fields.

    >>> clean_line("A <br> headline")
    'A headline'
    """
    return " ".join(clean_text(s).split())
