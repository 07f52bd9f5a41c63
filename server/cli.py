"""The command line. Each command imports what it needs when it runs, so that `verify` needs no server."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from auth.errors import DomainError
from server.settings import Settings, refuse_to_start

__all__ = ["main"]

AUTHORITIES = (
    *("coordination", "reform", "market", "finance", "tax", "industry", "local_finance"),
    *("cryptography", "public_security"),
)
"""`seals.service.supervision.Authority`, which `verify` need not load."""

PRIVATE_UMASK = 0o077
"""Database and documents are nobody else's to read."""


def main(arguments: list[str] | None = None) -> None:
    """Entry point of `ezhang`; ends with the command's exit status. 2: refused to start or wrong usage."""
    given = _parser().parse_args(arguments)
    try:
        raise SystemExit(given.command(given))
    except DomainError as error:
        refuse_to_start(error)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _run(given: argparse.Namespace) -> int:
    from server.running import run

    os.umask(PRIVATE_UMASK)
    return run(Settings.from_env())


def _migrate(given: argparse.Namespace) -> int:
    from server.migrating import mark, migrate

    os.umask(PRIVATE_UMASK)
    settings = Settings.from_env()
    asyncio.run(migrate(settings.database, settings.database_app_role))
    asyncio.run(mark(settings))
    return 0


def _demo(given: argparse.Namespace) -> int:
    from server.demo import run_demo

    return run_demo()


def _verify(given: argparse.Namespace) -> int:
    from server.verify_command import verify_files

    return verify_files(given.files, given.root)


def _filings_overdue(given: argparse.Namespace) -> int:
    from server.filings_command import listed

    return listed()


def _filings_lapsed(given: argparse.Namespace) -> int:
    from server.filings_command import lapsed

    return lapsed()


def _filings_again(given: argparse.Namespace) -> int:
    from server.filings_command import again

    return again(given.number)


def _review_list(given: argparse.Namespace) -> int:
    from server.review_command import listed

    return listed(given.pictures)


def _review_approve(given: argparse.Namespace) -> int:
    from server.review_command import approve

    return approve(given.seal)


def _review_decline(given: argparse.Namespace) -> int:
    from server.review_command import decline

    return decline(given.seal, given.reason, given.reason_en)


def _staff_add(given: argparse.Namespace) -> int:
    from server.staff_command import add

    return add(given.mobile, given.role, given.name)


def _staff_code(given: argparse.Namespace) -> int:
    from server.staff_command import code

    return code(given.staff)


def _staff_end(given: argparse.Namespace) -> int:
    from server.staff_command import end

    return end(given.staff)


def _staff_authority(given: argparse.Namespace) -> int:
    from server.staff_command import authority

    return authority(given.staff, given.authority)


def _staff_list(given: argparse.Namespace) -> int:
    from server.staff_command import listed

    return listed()


def _rotate_kek(given: argparse.Namespace) -> int:
    from server.rotate_command import rotate_kek

    os.umask(PRIVATE_UMASK)
    return rotate_kek()


def _rotate_tsa(given: argparse.Namespace) -> int:
    from server.unit_command import rotate_tsa

    os.umask(PRIVATE_UMASK)
    return rotate_tsa(compromised=given.compromised)


def _audit_check(given: argparse.Namespace) -> int:
    from server.audit_command import check_log

    return check_log(given.root or [])


def _archive_due(given: argparse.Namespace) -> int:
    from server.archive_command import due

    return due()


def _archive_erase(given: argparse.Namespace) -> int:
    from server.archive_command import erase

    return erase(given.company)


def _archive_register(given: argparse.Namespace) -> int:
    from server.archive_command import register

    return register()


def _archive_replay(given: argparse.Namespace) -> int:
    from server.archive_command import replay

    return replay(given.file)


def _verify_seal(given: argparse.Namespace) -> int:
    from server.verify_seal_command import verify_structures

    return verify_structures(given.files, given.root, given.document)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ezhang", description="e章通：电子营业执照、电子印章、签署与验真")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run", help="启动全部服务 · start everything (EZHANG_PROFILE names the profile)"
    )
    run.set_defaults(command=_run)
    demo = commands.add_parser("demo", help="演示全流程 · the whole flow once, by itself")
    demo.set_defaults(command=_demo)
    verify = commands.add_parser("verify", help="验真 · check PDF files; one JSON line per file")
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE")
    verify.add_argument(
        "--root",
        type=Path,
        metavar="PEM",
        help="信任的根证书 · the root to trust (default: the one of this data folder)",
    )
    verify.set_defaults(command=_verify)
    verify_seal = commands.add_parser(
        "verify-seal",
        help="印章验真 · check seals and signatures of GB/T 38540 (.esl, .ses); one JSON line per file",
    )
    verify_seal.add_argument("files", nargs="+", type=Path, metavar="FILE")
    verify_seal.add_argument(
        "--root",
        type=Path,
        action="append",
        metavar="PEM",
        help="信任的根证书，可多次给出 · a root to trust, may be given again for the timestamp's "
        "(default: those of this data folder)",
    )
    verify_seal.add_argument(
        "--document",
        type=Path,
        metavar="DOC",
        help="被签的文件 · the document that was signed; without it a signature is unknown at best",
    )
    verify_seal.set_defaults(command=_verify_seal)
    migrate = commands.add_parser("migrate", help="升级数据库结构 · bring the database's schema up to date")
    migrate.set_defaults(command=_migrate)
    rotate = commands.add_parser(
        "rotate-kek", help="轮换密钥加密密钥 · make a new KEK version, re-wrap what lies under the old one"
    )
    rotate.set_defaults(command=_rotate_kek)
    unit = commands.add_parser(
        "rotate-tsa", help="更换时间戳单位 · make another time-stamping unit; restart everything afterwards"
    )
    unit.add_argument(
        "--compromised",
        action="store_true",
        help="原密钥可能已泄露：吊销原单位 · its key may be somebody else's: revoke the one before",
    )
    unit.set_defaults(command=_rotate_tsa)
    _add_audit(commands.add_parser("audit", help="审计事件日志 · check the log of events"))
    _add_filings(commands.add_parser("filings", help="印章备案 · the maker's filings with the authority"))
    _add_archive(commands.add_parser("archive", help="档案到期清理 · what is kept for its time, then erased"))
    _add_review(commands.add_parser("review", help="核对待发放的印章 · look at held seals"))
    _add_staff(commands.add_parser("staff", help="平台工作人员 · who works at the platform's desks"))
    return parser


def _add_audit(audit: argparse.ArgumentParser) -> None:
    steps = audit.add_subparsers(required=True, metavar="STEP")
    check = steps.add_parser(
        "check", help="查出被改动的事件 · find events that were changed, removed, inserted or moved"
    )
    check.add_argument(
        "--root",
        type=Path,
        action="append",
        metavar="FILE",
        help="您保存的每日根，可多次给出 · a daily root that you kept, may be given again",
    )
    check.set_defaults(command=_audit_check)


def _add_filings(filings: argparse.ArgumentParser) -> None:
    steps = filings.add_subparsers(required=True, metavar="STEP")
    steps.add_parser("overdue", help="逾期和被退回的备案 · what is late or was refused").set_defaults(
        command=_filings_overdue
    )
    steps.add_parser("lapsed", help="逾期未领取注销登记册 · seals that nobody collected").set_defaults(
        command=_filings_lapsed
    )
    again = steps.add_parser("again", help="重新报送被退回的备案 · hand in a refused filing anew")
    again.add_argument("number", metavar="NUMBER", help="of the filing, as the list has it")
    again.set_defaults(command=_filings_again)


def _add_archive(archive: argparse.ArgumentParser) -> None:
    steps = archive.add_subparsers(required=True, metavar="STEP")
    listing = steps.add_parser("due", help="已注销企业的档案保存到哪天 · until when archives are kept")
    listing.set_defaults(command=_archive_due)
    erase = steps.add_parser("erase", help="删除到期的档案 · erase what is over; keep the lines it prints")
    erase.add_argument("company", nargs="*", metavar="COMPANY", help="企业 id，不写则为全部到期的 · or all")
    erase.set_defaults(command=_archive_erase)
    register = steps.add_parser("register", help="删除登记 · the register of what was erased")
    register.set_defaults(command=_archive_register)
    replay = steps.add_parser(
        "replay", help="恢复旧备份后重新删除 · erase again what an old backup brought back"
    )
    replay.add_argument("file", type=Path, metavar="FILE", help="保存的登记 · the register as you kept it")
    replay.set_defaults(command=_archive_replay)


def _add_review(review: argparse.ArgumentParser) -> None:
    steps = review.add_subparsers(required=True, metavar="STEP")
    listing = steps.add_parser("list", help="待核对的印章 · what waits; one JSON line per seal")
    listing.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="把印模存到此目录 · write the imprints there"
    )
    listing.set_defaults(command=_review_list)
    approve = steps.add_parser("approve", help="同意发放 · let a seal go out")
    approve.add_argument("seal", metavar="SEAL", help="印章 id · the seal's id, as listed")
    approve.set_defaults(command=_review_approve)
    decline = steps.add_parser("decline", help="不予发放 · decline a seal")
    decline.add_argument("seal", metavar="SEAL", help="印章 id · the seal's id, as listed")
    decline.add_argument("--reason", required=True, help="告知企业的原因 · why; the owner reads it")
    decline.add_argument("--reason-en", help="英文原因 · the same in English")
    decline.set_defaults(command=_review_decline)


def _add_staff(staff: argparse.ArgumentParser) -> None:
    steps = staff.add_subparsers(required=True, metavar="STEP")
    add = steps.add_parser(
        "add", help="指派角色 · give somebody a role; prints the code that binds a passkey"
    )
    add.add_argument("mobile", metavar="MOBILE", help="登录用的手机号 · the mobile he logs in with")
    add.add_argument(
        "--role", required=True, choices=("operator", "regulator"), help="审核员或监管人员 · which desk"
    )
    add.add_argument("--name", required=True, help="姓名 · his name")
    add.set_defaults(command=_staff_add)
    for name, command, meaning in (
        ("code", _staff_code, "更换通行密钥：生成新的开通码 · another code, in place of the passkey"),
        ("end", _staff_end, "结束角色，立即生效 · end a role, at once"),
    ):
        step = steps.add_parser(name, help=meaning)
        step.add_argument("staff", metavar="STAFF", help="角色 id · the role's id, as listed")
        step.set_defaults(command=command)
    step = steps.add_parser("authority", help="监管人员所属部门 · which authority a regulator belongs to")
    step.add_argument("staff", metavar="STAFF", help="角色 id · the role's id, as listed")
    step.add_argument("authority", choices=AUTHORITIES, help="部门 · the authority")
    step.set_defaults(command=_staff_authority)
    listing = steps.add_parser("list", help="全部角色 · who has and had a role; one JSON line each")
    listing.set_defaults(command=_staff_list)


if __name__ == "__main__":
    main()
