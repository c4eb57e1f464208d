"""Statements are written in Markdown; this turns them into HTML, a tree for the PDF, and text.

Raw HTML is never passed on, pictures become their description, links keep only http, https
and mailto.
"""

import re
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}, "th": {"scope"}}
_TAGS = {
    "a", "p", "br", "hr", "em", "strong", "del", "ul", "ol", "li", "blockquote", "pre", "code",
    "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def clean_text(text: str) -> str:
    """The text without characters that PostgreSQL, XML or a reader's eye must not meet.

    Control characters, halves of surrogate pairs and marks that reverse the reading direction
    go; line ends become a line feed.
    """
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _parse(text: str) -> list[Token]:
    """Tokens of the text without empty headings, which say nothing and PDF/UA refuses."""
    tokens = _parser().parse(clean_text(text))
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        if tokens[place].type == "heading_open" and not _words(tokens[place + 1]).strip():
            place += 3
            continue
        kept.append(tokens[place])
        place += 1
    return kept


def headings_without_text(text: str) -> list[str]:
    """Return the headings under which nothing stands, neither words nor a heading below them."""
    tokens = _parse(text)
    found = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            after = next(iter(tokens[place + 3 :]), None)
            if after is None or (after.type == "heading_open" and after.tag <= token.tag):
                found.append(_words(tokens[place + 1]))
    return found


def _words(inline: Token) -> str:
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in inline.children or []
    )


def _levels(tokens: list[Token]) -> dict[int, int]:
    """New level of each heading by line number: the first is 1 and no level is skipped."""
    result: dict[int, int] = {}
    open_levels: list[int] = []
    for token in tokens:
        if token.type == "heading_open" and token.map:
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
            result[token.map[0]] = len(open_levels)
    return result


def normalise_headings(text: str) -> str:
    """The same Markdown with headings that begin at level 1 and skip none (PDF/UA-1, WCAG)."""
    lines = clean_text(text).split("\n")
    tokens = _parse(text)
    underlines: list[int] = []
    levels = _levels(tokens)
    for token in tokens:
        if token.type != "heading_open" or not token.map:
            continue
        first, end = token.map
        marks = "#" * levels[first]
        if token.markup.startswith("#"):
            lines[first] = re.sub(r"#{1,6}", marks, lines[first], count=1)
        elif token.level == 0:
            heading = " ".join(part.strip() for part in lines[first : end - 1])
            lines[first] = f"{marks} {heading}"
            underlines += range(first + 1, end)
    return "\n".join(line for number, line in enumerate(lines) if number not in set(underlines))


def to_html(text: str, first_level: int = 3) -> str:
    """Clean HTML of a Markdown text, its first heading at `first_level`, none below h6."""
    parser = _parser()
    tokens = _parse(text)
    levels = _levels(tokens)
    level = first_level
    for token in tokens:
        if token.type == "heading_open":
            level = min(6, levels.get(token.map[0] if token.map else 0, 1) + first_level - 1)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.type in ("th_open", "td_open"):
            token.attrs.pop("style", None)
        if token.children:
            token.children = [_without_picture(child) for child in token.children]
    html = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _without_picture(token: Token) -> Token:
    if token.type != "image":
        return token
    return Token("text", "", 0, content=token.content)


def to_text(text: str) -> str:
    """The words of a Markdown text, for search and for summaries."""
    parts = []
    for token in _parse(text):
        if token.type == "inline":
            parts.append(_words(token))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
    return "\n".join(part for part in parts if part.strip())


def to_tree(text: str) -> list[dict[str, Any]]:
    """The text as nested plain data for the PDF template: no markup reaches the typesetter."""
    tokens = _parse(text)
    levels = _levels(tokens)
    return [node for child in SyntaxTreeNode(tokens).children for node in _node(child, levels)]


def _children(node: SyntaxTreeNode, levels: dict[int, int]) -> list[dict[str, Any]]:
    return [part for child in node.children for part in _node(child, levels)]


def _node(node: SyntaxTreeNode, levels: dict[int, int]) -> list[dict[str, Any]]:
    kind = node.type
    if kind == "inline":
        return _children(node, levels)
    if kind in ("text", "code_inline", "image"):
        return [{"t": "code" if kind == "code_inline" else "text", "s": node.content}]
    if kind == "softbreak":
        return [{"t": "text", "s": " "}]
    if kind in ("fence", "code_block"):
        return [{"t": "pre", "s": node.content}]
    if kind in ("hardbreak", "hr"):
        return [{"t": kind}]
    body = _children(node, levels)
    if kind == "heading":
        return [{"t": "heading", "level": levels.get(node.map[0], 1) if node.map else 1, "c": body}]
    if kind == "link":
        href = str(node.attrs.get("href", ""))
        if href.split(":", 1)[0].lower() not in _SCHEMES:
            return body
        return [{"t": "link", "href": href, "c": body}]
    if kind == "ordered_list":
        return [{"t": kind, "start": int(node.attrs.get("start", 1)), "c": body}]
    if kind == "table":
        rows = [
            [_children(cell, levels) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        return [{"t": "table", "columns": len(rows[0]), "rows": rows}]
    if kind in ("paragraph", "em", "strong", "s", "bullet_list", "list_item", "blockquote"):
        return [{"t": kind, "c": body}]
    return body
