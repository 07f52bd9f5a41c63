"""The table of a seal's life: it is whole, the one way through, and what docs/guide/life.md draws."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from auth.authority import MAY, OF_A_SEAL, Role
from seals.life import BY_PIN, STEPS, By, Change, Step, columns, possible
from seals.life_words import CANCELLED_FOR, REVOKED_FOR, authority_of
from seals.models import GIVEN_UP, RevokedFor, SealState
from tests.seals.signing.rows import NOW

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "guide" / "life.md").read_text()

STATES = {
    SealState.HELD: "待核对",
    SealState.DECLINED: "未发放",
    SealState.ISSUED: "待领取",
    SealState.COLLECTED: "可使用",
    SealState.FROZEN: "暂停",
    SealState.CANCELLED: "已注销",
}
CHANGES = {
    Change.APPROVE: "核对通过",
    Change.DECLINE: "核对不通过",
    Change.COLLECT: "领取",
    Change.SUSPEND: "暂停",
    Change.RESUME: "恢复",
    Change.RENEW: "续期",
    Change.CANCEL: "注销",
    Change.LOSS: "挂失",
    Change.DAMAGE: "损坏重制",
    Change.FORGOTTEN: "口令重置",
    Change.SUCCEED: "换法定代表人",
    Change.REPLACE: "名章更换",
    Change.RENAME: "企业更名",
    Change.RETYPE: "企业变更类型",
    Change.DISSOLVE: "企业注销",
    Change.LAPSE: "逾期未领",
}
WORD_OF = {
    By.TAP: "一键，不用口令 · one tap",
    By.PIN: "口令和设备签名（或短信码） · PIN and device",
    By.PIN_OR_CHECK: "口令和设备签名，或身份核验 · PIN and device, or identity check",
    By.CHECK_AND_PIN: "身份核验和口令 · identity check and PIN",
    By.OPERATOR: "人工核对 · an operator",
    By.REGISTRAR: "登记机关 · the registrar",
    By.AUTHORITY: "公安机关核准 · the authority",
    By.CLOCK: "到期自动 · by time",
}
ROLES = {
    Role.REPRESENTATIVE: "法定代表人",
    Role.MANAGER: "证照管理员",
    Role.KEEPER: "保管人",
}


def test_papers_can_say_why_and_on_whose_word_every_seal_ended() -> None:
    assert {step.change for step in STEPS if step.to is SealState.CANCELLED} == set(CANCELLED_FOR)
    assert set(REVOKED_FOR) == set(RevokedFor)
    assert "登记机关" in authority_of(Change.RENAME)
    for change in CANCELLED_FOR:
        assert authority_of(change)


def who(step: Step) -> str:
    return "—" if step.act is None else "、".join(ROLES[role] for role in Role if role in MAY[step.act])


def row(step: Step) -> str:
    ends = step.revoked is not None
    keyed = {None: "", True: "（密钥还在 · with keys）", False: "（密钥已作废 · without keys）"}[step.keyed]
    cells = (
        f"{CHANGES[step.change]} {step.change.value}",
        f"{STATES[step.frm]} {step.frm.value}{keyed}",
        f"{STATES[step.to]} {step.to.value}",
        who(step),
        WORD_OF[step.by],
        f"吊销 {step.revoked.value}" if step.revoked else "不变",
        "删除" if ends else "不变",
        "作废" if ends else "不变",
        "终止" if step.ends else "—",
        "新编码 yes" if step.remade else "—",
    )
    return f"| {' | '.join(cells)} |"


def drawing() -> str:
    names = "\n".join(f'  state "{zh} {state.value}" as {state.value}' for state, zh in STATES.items())
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in STEPS:
        arrows.setdefault((step.frm.value, step.to.value), []).append(CHANGES[step.change])
    ways = "\n".join(f"  {frm} --> {to}: {'、'.join(words)}" for (frm, to), words in arrows.items())
    begin = "  [*] --> held: 人工核对的\n  [*] --> issued: 发放"
    return f"```mermaid\nstateDiagram-v2\n{names}\n{begin}\n{ways}\n```"


def test_the_drawing_and_the_table_of_the_guide_are_the_table_of_the_program() -> None:
    assert drawing() in DOC, drawing()
    table = "\n".join(map(row, STEPS))
    assert f"|---|\n{table}\n\n" in DOC, table


def test_every_change_has_its_steps_and_each_state_one_way_of_it() -> None:
    assert {step.change for step in STEPS} == set(Change)
    ways = Counter((step.change, step.frm, step.keyed) for step in STEPS)
    assert set(ways.values()) == {1}
    assert not [step for step in STEPS if step.frm in GIVEN_UP], "the end is the end"


def test_what_loses_its_keys_ends_what_is_under_way_and_a_person_needs_a_right_of_a_seal() -> None:
    for step in STEPS:
        assert step.ends or step.revoked is None
        personal = step.by in {By.TAP, By.PIN, By.PIN_OR_CHECK, By.CHECK_AND_PIN}
        assert personal == (step.act is not None)
    for change in BY_PIN:
        (act,) = {step.act for step in STEPS if step.change is change}
        assert act in OF_A_SEAL
        assert MAY[act] == {Role.REPRESENTATIVE}


def test_a_step_that_stays_keeps_the_moment_of_its_state() -> None:
    (stays,) = (step for step in STEPS if step.change is Change.FORGOTTEN and step.frm is step.to)
    assert "state_since" not in columns(stays, NOW)
    ended = columns(next(step for step in STEPS if step.change is Change.CANCEL), NOW)
    assert (ended["state_since"], ended["ended_for"], ended["sole"]) == (NOW, "cancel", None)
    assert possible(Change.CANCEL, SealState.ISSUED)
    assert not possible(Change.LOSS, SealState.ISSUED)


def test_nothing_but_the_table_moves_a_seal() -> None:
    """An update of a row elsewhere that names a state would be a second way."""
    for path in (ROOT / "seals").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".update"):
                for each in node.keywords:
                    assert "SealState." not in ast.unparse(each.value), f"{path}:{node.lineno}"
    # What moves by the table writes its columns; nothing else may.
    home = ROOT / "seals"
    texts = {path.relative_to(home).as_posix(): path.read_text() for path in home.rglob("*.py")}
    using = {name for name, text in texts.items() if re.search(r"\bcolumns\(step", text)}
    assert using == {"life.py", "living.py", "making.py", "reviewing.py"}
