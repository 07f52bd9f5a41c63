"""Words of the application of a company that exists already: form, materials, cards."""

from __future__ import annotations

__all__ = ["WORDS"]

_CARDS: dict[str, tuple[str, str]] = {
    "card.do_entry": ("查看申请", "See the application"),
    "card.do_entry_again": ("去补正", "Correct it"),
    "card.do_apply": ("已有企业申请印章", "Seals for an existing company"),
    "card.entry_submitted": ("印章申请已提交", "Application for seals submitted"),
    "card.entry_submitted_text": (
        "审核人员核对材料后，结果会发到这里。",
        "The result comes here once a reviewer has checked the materials.",
    ),
    "card.entry_resubmitted": ("印章申请已重新提交", "Application submitted again"),
    "card.entry_returned": ("印章申请需要补正", "The application has to be corrected"),
    "card.entry_returned_days": (
        "请在退回之日起 {days} 天内补正，逾期申请自动结束。",
        "Correct it within {days} days of its return; else the application ends.",
    ),
    "card.entry_lapsed": ("印章申请已逾期结束", "The application has ended"),
    "card.entry_lapsed_text": (
        "退回后 {days} 天内没有补正。可以重新申请。",
        "It was not corrected within {days} days. You may apply anew.",
    ),
    "card.entry_item": ("{item}：{reason}", "{item}: {reason}"),
    "card.entry_verified": ("企业已核实", "The company is verified"),
    "card.entry_verified_face": ("方式：法定代表人身份核验", "By its legal representative's identity check"),
    "card.entry_verified_deposit": ("方式：对公账户打款验证", "By a deposit to its account"),
    "card.entry_approved": ("印章申请已通过", "The application is approved"),
    "card.entry_approved_text": (
        "执照已签发，所申请的印章已制作，不收费用，请领取。",
        "The licence is issued and the seals are made, free; please collect them.",
    ),
    "card.entry_rejected": ("印章申请未通过", "The application was rejected"),
    "card.entry_withdrawn": ("印章申请已撤回", "The application was withdrawn"),
    "card.entry_state_draft": ("草稿", "draft"),
    "card.entry_state_submitted": ("审核中", "being reviewed"),
    "card.entry_state_returned": ("待补正", "to be corrected"),
    "card.entry_state_approved": ("已通过", "approved"),
    "card.entry_state_rejected": ("未通过", "rejected"),
    "card.entry_state_withdrawn": ("已撤回", "withdrawn"),
    "card.entry_state_lapsed": ("已逾期", "ended"),
    "chat.entry": ("已有企业申请印章", "Seals for an existing company"),
    "chat.entry_text": (
        "企业已在别处登记过：填申请表、拍材料，审核通过后领取印章，不收费用。",
        "For a company registered elsewhere: fill in the form, photograph the materials, and collect the "
        "seals once it is approved. Free.",
    ),
    "say.entry": ("已有企业申请", "existing company"),
    "quick.apply": ("已有企业申请印章", "Existing company"),
    "thread.menu_entry": ("已有企业申请", "Existing company"),
}

_MATERIALS: dict[str, tuple[str, str]] = {
    "entry.m_form": ("申请表", "The form"),
    "entry.m_licence_copy": ("营业执照副本（加盖公章）", "Licence copy, stamped"),
    "entry.w_licence_copy": (
        "证明企业依法登记。复印后盖公章，公章不要压住文字。",
        "Shows that the company is registered. Stamp a copy; keep the stamp off the print.",
    ),
    "entry.m_organisation_code": ("组织机构代码证", "Organisation code certificate"),
    "entry.w_organisation_code": ("三证合一的企业不需要。", "Not for a company with an 18-character code."),
    "entry.m_representative_id_front": ("法定代表人身份证（人像面）", "Representative's ID, front"),
    "entry.w_representative_id_front": ("证明法定代表人身份。", "Shows who the representative is."),
    "entry.m_representative_id_back": ("法定代表人身份证（国徽面）", "Representative's ID, back"),
    "entry.w_representative_id_back": ("请确认证件在有效期内。", "See that it is still valid."),
    "entry.m_superior_letter": ("上级或主管部门介绍信", "Letter of the superior body"),
    "entry.w_superior_letter": (
        "有上级或主管部门的单位须提供，由其盖章。",
        "Needed where a body stands above; it carries that body's stamp.",
    ),
    "entry.m_authorisation": ("法定代表人委托授权书", "Authorisation of the representative"),
    "entry.w_authorisation": (
        "由经办人办理时须提供，写明授权范围，法定代表人签字并盖公章。",
        "Needed where an agent applies: what he may do, signed by the representative and stamped.",
    ),
    "entry.m_agent_id_front": ("经办人身份证（人像面）", "Agent's ID, front"),
    "entry.w_agent_id_front": ("证明经办人身份。", "Shows who the agent is."),
    "entry.m_agent_id_back": ("经办人身份证（国徽面）", "Agent's ID, back"),
    "entry.w_agent_id_back": ("请确认证件在有效期内。", "See that it is still valid."),
    "entry.m_industry_permit": ("行业许可证", "Industry permit"),
    "entry.w_industry_permit": ("经营许可项目的企业须提供。", "Needed for a trade under permit."),
    "entry.m_name_id_front": ("名章本人身份证（人像面）", "ID of who the name seal names, front"),
    "entry.w_name_id_front": ("申请个人名章须提供本人证件。", "A name seal needs its person's ID."),
    "entry.m_name_id_back": ("名章本人身份证（国徽面）", "ID of who the name seal names, back"),
    "entry.w_name_id_back": ("请确认证件在有效期内。", "See that it is still valid."),
    "entry.m_name_letter": ("单位介绍信（名章）", "The company's letter for the name seal"),
    "entry.w_name_letter": (
        "说明为谁、为何制作名章，盖公章。",
        "For whom the name seal is and why, stamped.",
    ),
    "entry.m_name_authorisation": ("委托授权书（名章）", "Authorisation for the name seal"),
    "entry.w_name_authorisation": (
        "本人同意制作和使用名章，签字并盖公章。",
        "The person agrees to the name seal and its use, signed and stamped.",
    ),
    "entry.m_translation": ("外文或民族文字译文（盖章）", "Translation of the second script, stamped"),
    "entry.w_translation": ("经本单位确认并盖公章。", "Confirmed by the company and stamped."),
    "entry.m_imprint_scan": ("实物印章印模", "Imprint of the physical seal"),
    "entry.w_imprint_scan": (
        "把印章清楚地盖在白纸上，正上方拍摄，印章占画面一半以上。",
        "Stamp a white sheet clearly and photograph it from right above; the imprint fills over half of it.",
    ),
    "entry.m_making_confirmation": ("电子签章制作确认书", "Confirmation of making"),
    "entry.w_making_confirmation": (
        "确认按实物印章制作电子印章，盖公章。",
        "Confirms that the e-seal is made after the physical one, stamped.",
    ),
    "entry.m_design_draft": ("标识或设计稿（选填）", "Logo or design draft (optional)"),
    "entry.w_design_draft": (
        "仅供审核人员了解您想要的式样，可不提供。印章按国家标准由登记名称绘制，不加标识；要用自己的式样，"
        "请选“与现有实物印章一致”。图片或 PDF。",
        "Shows the reviewer what you have in mind; not needed. Seals are drawn by the national standard from "
        "the registered name, without a logo; for a style of your own choose “As the physical seal”. A "
        "picture or PDF.",
    ),
}

_PAGE: dict[str, tuple[str, str]] = {
    "entry.title": ("已有企业申请印章", "Seals for an existing company"),
    "entry.lead": (
        "企业已经登记过：填表、拍材料、核实企业，审核通过后领取，不收费用。",
        "For a company that is registered already: form, photos, verification, review; then collect. Free.",
    ),
    "entry.to_register": ("新开办企业请走这里，无须材料", "A new company registers here, without materials"),
    "entry.mine": ("我的申请", "My applications"),
    "entry.body": ("单位", "The body"),
    "entry.owner_type": ("单位类型", "Kind of body"),
    "entry.type_enterprise": ("企业", "Enterprise"),
    "entry.type_sole_trader": ("个体工商户", "Sole trader"),
    "entry.type_institution": ("事业单位", "Public institution"),
    "entry.type_social_organisation": ("社会组织", "Social organisation"),
    "entry.type_other": ("其他组织", "Other organisation"),
    "entry.type_state_organ": ("国家机关", "State organ"),
    "entry.type_peoples_organisation": ("人民团体", "People's organisation"),
    "entry.elsewhere": (
        "国家机关、人民团体的电子印章按照国家有关规定办理，不在本平台申请。请向上级机关或主管部门的办公"
        "部门咨询制发程序。",
        "State organs and people's organisations get their seals by the state's own procedure, not by an "
        "application here. Ask the office of the body above yours.",
    ),
    "entry.company_name": ("名称（与登记一致）", "Name, as registered"),
    "entry.uscc": ("统一社会信用代码", "Unified social credit code"),
    "entry.uscc_note": (
        "18 位，已含组织机构代码，无须另交代码证。",
        "18 characters; it contains the organisation code, of which no certificate is needed.",
    ),
    "entry.company_type": ("企业类型", "Type"),
    "entry.superior": ("有上级或主管部门", "A superior or competent body exists"),
    "entry.permit": ("经营范围含许可项目", "The trade needs a permit"),
    "entry.representative": ("法定代表人（经营者、负责人）", "Legal representative"),
    "entry.name": ("姓名", "Name"),
    "entry.id_number": ("身份证号", "ID number"),
    "entry.mobile": ("手机号", "Mobile number"),
    "entry.kept": ("不填则不改", "Left empty, it stays"),
    "entry.who": ("由谁办理", "Who applies"),
    "entry.by_representative": ("法定代表人本人", "The representative himself"),
    "entry.by_agent": ("经办人（受委托）", "An agent, authorised"),
    "entry.seals": ("申请的印章", "The seals"),
    "entry.seal": ("第 {count} 枚", "Seal {count}"),
    "entry.kind": ("种类", "Kind"),
    "entry.style": ("式样", "Style"),
    "entry.style_drawn": ("按登记名称新制", "Drawn from the registered name"),
    "entry.style_digitised": ("与现有实物印章一致", "As the physical seal"),
    "entry.unit": ("部门或分支机构名称", "Department or branch"),
    "entry.person": ("名章本人姓名", "Whom the name seal names"),
    "entry.second": ("印文含外文或民族文字（选填）", "Second script on the seal (optional)"),
    "entry.translation": ("中文译文", "Chinese translation"),
    "entry.translation_confirmed": ("译文经本单位确认", "The company confirms the translation"),
    "entry.add": ("再加一枚", "One more seal"),
    "entry.remove": ("去掉这一枚", "Take this one out"),
    "entry.save": ("下一步：提供材料", "Next: the materials"),
    "entry.privacy": (
        "证件和材料加密保存，只有您和审核人员能看，只用于核实身份和制作印章。",
        "IDs and materials are kept encrypted, seen by you and the reviewer alone, and used only to verify "
        "and to make the seals.",
    ),
    "entry.required": ("请填写这一项。", "Please fill this in."),
    "entry.problem": ("无法读取，请重试。", "It could not be read. Try again."),
    "entry.materials": ("材料", "Materials"),
    "entry.materials_lead": (
        "按您的情况只需以下材料。照片（JPEG、PNG、WebP）或 PDF，每个不超过 20 MB。",
        "Your case needs just these. Photos (JPEG, PNG, WebP) or PDF, up to 20 MB each.",
    ),
    "entry.how_sheet": (
        "平放、正上方拍、光线均匀、四边都在画面内。",
        "Flat, from right above, even light, all four edges in the picture.",
    ),
    "entry.how_card": (
        "放在深色桌面横着拍，四角都在画面内，避开反光。",
        "Across, on a dark table, all four corners in the picture, no glare.",
    ),
    "entry.how_imprint": (
        "盖在白纸上，正上方近拍，只拍一枚。",
        "On white paper, from right above and near, just one imprint.",
    ),
    "entry.example": ("拍摄示意", "How to take it"),
    "entry.of_seal": ("（第 {count} 枚：{kind}）", " (seal {count}: {kind})"),
    "entry.camera": ("拍照", "Take a photo"),
    "entry.choose": ("选文件", "Choose a file"),
    "entry.again": ("重新提供", "Give it anew"),
    "entry.given": ("已提供：{name}", "Given: {name}"),
    "entry.open": ("查看", "Open"),
    "entry.returned": ("退回原因：{reason}", "Returned: {reason}"),
    "entry.sending": ("正在上传…", "Sending…"),
    "entry.working": ("正在检查清晰度…", "Checking that it is readable…"),
    "entry.verification": ("核实企业", "Verify the company"),
    "entry.verification_text": (
        "由法定代表人本人完成身份核验，或做对公账户打款验证。提交申请前必须完成。",
        "The representative himself passes an identity check, or a deposit to the company's account arrives. "
        "Needed before you submit.",
    ),
    "entry.verify": ("开始核验", "Begin the check"),
    "entry.verified_face": ("法定代表人已核验。", "The representative is verified."),
    "entry.verified_deposit": ("对公账户已验证。", "The account is verified."),
    "entry.check_failed": (
        "核验未通过或已超时，请重新核验。",
        "The check did not pass or is over. Check again.",
    ),
    "entry.sign": ("确认并提交", "Confirm and submit"),
    "entry.declaration": (
        "我承诺所提供的信息和材料真实、准确、完整，式样不侵犯他人的知识产权、肖像和隐私。",
        "I declare that all information and materials are true, accurate and complete, and that the style "
        "infringes no other's property or privacy.",
    ),
    "entry.will": (
        "我确认申请电子印章是本企业的真实意愿。",
        "I confirm that applying for the seals is the company's true will.",
    ),
    "entry.submit": ("提交申请", "Submit"),
    "entry.code_lead": (
        "提交须由申请人在手机上确认。显示二维码，用手机扫描，核对内容后确认提交。",
        "The applicant confirms on his phone: show the code, scan it there, check what it says and submit.",
    ),
    "entry.show_code": ("显示二维码，用手机确认", "Show the code to confirm by phone"),
    "entry.code_alt": ("确认提交用的二维码", "The code to confirm by"),
    "entry.code_ends": ("剩余 {time}", "{time} left"),
    "entry.code_over": (
        "二维码已过期，请重新显示。已扫码的手机可继续确认。",
        "The code is over; show it again. A phone that scanned it can go on.",
    ),
    "entry.code_waits": (
        "手机上确认后，本页自动更新。没有扫码？在手机上登录后打开本申请，也可提交。",
        "This page follows once the phone has confirmed. No scanner? Log in on the phone, open the "
        "application, and submit there.",
    ),
    "entry.missing": ("还缺 {count} 项材料。", "{count} materials are missing."),
    "entry.unverified": ("还须先核实企业。", "First have the company verified."),
    "entry.edit": ("修改申请表", "Change the form"),
    "entry.withdraw": ("撤回申请", "Withdraw"),
    "entry.withdraw_sure": (
        "撤回后本申请结束，可以重新申请。",
        "The application ends then; you may apply anew.",
    ),
    "entry.on_phone": (
        "用手机拍照更清楚：扫码在手机上继续。",
        "Photos are better by phone: scan to go on there.",
    ),
    "entry.history": ("办理记录", "Rounds"),
    "entry.round": ("第 {count} 次提交 · {time}", "Submission {count} · {time}"),
    "entry.outcome_waiting": ("审核中", "being reviewed"),
    "entry.outcome_returned": ("退回补正", "returned"),
    "entry.outcome_approved": ("通过", "approved"),
    "entry.outcome_rejected": ("未通过", "rejected"),
    "entry.outcome_withdrawn": ("已撤回", "withdrawn"),
    "entry.state_draft": ("草稿，尚未提交", "Draft, not submitted yet"),
    "entry.state_submitted": ("已提交，审核中", "Submitted, being reviewed"),
    "entry.state_returned": ("需要补正", "To be corrected"),
    "entry.state_approved": ("已通过", "Approved"),
    "entry.state_rejected": ("未通过", "Rejected"),
    "entry.state_withdrawn": ("已撤回", "Withdrawn"),
    "entry.state_lapsed": ("逾期未补正，已结束", "Not corrected in time, ended"),
    "entry.collect": ("领取印章", "Collect the seals"),
    "entry.back": ("返回申请列表", "All applications"),
}

_CONFIRM: dict[str, tuple[str, str]] = {
    "entry.confirm_title": ("确认印章申请", "Confirm the application"),
    "entry.confirm_heading": ("确认以本企业名义提交吗？", "Submit this in the company's name?"),
    "entry.confirm_loading": ("正在读取申请…", "Reading the application…"),
    "entry.confirm_company": ("单位名称", "Company"),
    "entry.confirm_agent": ("经办人", "Agent"),
    "entry.confirm_from": ("二维码显示在", "The code is shown on"),
    "entry.confirm_other_network": (
        "显示二维码的电脑与本手机不在同一网络。如果二维码不是您自己打开的，请不要确认。",
        "The PC is not in this phone's network. If you did not open the code yourself, do not confirm.",
    ),
    "entry.confirm_submit": ("确认并提交", "Confirm and submit"),
    "entry.confirm_ended": ("不能继续确认", "This cannot be confirmed"),
    "entry.confirm_again": (
        "二维码无效或已过期。请在电脑上重新显示二维码后扫描。",
        "The code is of no use or over. Show it again on the PC and scan it.",
    ),
    "entry.confirm_done": ("申请已提交", "Submitted"),
    "entry.confirm_done_text": (
        "电脑上的页面会自动更新，审核结果会发到您的对话里。",
        "The page on the PC follows by itself. The result comes to your conversation.",
    ),
    "entry.confirm_see": ("查看申请", "See the application"),
    "entry.width": ("印章宽度（毫米，可不填）", "Width of the stamp (mm, optional)"),
    "entry.width_note": (
        "按实物量，电子印章与实物一样大；不清楚可不填，按国家标准的尺寸。",
        "As measured, so that the e-seal is as large as the stamp. Left out, it is as the standard says.",
    ),
}

WORDS: dict[str, tuple[str, str]] = {**_CARDS, **_MATERIALS, **_PAGE, **_CONFIRM}
