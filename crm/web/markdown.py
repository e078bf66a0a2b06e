"""Notes in Markdown, as HTML that is safe to print whatever they hold. A pure function.

HTML is text here. A link leads to the web, to an email address or to a phone number; a picture is
such a link, for a page loads nothing from elsewhere; a heading is strong, for the outline is the
page's own. What is stored, edited and exported stays as it was typed.

The parser takes its time for text that is written to cost it: beyond the limits below the text is
shown as it was typed.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

HINT = "Markdown works: **bold**, lists, links."

LONGEST = 20_000
#: Of a paragraph; the parser looks for a link's end at each bracket, for its start at each "://".
LONGEST_PARAGRAPH, MOST_ADDRESSES = 3000, 100
#: A row that says one cell is given all of them.
MOST_CELLS = 5000
DEEPEST = 12

_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_WEB = re.compile(r"https?:", re.IGNORECASE)
_ANY_ENDING = "[a-z]{2,63}"


def markdown(text: str) -> SafeString:
    """Return the text as HTML blocks."""
    if len(text) > LONGEST:
        return format_html("<p>{}</p>", linebreaksbr(text))
    return mark_safe(_MARKDOWN.render(text))  # noqa: S308


class _Linkifier(LinkifyIt):
    """Finds addresses in running text: https://…, www.… and emails.

    A name and a dot alone are none: where a space is missing ("Call back.It is urgent") the words
    around would become one.
    """

    def match(self, text: str) -> list[Match]:
        return [
            found
            for found in super().match(text) or ()
            if found.schema or found.raw[:4].lower() == "www."
        ]


def _parse_paragraphs(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if _is_cheap(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children += _as_typed(token.content)


def _is_cheap(paragraph: str) -> bool:
    return len(paragraph) <= LONGEST_PARAGRAPH and paragraph.count("://") <= MOST_ADDRESSES


def _as_typed(paragraph: str) -> Iterator[Token]:
    for number, line in enumerate(paragraph.split("\n")):
        if number:
            yield Token("softbreak", "br", 0)
        yield Token("text", "", 0, content=line)


def _link_images(state: StateCore) -> None:
    """Put a link in the place of each picture; its name alone where a link stands around it."""
    for token in state.tokens:
        if token.children and any(child.type == "image" for child in token.children):
            token.children = list(_without_images(token.children, state.md))


def _without_images(tokens: Sequence[Token], md: MarkdownIt) -> Iterator[Token]:
    in_link = False
    for token in tokens:
        in_link = token.type == "link_open" or (in_link and token.type != "link_close")
        if token.type != "image":
            yield token
            continue
        assert isinstance(md.renderer, RendererHTML)
        url = str(token.attrs["src"])
        name = md.renderer.renderInlineAsText(token.children, md.options, {}).strip() or url
        if not in_link:
            yield Token("link_open", "a", 1, attrs={"href": url})
        yield Token("text", "", 0, content=name)
        if not in_link:
            yield Token("link_close", "a", -1)


def _small_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    columns = state.src[state.bMarks[start] : state.eMarks[start]].count("|") + 1
    return columns * len(state.bMarks) <= MOST_CELLS and table(state, start, end, silent)


def _open_link(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    token = tokens[index]
    token.attrSet("class", "link")
    token.attrSet("rel", "noopener noreferrer nofollow")
    if _WEB.match(str(token.attrs["href"])):
        token.attrSet("target", "_blank")
    return self.renderToken(tokens, index, options, env)


def _open_cell(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """Say the alignment by a class: the content security policy forbids style attributes."""
    token = tokens[index]
    if style := token.attrs.pop("style", None):
        token.attrSet("class", str(style).replace("text-align:", "is-"))
    return self.renderToken(tokens, index, options, env)


def _make() -> MarkdownIt:
    md = MarkdownIt(
        "js-default", {"html": False, "breaks": True, "linkify": True, "maxNesting": DEEPEST}
    )
    md.linkify = _Linkifier().tlds(_ANY_ENDING)
    md.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    md.core.ruler.at("inline", _parse_paragraphs)
    md.core.ruler.push("link_images", _link_images)
    md.block.ruler.at("table", _small_table, {"alt": ["paragraph", "reference"]})
    md.add_render_rule("link_open", _open_link)
    md.add_render_rule("th_open", _open_cell)
    md.add_render_rule("td_open", _open_cell)
    md.add_render_rule("heading_open", lambda *_: "<p><strong>")
    md.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    return md


_MARKDOWN = _make()
