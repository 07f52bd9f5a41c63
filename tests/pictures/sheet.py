"""Seals of invented companies on one page: `python -m tests.pictures.sheet` writes docs/pictures/seals.png.

To be looked at by someone who stamps documents: every kind, form of company, length of name and script.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from seals.design import Design
from seals.drawing.outline import path_data
from seals.drawing.output import Colour
from seals.drawing.rows import row
from seals.glyphs import Face, glyph
from seals.imprint import Imprint, draw, to_png
from seals.kinds import CompanyForm, SealKind, spec

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "seals.png"
DPI = 150
COLUMNS, CELL_WIDTH, CELL_HEIGHT, MARGIN = 8, 50.0, 51.0, 5.0  # mm
CAPTION_HEIGHT, CAPTION_TOP = 2.6, 44.6  # mm, from the top of its cell
GREY: Colour = (0x55, 0x55, 0x55)
COLOURS = 32

K, F = SealKind, CompanyForm
LIMITED, STOCK, TRADER, FOREIGN = F.LIMITED, F.JOINT_STOCK, F.SOLE_TRADER, F.FOREIGN_INVESTED

_ROWS: tuple[tuple[str, SealKind, dict[str, object]], ...] = (
    # the five seals, and how a name grows
    ("北京恒信科技发展有限公司", K.LEGAL_NAME, {}),
    ("北京恒信科技发展有限公司", K.FINANCE, {}),
    ("北京恒信科技发展有限公司", K.INVOICE, {}),
    ("北京恒信科技发展有限公司", K.CONTRACT, {}),
    ("北京恒信科技发展有限公司", K.REPRESENTATIVE, {"person_name": "张三"}),
    ("新华书局", K.LEGAL_NAME, {}),
    ("四海春酒楼", K.LEGAL_NAME, {}),
    ("南京云锦研究所", K.LEGAL_NAME, {}),
    ("杭州西泠印社有限公司", K.LEGAL_NAME, {}),
    ("重庆两江新区长风物业管理有限公司", K.LEGAL_NAME, {}),
    ("上海浦东国际集装箱码头运营管理有限公司", K.LEGAL_NAME, {}),
    ("内蒙古锡林郭勒盟草原生态畜牧业发展（集团）有限责任公司", K.LEGAL_NAME, {}),
    (
        "新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿图什市恒信远大国际物流仓储供应链管理服务有限公司",
        K.LEGAL_NAME,
        {},
    ),
    (
        "新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿图什市恒信远大国际物流仓储供应链管理与跨境电子商务综合服务股份有限公司喀什分公司",
        K.LEGAL_NAME,
        {},
    ),
    ("深圳ABC科技（中国）有限公司", K.LEGAL_NAME, {}),
    ("广州3D打印·智造技术有限公司", K.LEGAL_NAME, {}),
    # forms of company
    ("青岛海岸线船舶重工股份有限公司", K.LEGAL_NAME, {"form": STOCK}),
    ("中原粮油储运集团股份有限公司", K.LEGAL_NAME, {"form": STOCK}),
    ("朝阳区老张面馆", K.LEGAL_NAME, {"form": TRADER}),
    ("姑苏区平江路陆记裁缝店", K.LEGAL_NAME, {"form": TRADER}),
    ("苏州精工轴承有限公司", K.LEGAL_NAME, {"form": FOREIGN}),
    (
        "苏州精工轴承有限公司",
        K.LEGAL_NAME,
        {"form": FOREIGN, "foreign_text": "Suzhou Precision Bearings Co., Ltd."},
    ),
    (
        "天津滨海远东化学品（中国）投资有限公司",
        K.LEGAL_NAME,
        {"form": FOREIGN, "foreign_text": "Far East Chemicals (China) Investment Co., Ltd."},
    ),
    ("大连北方咖啡贸易有限公司", K.LEGAL_NAME, {"form": FOREIGN, "foreign_text": "NORTHERN COFFEE"}),
    # two scripts
    (
        "喀什恒信国际贸易有限公司",
        K.LEGAL_NAME,
        {"foreign_text": "قەشقەر خېڭشىن خەلقئارا سودا چەكلىك شىركىتى"},
    ),
    ("和田玉石工艺有限公司", K.FINANCE, {"foreign_text": "خوتەن قاشتېشى چەكلىك شىركىتى"}),
    (
        "拉萨雪域藏药科技有限公司",
        K.LEGAL_NAME,
        {"foreign_text": "ལྷ་ས་གངས་ལྗོངས་བོད་སྨན་ཚན་རྩལ་ཚད་ཡོད་ཀུང་སི།"},
    ),
    ("日喀则高原青稞酒业有限公司", K.CONTRACT, {"foreign_text": "གཞིས་ཀ་རྩེ་ནས་ཆང་ཚད་ཡོད་ཀུང་སི།"}),
    (
        "呼和浩特敕勒川乳业有限公司",
        K.LEGAL_NAME,
        {"foreign_text": "ᠬᠥᠬᠡᠬᠣᠲᠠ ᠶᠢᠨ ᠰᠦᠨ ᠪᠦᠲᠦᠭᠡᠭᠳᠡᠬᠦᠨ ᠦ ᠬᠢᠵᠠᠭᠠᠷᠲᠤ ᠺᠣᠮᠫᠠᠨᠢ"},
    ),
    ("延边长白山人参有限公司", K.LEGAL_NAME, {"foreign_text": "연변장백산인삼유한회사"}),
    ("凉山索玛花旅游有限公司", K.LEGAL_NAME, {"foreign_text": "ꆃꎭꌬꂵꃭ ꒉꌠꇬꌠ"}),
    ("上海外滩建筑设计有限公司", K.LEGAL_NAME, {"foreign_text": "Shanghai Bund Architects Co., Ltd."}),
    # further kinds, units and ordinals
    ("武汉长江桥梁建设有限公司", K.FINANCE, {"ordinal": 2}),
    ("武汉长江桥梁建设有限公司", K.CONTRACT, {"ordinal": 12}),
    ("宁波港联国际货运代理有限公司", K.INVOICE, {"ordinal": 2}),
    ("宁波港联国际货运代理有限公司", K.CUSTOMS, {}),
    ("成都天府检测技术研究院有限公司", K.EXAMINATION, {}),
    ("成都天府检测技术研究院有限公司", K.HR, {"ordinal": 3}),
    ("西安大雁塔文化旅游股份有限公司", K.INVOICE, {}),
    ("哈尔滨松花江冰雪文化旅游产业投资发展集团股份有限公司", K.INVOICE, {}),
    ("长沙湘江智能装备有限公司", K.DEPARTMENT, {"unit": "人力资源部"}),
    ("长沙湘江智能装备有限公司", K.DEPARTMENT, {"unit": "国际贸易事业部", "ordinal": 2}),
    ("昆明滇池生态环境工程有限公司", K.DEPARTMENT, {"unit": "工会"}),
    ("福州闽江电子信息有限公司", K.BRANCH, {"unit": "厦门分公司"}),
    ("福州闽江电子信息有限公司", K.BRANCH, {"unit": "泉州经济技术开发区第二分公司", "ordinal": 3}),
    ("济南趵突泉饮料食品有限责任公司", K.BRANCH, {"unit": "北京办事处"}),
    # rare characters
    ("浙江𬭎昇镕铸科技有限公司", K.LEGAL_NAME, {}),
    ("安徽𫍽澍𠙶𪜶茶业有限公司", K.CONTRACT, {}),
    # names of people
    ("绍兴黄酒酿造有限公司", K.REPRESENTATIVE, {"person_name": "李小明"}),
    ("曲阜孔府家宴餐饮部", K.OPERATOR, {"person_name": "欧阳修远"}),
    ("景德镇瓷业合作社", K.PRINCIPAL, {"person_name": "丁一"}),
    ("乌鲁木齐天山果业有限公司", K.FINANCE_HEAD, {"person_name": "阿卜杜拉·买买提"}),
    ("珠海横琴海图咨询有限公司", K.AUTHORISED, {"person_name": "JOHN SMITH"}),
    ("吐鲁番葡萄沟旅游有限公司", K.REPRESENTATIVE, {"person_name": "古丽娜尔·阿不都热依木"}),
    ("温州瓯江五金制品有限公司", K.REPRESENTATIVE, {"person_name": "王𬭎𰀀"}),
    ("海口椰风国际贸易有限公司", K.AUTHORISED, {"person_name": "MARIA DEL CARMEN LOPEZ"}),
)

_FORMS = {LIMITED: "", STOCK: "（股份公司）", TRADER: "（个体工商户）", FOREIGN: "（外商投资）"}


def designs() -> list[Design]:
    """What is on the sheet, row by row."""
    return [
        Design(
            kind,
            company_name=company,
            uscc="91110105MA01ABCD5F",
            seal_number=f"110105{index:07}",
            **words,  # type: ignore[arg-type]
        )
        for index, (company, kind, words) in enumerate(_ROWS, start=12001)
    ]


def sheet() -> Image.Image:
    """The page."""
    known = designs()
    rows = -(-len(known) // COLUMNS)
    page = Image.new(
        "RGB", (_px(COLUMNS * CELL_WIDTH + 2 * MARGIN), _px(rows * CELL_HEIGHT + 2 * MARGIN)), "white"
    )
    for index, design in enumerate(known):
        left = MARGIN + index % COLUMNS * CELL_WIDTH
        top = MARGIN + index // COLUMNS * CELL_HEIGHT
        imprint = draw(design)
        x, y = left + (CELL_WIDTH - imprint.width_mm) / 2, top + (CAPTION_TOP - 1.5 - imprint.height_mm) / 2
        _paste(page, to_png(imprint, DPI), x, y)
        _paste(page, to_png(_caption(design), DPI, GREY), left, top + CAPTION_TOP)
    return page.quantize(COLOURS, dither=Image.Dither.NONE)


def _caption(design: Design) -> Imprint:
    text = spec(design.kind).zh + (_FORMS[design.form] if design.kind is K.LEGAL_NAME else "")
    glyphs = [glyph(char, Face.HEI) for char in text]
    line = row(glyphs, centre=CELL_WIDTH / 2, top=0.2, width=CAPTION_HEIGHT, height=CAPTION_HEIGHT)
    return Imprint(CELL_WIDTH, CAPTION_HEIGHT + 0.4, path_data(line))


def _paste(page: Image.Image, png: bytes, left: float, top: float) -> None:
    with Image.open(io.BytesIO(png)) as picture:
        page.paste(picture.convert("RGB"), (_px(left), _px(top)), picture.getchannel("A"))


def _px(length: float) -> int:
    return round(length / 25.4 * DPI)


if __name__ == "__main__":
    sheet().save(PICTURE, optimize=True, dpi=(DPI, DPI))
    print(f"{PICTURE.name}: {PICTURE.stat().st_size / 1000:.0f} kB, {len(designs())} seals")
