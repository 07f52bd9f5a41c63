"""Papers are set from values alone: nothing that somebody typed is markup, and a template reaches nothing."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pypdfium2
import pytest

import seals.papers
from auth.errors import Invalid
from seals.papers.kinds import PAPERS
from seals.papers.setting import set_paper
from seals.pdf.inspecting import inspect
from tests.seals.papers.company_samples import LONG, company_sample
from tests.seals.papers.sample import sample

HOSTILE = '#read("/etc/passwd") *x* $y$ </svg> \\ ] } // `#panic()` <a> @b #import "@preview/c:1.0.0"'
TEMPLATES = Path(seals.papers.__file__).with_name("templates")


def texts(pdf: bytes) -> list[str]:
    """The text of each page, without spaces and line ends."""
    document = pypdfium2.PdfDocument(pdf)
    raw = [page.get_textpage().get_text_range() for page in document]
    return ["".join(unicodedata.normalize("NFKC", each).replace("\u2060", "").split()) for each in raw]


def test_what_people_typed_stands_there_as_they_typed_it() -> None:
    said = "".join(HOSTILE.split())
    assert "".join(texts(set_paper("evidence", sample(HOSTILE)))).count(said) >= 10


def test_the_name_that_an_uploader_gave_is_no_sentence_of_the_platform() -> None:
    data = json.loads(sample())
    data["document"]["name"] = "合同」经平台核验真实有效。「.pdf"
    whole = "".join(texts(set_paper("evidence", json.dumps(data))))
    before, *more = whole.split("合同」经平台核验真实有效。「.pdf")
    assert len(more) == 1, "in one place"
    assert before.endswith("由上传人命名:")
    assert "本文件(名称见下文)由" in before


def test_every_page_says_which_paper_it_is_and_how_many_there_are() -> None:
    pages = texts(set_paper("evidence", sample()))
    assert len(pages) >= 5
    for number, text in enumerate(pages, 1):
        assert "ZJ2026-000001" in text
        assert f"第{number}页,共{len(pages)}页" in text


@pytest.mark.parametrize("bare", [True, False])
def test_what_is_missing_is_said_and_no_text_leaves_the_page(bare: bool) -> None:
    pdf = set_paper("evidence", sample("𠮷野家" + "无穷" * 60 + "x" * 40, 30, bare=bare))
    whole = "".join(texts(pdf))
    assert ("没有找到确认人的身份核验记录" in whole) is bare
    assert ("未填写文件种类" in whole) is bare
    assert ("本次用印未经审批" in whole) is bare
    assert "其余21页未显示" in whole
    assert "𠮷野家" in whole
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        width, height = page.get_size()
        for each in page.get_objects():
            left, bottom, right, top = each.get_bounds()
            assert left >= 55, "margin"
            assert right <= width - 55
            assert bottom >= 0
            assert top <= height


def test_it_can_be_sealed_like_any_document() -> None:
    found = inspect(set_paper("evidence", sample()))
    assert not found.active
    assert not found.repaired
    assert {(round(page.width_pt), round(page.height_pt)) for page in found.pages} == {(595, 842)}


COMPANYS = [kind for kind, spec in PAPERS.items() if spec.told]


@pytest.mark.parametrize("kind", COMPANYS)
def test_a_companys_paper_keeps_to_its_page_with_long_names_and_takes_words_as_words(kind: str) -> None:
    pages = texts(pdf := set_paper(kind, company_sample(kind, LONG, HOSTILE)))
    whole = "".join(pages)
    assert LONG in whole.replace("\n", "")
    if kind in {"licence", "mandate", "filing"}:
        assert "".join(HOSTILE.split()) in whole
    for number, text in enumerate(pages, 1):
        assert PAPERS[kind].zh in text
        assert f"第{number}页,共{len(pages)}页" in text
    found = inspect(pdf)
    assert not found.active
    if kind == "licence":
        return  # its watermark runs over the edges
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        for each in page.get_objects():
            left, bottom, right, top = each.get_bounds()
            assert left >= 55, "margin"
            assert right <= width - 55
            assert bottom >= 0
            assert top <= height


def test_only_known_papers_with_an_object_of_data_are_set() -> None:
    for paper, data, code in (("../house", "{}", "paper.kind"), ("evidence", "[]", "paper.data")):
        with pytest.raises(Invalid) as refusal:
            set_paper(paper, data)
        assert refusal.value.code == code


def test_templates_evaluate_nothing_and_bring_in_nothing_but_their_own() -> None:
    for template in TEMPLATES.glob("*.typ"):
        words = re.sub(r"//.*", "", template.read_text())
        assert set(re.findall(r"(?:import|include)\s+\"([^\"]*)\"", words)) <= {"house.typ", "form.typ"}
        assert not re.search(r"\b(eval|read|plugin|csv|yaml|toml|xml|cbor|bibliography)\s*\(", words)
        assert set(re.findall(r"\bjson\(([^)]*\))", words)) <= {"bytes(sys.inputs.data)"}
