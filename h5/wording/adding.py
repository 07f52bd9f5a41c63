"""Words of making a further seal."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "adding.title": ("增加印章", "Add a seal"),
    "adding.lead": (
        "不收费用。做好后领取一次即可使用。",
        "Free. Collect it once, and it can be used.",
    ),
    "adding.from_photo": (
        "印模来自您的照片，提交后由人工核对，通过后再领取。",
        "The imprint is from your photo: a person compares it before you can collect the seal.",
    ),
    "adding.owner_only": (
        "只有法定代表人可以增加印章，请联系他办理。",
        "Only the legal representative can add a seal. Please ask them.",
    ),
    "adding.have_stamp": ("已有实物印章？", "You have a stamp already?"),
    "adding.to_photo": ("拍照采集印模", "Take the imprint from a photo"),
    "adding.group": ("要哪一类印章？", "What sort of seal?"),
    "adding.group_business": ("业务专用章", "Business"),
    "adding.group_business_note": ("合同、财务、发票、报关等", "contracts, finance, invoices, customs"),
    "adding.group_department": ("部门章", "Department"),
    "adding.group_department_note": ("内设机构，如人力资源部", "such as Human Resources"),
    "adding.group_branch": ("分支机构章", "Branch"),
    "adding.group_branch_note": ("如上海分公司", "such as a branch in Shanghai"),
    "adding.group_legal_name": ("法定名称章（公章）", "Legal name"),
    "adding.group_legal_name_note": ("原来的已注销，重新制作", "the one before is cancelled"),
    "adding.group_name": ("个人名章", "Name"),
    "adding.group_name_note": ("经营者、负责人、授权代表", "operator, principal, representative"),
    "adding.kind": ("种类", "Kind"),
    "adding.unit_department": ("部门名称", "Name of the department"),
    "adding.unit_department_example": ("例如：人力资源部", "in Chinese characters"),
    "adding.unit_branch": ("分支机构名称", "Name of the branch"),
    "adding.unit_branch_example": ("例如：上海分公司", "in Chinese characters"),
    "adding.unit_note": (
        "只填企业名称之后的部分，末尾不用写「章」字。",
        "Only what follows the company name, in Chinese; the word for seal is added.",
    ),
    "adding.person_name": ("姓名", "Name"),
    "adding.person_note": (
        "与身份证件一致；少数民族姓名中的间隔号写作「·」。",
        "As on the identity document, with · between the parts of a name.",
    ),
    "adding.second": ("加外文或少数民族文字", "Add a second script"),
    "adding.foreign_text": ("外文或少数民族文字名称", "The name in the second script"),
    "adding.translation": ("中文译文", "Its Chinese translation"),
    "adding.translation_note": (
        "译文不刻在印章上，由本单位确认后存档。",
        "The translation is not in the imprint; the company confirms it, for the record.",
    ),
    "adding.translation_confirmed": (
        "本单位确认译文无误",
        "The company confirms that the translation is right",
    ),
    "adding.missing": ("请填写这一项。", "Please fill this in."),
    "adding.preview_of": ("{kind}的印模预览", "Preview: {kind}"),
    "adding.preview_wait": ("填好上面的内容，这里会显示印模。", "Fill in the above to see the imprint."),
    "adding.preview_note": (
        "{width} × {height} mm。制作时编入 13 位印章编码。",
        "{width} × {height} mm. The 13-digit number comes when it is made.",
    ),
    "adding.preview_nth": (
        "同样的{kind}已有，这是第 {count} 枚，印模上标 ({count})，以便区别。",
        "There is one like it already ({kind}): this is no. {count}, and the imprint says ({count}).",
    ),
    "adding.preview_name": ("{width} × {height} mm。", "{width} × {height} mm."),
    "adding.submit": ("确认并制作", "Make it"),
    "adding.made": ("印章已制作", "The seal is made"),
    "adding.made_text": ("领取后就能盖章。", "It can be used once it is collected."),
    "adding.held": ("已提交，正在人工核对", "Handed in; a person is looking at it"),
    "adding.held_text": ("结果会在消息里告诉您。", "You will be told in your messages."),
    "adding.collect": ("领取印章", "Collect the seal"),
    "adding.another": ("再增加一枚", "Add another"),
    "adding.to_seals": ("查看我的印章", "See my seals"),
}
