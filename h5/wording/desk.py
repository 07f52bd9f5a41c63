"""Words of the platform's desks."""

WORDS: dict[str, tuple[str, str]] = {
    "desk.name": ("e章通 工作台", "e-Seal desk"),
    "desk.start": ("首页", "Start"),
    "desk.start_title": ("工作台", "Desk"),
    "desk.role_operator": ("平台审核员", "Platform reviewer"),
    "desk.role_regulator": ("监管人员", "Regulator"),
    "desk.closed_title": ("请确认是您本人", "Confirm that it is you"),
    "desk.closed_lead": (
        "工作台只用与角色绑定的通行密钥打开，打开后 30 分钟内可查看，作出决定前 5 分钟内须再次确认。",
        "The desk opens by the passkey that is bound to your role: for 30 minutes to look, and again within"
        " the 5 minutes before a decision.",
    ),
    "desk.no_passkey": ("您还没有通行密钥。", "You have no passkey yet."),
    "desk.to_passkeys": ("去添加通行密钥", "Add a passkey"),
    "desk.code": ("开通码", "Code of the host"),
    "desk.code_note": (
        "首次打开或更换通行密钥时填写，由管理员在主机上用 ezhang staff 生成，24 小时内有效，只能用一次。",
        "For the first time, or another passkey. The administrator makes it on the host by `ezhang staff`;"
        " good for 24 hours, once.",
    ),
    "desk.open": ("用通行密钥打开", "Open with the passkey"),
    "desk.open_by_code": ("仅用开通码打开（开发环境）", "Open by the code alone (development)"),
    "desk.have_code": ("我有新的开通码", "I have a new code"),
    "desk.duties": (
        "工作人员不能代企业用印，也看不到企业的文件；打开工作台与每项决定都有记录。",
        "Nobody at a desk can seal for a company or read its documents."
        " Each opening and each decision is recorded.",
    ),
    "desk.waiting": ("待办 {count} 件", "{count} waiting"),
    "desk.none_waiting": ("没有待办", "Nothing waits"),
}
