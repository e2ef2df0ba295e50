import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.text import clean_line, clean_text, html_to_text, strip_boilerplate


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>two<br>three</p>", "One\n\ntwo\nthree"),
        ("<script>evil()</script><style>p{}</style>seen", "seen"),
        ("<!-- hidden -->seen<img alt='not text'>", "seen"),
        ("R&amp;D", "R&D"),
    ],
)
def test_markup_becomes_the_text_a_reader_sees(markup, text):
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("AT&amp;amp;T", "AT&T"),  # escaped twice
        ("&lt;p&gt;Talks &lt;b&gt;resume&lt;/b&gt;&lt;/p&gt;", "Talks resume"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),  # not markup
        ("a\x00b\x07c\u200b\ufeffd", "abcd"),
        ("a\ud800b", "a\ufffdb"),
        ("a \u00a0 b\r\n\r\n c", "a b\nc"),
        ("\u0645\u06cc\u200c\u0631\u0648\u062f", "\u0645\u06cc\u200c\u0631\u0648\u062f"),
    ],
)
def test_a_field_is_cleaned_however_it_was_escaped(raw, text):
    assert clean_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Talks resume. The post Talks appeared first on The Paper.", "Talks resume."),
        ("Talks resume […] The post T, again appeared first on P. Read more", "Talks resume"),
        ("Talks resume. Continue reading...", "Talks resume."),
        ("Talks resume.\nRead more", "Talks resume."),
        ("Les pourparlers reprennent. Lire la suite", "Les pourparlers reprennent."),
        ("He went on to read more about the strike in the capital.", None),
        ("The post was first held by Mr. Doe. He resigned.", None),
    ],
)
def test_only_what_software_added_at_the_end_goes(raw, text):
    assert strip_boilerplate(raw) == (raw if text is None else text)


@given(st.text(alphabet=st.characters(), max_size=300) | st.text("<>&;ab/!-# \n\0", max_size=300))
def test_cleaning_never_fails_and_is_clean(raw):
    text = clean_text(raw)
    assert "\0" not in text
    text.encode()  # no lone surrogate is left
    assert "\n" not in clean_line(raw)
    strip_boilerplate(text)
