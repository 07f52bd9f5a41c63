"""The help page: sections of a title, paragraphs and steps, each in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HELP", "Section"]

Pair = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """anchor: of its address. links: words and address of where it is done."""

    anchor: str
    title: Pair
    paragraphs: tuple[Pair, ...]
    steps: tuple[Pair, ...] = ()
    links: tuple[tuple[Pair, str], ...] = ()


HELP: tuple[Section, ...] = (
    Section(
        "law",
        ("电子印章的法律效力", "What the law says"),
        (
            (
                "《电子签名法》第三条：民事活动中的合同等文书，当事人可以约定用或者不用电子签名；约定使用的，"
                "不得仅因为它是电子形式就否定其效力。涉及婚姻、收养、继承等人身关系的文书，涉及停止供水、"
                "供热、供气等公用事业服务的文书，以及法律、行政法规规定的其他情形，不适用。",
                "Electronic Signature Law, art. 3: for contracts and other papers of civil matters the"
                " parties may agree to use electronic signatures or not; where they did, effect is not denied"
                " merely because of the electronic form. Not for papers on marriage, adoption, inheritance"
                " and such personal relations, on ending public services as water, heat or gas, and others"
                " that laws name.",
            ),
            (
                "第十三条：可靠的电子签名须同时满足四点：制作数据专属于签名人；签署时只由签名人控制；"
                "签署后对签名的任何改动能够被发现；签署后对内容和形式的任何改动能够被发现。"
                "当事人也可以选用自己约定的可靠条件。",
                "Art. 13: a signature is reliable when its data belong to the signer alone, only he controls"
                " them as he signs, and any later change of the signature, or of the content and its form,"
                " can be found. The parties may agree on conditions of their own.",
            ),
            (
                "第十四条：可靠的电子签名与手写签名或者盖章具有同等的法律效力。",
                "Art. 14: a reliable electronic signature has the same effect as a handwritten signature or a"
                " seal.",
            ),
            (
                "《电子印章管理办法》（国办发〔2025〕33号，2025 年 10 月 9 日起施行）：第三条列出法定名称章、"
                "内设机构章、分支机构章、业务专用章和个人名章；第五条规定符合要求的电子印章与实物印章"
                "具有同等效力。",
                "The national rules on electronic seals (Guo Ban Fa 2025 No. 33, in force since 9 October"
                " 2025): art. 3 names seals of the statutory name, of departments, of branches, for a"
                " business, and of persons; art. 5 gives electronic seals that meet the rules the effect of"
                " physical ones.",
            ),
            (
                "这里是简要说明，以法律法规原文为准，不是法律意见。",
                "This is a summary and no legal advice; the texts of the laws count.",
            ),
        ),
    ),
    Section(
        "owner",
        ("法定代表人：从登记到用印", "For legal representatives"),
        (),
        (
            ("登记企业，或为已有企业申请电子印章。", "Register the company, or apply for an existing one."),
            (
                "核准后做实人核验，设置用印口令，领取印章。口令只有您知道，不要告诉任何人。",
                "Once approved, pass the identity check, set a PIN, collect the seals. Nobody else may know"
                " the PIN.",
            ),
            (
                "发一份 PDF，选印章和位置，在手机上看清文件后输入口令确认。",
                "Send a PDF, choose seal and place, look at it on your phone, and confirm with the PIN.",
            ),
            (
                "把印章授权给同事时写明期限、次数、文件种类和金额；需要时设置审批人。",
                "Grant a seal to a colleague with an end, a number of uses, kinds and amounts; set approvers"
                " where needed.",
            ),
            (
                "手机丢了或怀疑冒用：立即暂停印章、移除设备。",
                "A lost phone, or a suspicion: suspend the seals and remove the device at once.",
            ),
        ),
        (
            (("企业设立登记", "Register a company"), "/m/register"),
            (("已有企业申请", "A company that exists"), "/m/apply"),
            (("用印", "Seal a document"), "/m/seal"),
        ),
    ),
    Section(
        "staff",
        ("员工：按授权用印", "For staff"),
        (),
        (
            (
                "接受邀请，做实人核验，设置自己的口令。",
                "Accept the invitation, pass the check, set your own PIN.",
            ),
            (
                "只能在授权的范围内用印；要审批的文件，等审批人同意后再确认。",
                "You seal within your grant; where approval is needed, confirm after it was given.",
            ),
            (
                "用印前核对文件名、页数和印章；每次用印都有记录，企业可以查看。",
                "Compare name, pages and seal before you confirm; each use is recorded for the company.",
            ),
            (
                "离职或换岗时，在人员页退出授权。",
                "When you leave, give the grant back on the page of people.",
            ),
        ),
        ((("用印记录", "Records of seal use"), "/m/records"),),
    ),
    Section(
        "counterparty",
        ("收到文件的人：怎样验真", "For whoever receives a document"),
        (
            (
                "不需要账号。打开验真页选择您手里的 PDF，或者输入文件上的验真码。"
                "绿色只在文件与记录一致时出现。",
                "No account is needed. Choose the PDF in hand on the page that verifies, or type the"
                " verification code. Green appears only where the file agrees with the record.",
            ),
            (
                "打印件可以扫二维码查看记录，再与原文件比对。发现可疑的文件或印章，请举报。",
                "Of a print, scan the QR code, see the record and compare. Report what looks wrong.",
            ),
        ),
        (),
        (
            (("验真", "Verify"), "/verify"),
            (("举报文件或印章", "Report a document or a seal"), "/feedback?kind=abuse"),
        ),
    ),
    Section(
        "filing",
        ("备案流程", "Filing, step by step"),
        (),
        (
            ("了解规定，选择有资质的平台。", "Read the rules, choose a qualified platform."),
            ("准备执照、身份证明等材料，提交申请。", "Prepare licence and identity papers, apply."),
            ("等待审核；需要补正时按提示补交。", "Wait for the review; mend what it names."),
            ("通过后领取印章和备案回执。", "Collect the seals and the receipt."),
            (
                "用印；企业名称、代表人或证书变更时更新备案。",
                "Use them; update the filing when name, representative or certificates change.",
            ),
            ("定期培训使用人员，自查用印记录。", "Train who uses them, and audit the records."),
        ),
    ),
    Section(
        "caution",
        ("用印注意事项", "Cautions"),
        (
            (
                "不要替别人输入口令，不要在看不清文件时确认，不要用电子印章签署法律不允许的文件。"
                "不得用于违法活动；冒用和伪造会被记录，任何人都可以举报。",
                "Never type a PIN for somebody, never confirm what you could not read, never seal what the"
                " law keeps out. Unlawful use is forbidden; misuse is recorded, and anybody can report it.",
            ),
        ),
        (),
        ((("培训和公告", "Trainings and notices"), "/notices"),),
    ),
)
