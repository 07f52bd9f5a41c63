"""Identifiers against the vectors of their standards and known invalid twins."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import identifiers
from auth.errors import Invalid

TODAY = date(2026, 11, 21)

USCC_VALID = [
    "91350100M000100Y43",  # the example of GB 32100-2015
    "91110000600037341L",
    "91440300708461136T",
    "91330100799655058B",
    "91110108551385082Q",
    "11100000000013338W",
    "91110105MA01ABCD5F",
    "91110108MA02QRTU4R",
    "92310115MA1K2L3N2X",
    "93510100MA6C7D8E88",
]
ID_VALID = [
    "11010519491231002X",  # the examples of GB 11643-1999; the second's area was none in 1880
    "440524188001010014",
]


def refused(code: str):
    return pytest.raises(Invalid, check=lambda e: e.code == code)


def with_check(body: str) -> str:
    """An identity number's body with its check character, by the standard's own table."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@pytest.mark.parametrize("code", USCC_VALID)
def test_uscc_of_the_standard_and_of_real_companies(code):
    assert identifiers.uscc(code) == code
    assert identifiers.uscc(f" {code[:2]} {code[2:8]}-{code[8:].lower()} ") == code
    assert identifiers.uscc_check(code[:8], code[8:16]) == code


@pytest.mark.parametrize("code", USCC_VALID)
def test_uscc_with_one_character_changed_or_two_swapped_is_refused(code):
    for place in range(18):
        changed = "1" if code[place] != "1" else "2"
        with pytest.raises(Invalid):
            identifiers.uscc(code[:place] + changed + code[place + 1 :])
    for place in range(17):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            with pytest.raises(Invalid):
                identifiers.uscc(swapped)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("91350100M000100Y4Z", "uscc.format"),  # the well-known wrong twin: Z is not in the alphabet
        ("91350100M000100Y44", "uscc.check"),
        ("9135010OM000100Y43", "uscc.format"),  # letter O for zero
        ("91350100M000100Y4", "uscc.format"),
        ("91350100M000100Y433", "uscc.format"),
        ("", "uscc.format"),
        ("9" * 100_000, "uscc.format"),
    ],
)
def test_uscc_refused(code, error):
    with refused(error) as caught:
        identifiers.uscc(code, field="company_uscc")
    assert caught.value.field == "company_uscc"
    assert caught.value.zh
    assert caught.value.en


def test_uscc_whose_inner_organisation_code_is_wrong_is_refused():
    from stdnum.cn import uscc as outer

    body = "91110105MA01ABCD6"  # organisation code MA01ABCD has check 5
    code = body + outer.calc_check_digit(body)
    assert outer.is_valid(code)
    with refused("uscc.check"):
        identifiers.uscc(code)


def test_uscc_of_an_authority_written_as_a_letter_is_good():
    assert identifiers.uscc(identifiers.uscc_check("N2110105", "MA01ABCD"))[:2] == "N2"


@pytest.mark.parametrize("number", ID_VALID)
def test_identity_number_of_the_standard(number):
    assert identifiers.resident_id(number.lower() + " ", TODAY) == number


@pytest.mark.parametrize("number", ID_VALID)
def test_identity_number_with_one_digit_changed_is_refused(number):
    for place in range(18):
        changed = "1" if number[place] != "1" else "2"
        with pytest.raises(Invalid):
            identifiers.resident_id(number[:place] + changed + number[place + 1 :], TODAY)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("110105194912310029", "id_number.check"),
        ("110105194912310", "id_number.format"),
        ("1101051949123100XX", "id_number.format"),
        (with_check("11010519490229001"), "id_number.date"),  # 1949 had no 29 February
        (with_check("11010519491331001"), "id_number.date"),
        (with_check("11010520261122001"), "id_number.date"),  # tomorrow
        (with_check("16010519900101001"), "id_number.province"),
        (with_check("00000019900101001"), "id_number.province"),
        (with_check("91615619900101001"), "id_number.province"),  # foreigner's card, no such province
        ("", "id_number.format"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "id_number.format"),  # Arabic-Indic digits are not ASCII digits
    ],
)
def test_identity_number_refused(number, error):
    with refused(error):
        identifiers.resident_id(number, TODAY)


@pytest.mark.parametrize(
    "body",
    [
        "11010520261121001",  # born today
        "11999919900101001",  # an area in no table
        "81000019900101001",
        "83000019900101001",  # Taiwan residents
        "91115619900101001",  # permanent residence card of 2023: 9, Beijing, nationality
    ],
)
def test_identity_number_accepted(body):
    number = with_check(body)
    assert identifiers.resident_id(number, TODAY) == number
    assert f"{identifiers.birth_date(number):%Y%m%d}" == body[6:14]


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        " 138 1234 5678 ",
        "138-1234-5678",
        "+8613812345678",
        "0086 13812345678",
        "１３８１２３４５６７８",
    ],
)
def test_mobile_has_one_normal_form(typed):
    assert identifiers.mobile(typed) == "13812345678"


@pytest.mark.parametrize(
    "typed",
    ["12812345678", "1381234567", "138123456789", "+85291234567", "1381234567a", "", "13812345678\x00"],
)
def test_mobile_refused(typed):
    with refused("mobile.format"):
        identifiers.mobile(typed)


def test_region_and_its_name_by_date():
    assert identifiers.region(" 440305 ") == "440305"
    assert identifiers.region_name("440305", TODAY) == "广东省深圳市南山区"
    assert identifiers.region_name("110105", TODAY) == "北京市朝阳区"
    assert identifiers.region_name("440524", TODAY) == "广东省汕头市"
    assert identifiers.region_name("440524", date(1985, 1, 1)) == "广东省汕头市潮阳县"
    assert identifiers.region_name("429004", TODAY) == "湖北省仙桃市"
    assert identifiers.region_name("119999", TODAY) == "北京市"


@pytest.mark.parametrize(
    ("typed", "error"),
    [("11010", "region.format"), ("1101055", "region.format"), ("11010a", "region.format"),
     ("990000", "region.province"), ("830000", "region.province")],
)  # fmt: skip
def test_region_refused(typed, error):
    with refused(error):
        identifiers.region(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 北京云杉科技有限公司\n", "北京云杉科技有限公司"),
        ("云杉(北京)科技有限公司", "云杉（北京）科技有限公司"),
        ("上海ＡＢＣ贸易有限公司", "上海ABC贸易有限公司"),
        ("喀什买买提•艾力商贸有限公司", "喀什买买提·艾力商贸有限公司"),
        ("北京\uf900科技有限公司", "北京豈科技有限公司"),  # a compatibility character, NFC
        ("北京𠮷野家快餐有限公司", "北京𠮷野家快餐有限公司"),  # extension B
        ("北京二〇二六科技有限公司", "北京二〇二六科技有限公司"),
    ],
)
def test_company_name_has_one_spelling(typed, name):
    assert identifiers.company_name(typed) == name
    assert identifiers.company_name(name) == name


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("北京云", "company_name.length"),
        ("京" * 61, "company_name.length"),
        ("京" * 1_000_000, "company_name.length"),
        ("", "company_name.length"),
        ("北京\u202e云杉科技有限公司", "company_name.character"),  # bidi override
        ("北京\u200b云杉科技有限公司", "company_name.character"),  # zero-width space
        ("北京云杉😀有限公司", "company_name.character"),
        ("北京云杉\x00有限公司", "company_name.character"),
        ("北京云杉 科技有限公司", "company_name.character"),
        ("北京云\ufe0f杉科技有限公司", "company_name.character"),  # variation selector
        ("北京云杉\ud800科技有限公司", "company_name.character"),  # half a surrogate pair
        ("北京Аbc科技有限公司", "company_name.character"),  # Cyrillic А
        ("⼭东云杉科技有限公司", "company_name.character"),  # Kangxi radical that looks like 山
        ("<script>北京公司", "company_name.character"),
        ("Yunshan Technology Ltd", "company_name.character"),
        ("YunshanTechnologyLtd", "company_name.character"),
        ("云杉（北京科技有限公司", "company_name.brackets"),
        ("云杉）北京（科技有限公司", "company_name.brackets"),
        ("云杉（）科技有限公司", "company_name.brackets"),
    ],
)
def test_company_name_refused(typed, error):
    with refused(error) as caught:
        identifiers.company_name(typed)
    f"{caught.value.zh}{caught.value.en}".encode()  # half a surrogate would not encode


def test_the_bad_character_is_named():
    with refused("company_name.character") as caught:
        identifiers.company_name("北京云杉\u202e科技有限公司")
    assert "U+202E" in caught.value.zh
    assert "\u202e" not in caught.value.zh
    assert caught.value.facts["character"] == "U+202E"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 张三 ", "张三"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提‧艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("𠮷田一", "𠮷田一"),
        ("JOHN  F. O'NEIL-SMITH", "JOHN F. O'NEIL-SMITH"),
        ("José", "José"),
    ],
)
def test_person_name_has_one_spelling(typed, name):
    assert identifiers.person_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("张", "name.length"),
        ("张" * 51, "name.length"),
        ("张三1", "name.character"),
        ("张 三", "name.character"),
        ("张\u202e三", "name.character"),
        ("张三😀", "name.character"),
        ("张A", "name.character"),
        ("Иван Иванов", "name.character"),
        ("··", "name.character"),
        ("·张三", "name.separator"),
        ("张三·", "name.separator"),
        ("买买提··艾力", "name.separator"),
        ("-JOHN", "name.separator"),
    ],
)
def test_person_name_refused(typed, error):
    with refused(error) as caught:
        identifiers.person_name(typed, field="representative_name")
    assert caught.value.field == "representative_name"


def test_masks():
    assert identifiers.mask_mobile("13812345678") == "138****5678"
    assert identifiers.mask_name("张三丰") == "张*"
    assert identifiers.mask_name("") == "*"
    assert identifiers.mask_id("11010519491231002X") == "1****************X"


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_what_was_read_reads_the_same(text):
    for read in (identifiers.company_name, identifiers.person_name, identifiers.uscc, identifiers.mobile):
        try:
            once = read(text)
        except Invalid:
            continue
        assert read(once) == once
