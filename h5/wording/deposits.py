"""Words of the small payment to a company's account."""

WORDS: dict[str, tuple[str, str]] = {
    "deposit.title": ("对公账户打款验证", "Verify by a small payment"),
    "deposit.instead": ("改用对公账户打款验证", "By a small payment to its account instead"),
    "deposit.to_entry": ("返回申请", "Back to the application"),
    "deposit.lead": (
        "我们向企业的对公账户打一笔 0.01 至 0.99 元的款，您把到账金额填回来，即可证明企业身份。",
        "We pay 0.01 to 0.99 CNY to the company's account. Typing the amount that arrived proves"
        " that it is your company.",
    ),
    "deposit.name": ("账户名称", "Account name"),
    "deposit.name_note": (
        "必须与企业登记名称一致，不能是个人账户。",
        "It must be the company's registered name, and not a personal account.",
    ),
    "deposit.account": ("对公账号", "Account number"),
    "deposit.account_note": ("见开户许可证或基本存款账户信息。", "As on the bank's account certificate."),
    "deposit.bank": ("开户银行（到支行）", "Bank and branch"),
    "deposit.bank_example": ("如 中国工商银行北京望京支行", "e.g. 中国工商银行北京望京支行"),
    "deposit.ask": ("申请打款", "Ask for the payment"),
    "deposit.amount": ("到账金额（元）", "Amount that arrived (CNY)"),
    "deposit.amount_note": (
        "请向财务人员查询银行流水，附言为“e章通企业认证”。",
        "Ask your accountant for the bank's record; the remark is “e章通企业认证”.",
    ),
    "deposit.answer": ("确认金额", "Confirm the amount"),
    "deposit.waiting": (
        "正在向账户 {account} 打款，通常几分钟内到账。",
        "A payment to {account} is on its way.",
    ),
    "deposit.sent": (
        "已向账户 {account} 打款。还可填写 {tries} 次，请在 {time} 前填写。",
        "Paid to {account}. You have {tries} tries, until {time}.",
    ),
    "deposit.passed": ("验证通过，企业身份已确认。", "Verified: the company is yours."),
    "deposit.failed": (
        "上一笔打款的金额已填错 3 次，请重新申请。",
        "The last payment's amount was wrong 3 times. Ask for another.",
    ),
    "deposit.expired": (
        "上一笔打款已超过 7 天，请重新申请。",
        "The last payment is over 7 days old. Ask for another.",
    ),
    "deposit.refused": (
        "银行没有受理上一笔打款：{reason}。请核对账号、开户银行和账户名称。",
        "The bank did not take the last payment: {reason}. Check account, bank and name.",
    ),
    "deposit.limits": (
        "每笔打款可填写 3 次，7 天内有效；每家企业每天最多申请 3 笔。账号加密保存，只显示末四位。",
        "3 tries and 7 days for each payment; at most 3 payments a day. The account is kept encrypted and"
        " only its last four digits are shown.",
    ),
    "card.deposit_account": ("对公账户：{account}", "Account: {account}"),
    "card.deposit_sent": ("已向企业账户打款", "A small payment was made to the company's account"),
    "card.deposit_sent_text": (
        "请查询到账金额并在 7 天内填写。",
        "Find the amount that arrived and type it within 7 days.",
    ),
    "card.do_deposit": ("填写到账金额", "Type the amount"),
    "card.deposit_refused": ("银行没有受理打款", "The bank did not take the payment"),
    "card.deposit_refused_text": (
        "请核对账号、开户银行和账户名称后重新申请。",
        "Check account, bank and name, and ask again.",
    ),
    "card.deposit_failed": ("打款金额已填错 3 次", "The amount was wrong 3 times"),
    "card.deposit_failed_text": (
        "本次打款作废。如不是您本人操作，请检查登录设备。",
        "This payment counts no more. If that was not you, check your logins.",
    ),
    "card.do_deposit_again": ("重新申请打款", "Ask for another payment"),
}
