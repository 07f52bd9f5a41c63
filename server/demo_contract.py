"""The contract of the demo: one A4 page and a second one, set by Typst in the installed Chinese fonts."""

from __future__ import annotations

import typst

__all__ = ["demo_contract"]

_SOURCE = """
#set page(paper: "a4", margin: (x: 25mm, y: 28mm), numbering: "1 / 1")
#set text(font: ("Noto Serif CJK SC", "Noto Serif"), size: 11.5pt, lang: "zh", region: "cn")
#set par(justify: true, leading: 0.9em, first-line-indent: (amount: 2em, all: true))
#align(center)[#text(size: 20pt, weight: "bold")[设备采购合同]]
#v(6mm)
#set enum(numbering: "第一条")
#par(first-line-indent: 0pt)[甲方（采购方）：{buyer} #h(1fr) 合同编号：HT-2026-0117]
#par(first-line-indent: 0pt)[乙方（供应方）：北京远山仪器有限公司]
#v(3mm)
甲乙双方依据《中华人民共和国民法典》及有关法律，就甲方向乙方采购实验设备事宜协商一致，订立本合同。

*第一条 标的* #h(1em)\
乙方向甲方供应恒温振荡培养箱 12 台，型号 YS-240，单价人民币 18,600 元，合计人民币 223,200 元\
（大写：贰拾贰万叁仟贰佰元整），含税、运输、安装与培训。

*第二条 交付* #h(1em)乙方应于 2026 年 12 月 31 日前将设备送达甲方实验楼并完成安装调试。\
甲方在收货后 5 个工作日内验收。

*第三条 付款* #h(1em)本合同生效后 7 日内，甲方支付合同总价的 30%；验收合格后 15 日内支付 65%；\
其余 5% 作为质量保证金，质保期届满且无质量问题后 10 日内付清。

*第四条 质量与保修* #h(1em)\
乙方保证设备为原厂全新产品，符合国家标准与技术协议，自验收合格之日起免费保修 24 个月。

*第五条 违约责任* #h(1em)任何一方逾期履行的，每逾期一日按未履行部分金额的万分之五支付违约金，\
累计不超过合同总价的 10%。

*第六条 电子签章* #h(1em)双方同意以电子文件订立本合同。依照《中华人民共和国电子签名法》，可靠的电子签名与\
手写签名或者盖章具有同等的法律效力。

*第七条 争议解决* #h(1em)因本合同发生的争议，由双方协商解决；协商不成的，向甲方所在地人民法院提起诉讼。

#v(22mm)
#grid(columns: (1fr, 1fr), row-gutter: 9mm,
  [甲方（盖章）：], [乙方（盖章）：],
  [法定代表人：], [法定代表人：],
  [日期：2026 年 11 月 21 日], [日期：])
#pagebreak()
#align(center)[#text(size: 15pt, weight: "bold")[附件一 供货清单]]
#v(4mm)
#table(columns: (auto, 1fr, auto, auto, auto), inset: 7pt, align: center,
  [序号], [名称], [型号], [数量], [金额（元）],
  [1], [恒温振荡培养箱], [YS-240], [12], [223,200.00],
  [], [合计], [], [12], [223,200.00])
"""


def demo_contract(buyer: str) -> bytes:
    """A PDF of two A4 pages. buyer: the company's name, as it stands in the text."""
    source = _SOURCE.replace("{buyer}", buyer.replace("\\", "").replace("#", ""))
    pdf = typst.compile(source.encode())
    assert isinstance(pdf, bytes)
    return pdf
