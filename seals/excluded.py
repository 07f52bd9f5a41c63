"""Documents for which the law has no electronic form (电子签名法 art. 3): refused where somebody says that
his is one, and pointed out, never refused, where its title speaks of it. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from auth.errors import Refused

__all__ = ["EXCLUDED", "MAX_TITLE", "Excluded", "refused", "spoken_of", "warning"]

MAX_TITLE = 60
"""Characters of a document's beginning that count as its title."""


@dataclass(frozen=True)
class Excluded:
    """A kind that art. 3 excludes. article: which part of it; titles: words by which a title speaks of it."""

    zh: str
    en: str
    article_zh: str
    article_en: str
    titles: tuple[str, ...] = ()


EXCLUDED: Mapping[str, Excluded] = {
    "family": Excluded(
        "婚姻、收养、继承等人身关系文书",
        "Marriage, adoption, inheritance and other personal relations",
        "《电子签名法》第三条第三款第（一）项",
        "article 3(3)(1) of the Electronic Signature Law",
        ("结婚", "离婚", "婚姻", "婚前协议", "婚内", "收养", "继承", "遗嘱", "遗赠", "遗产"),
    ),
    "utility": Excluded(
        "停止供水、供热、供气等公用事业服务文书",
        "Stopping of water, heat, gas or another public utility",
        "《电子签名法》第三条第三款第（二）项",
        "article 3(3)(2) of the Electronic Signature Law",
        ("停水", "停热", "停暖", "停气", "停供", "停止供水", "停止供热", "停止供暖", "停止供气", "停止供应"),
    ),
    "by_law": Excluded(
        "法律、行政法规规定不适用电子文书的其他文件",
        "Other documents that a law keeps to paper",
        "《电子签名法》第三条第三款第（三）项",
        "article 3(3)(3) of the Electronic Signature Law",
    ),
}
"""The third takes what other laws exclude: a further kind with its article is a further line here."""


def refused(kind: str, field: str) -> Refused:
    """The answer to whoever says that his document is of such a kind."""
    of = EXCLUDED[kind]
    return Refused(
        "document_kind.excluded",
        f"依照{of.article_zh}，这类文件（{of.zh}）不适用电子签名，不能在这里用印，请用纸质文件办理。",
        f"By {of.article_en} such documents have no electronic form and are not sealed here; use paper.",
        field=field,
        article=of.article_zh,
    )


def spoken_of(name: str, beginning: str) -> str:
    """The kind that a file's name or its text's beginning plainly speaks of, or ""."""
    named, begun = (re.sub(r"\s+", "", unicodedata.normalize("NFKC", part)) for part in (name, beginning))
    title = f"{named}\n{begun[:MAX_TITLE]}"
    return next((kind for kind, of in EXCLUDED.items() if any(word in title for word in of.titles)), "")


def warning(kind: str) -> tuple[str | None, str | None]:
    """What somebody is told before he sends such a document; nothing for none."""
    if kind not in EXCLUDED:
        return None, None
    of = EXCLUDED[kind]
    return (
        f"这份文件像是「{of.zh}」。依照{of.article_zh}，这类文件不适用电子签名；如果确实是，请用纸质文件办理。",
        f"This looks like: {of.en}. By {of.article_en} such documents have no electronic form; use paper.",
    )
