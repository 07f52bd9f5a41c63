"""The README of an evidence package: what it is, and the commands by which anybody checks it. Pure.

Each command ends with a status other than 0 where what it checks does not hold. They run in the package's
folder, one after the other, and need a POSIX shell with coreutils, OpenSSL 3 and Poppler's `pdfsig`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.china import second
from seals.evidence.structures import ListParts, PdfParts, SesParts

__all__ = ["Facts", "Step", "readme"]

SM2_ID = "distid:1234567812345678"
SM2_LIST = "crls/sm2-issuing.crl.pem"
PDF, SES, P7S = "document.pdf", "document.ses", "signature/signature.p7s"
REPORT = "evidence.pdf"


@dataclass(frozen=True)
class Facts:
    """What the commands are written for. lists_at: when the revocation lists and the certificates hold.

    roots: by number, when each was stamped. events, waiting: seqs that a root binds, with its number, and
    those that none does yet. signed: the seq of the event that records the signed file. listed: seq, time and
    kind of each event.
    """

    name: str
    company: str
    code: str
    sha256: str
    trust_url: str
    roots_url: str
    taken_at: datetime
    pdf: PdfParts
    ses: SesParts
    sm2_list: ListParts
    lists_at: datetime
    sm2_serial: str
    roots: Mapping[int, datetime]
    events: Sequence[tuple[int, int]]
    waiting: Sequence[int]
    signed: int
    listed: Sequence[tuple[int, datetime, str]]


@dataclass(frozen=True)
class Step:
    """A check: what it shows, in both languages, and its commands."""

    zh: str
    en: str
    commands: str


def readme(facts: Facts) -> str:
    """The text (Markdown)."""
    steps = [*_signature(facts), *_national(facts), *_events(facts), _report()]
    parts = [_head(facts)]
    for number, step in enumerate(steps, 1):
        parts.append(f"## {number}. {step.zh}\n\n{step.en}\n\n```sh\n{step.commands.strip()}\n```\n")
    parts.append(_listing(facts))
    return "\n".join(parts)


def _head(facts: Facts) -> str:
    return f"""# 证据包 · Evidence package

- 文件 Document（名称由上传人命名 name by its uploader）: {facts.name}
- 签署企业 Company: {facts.company}
- 验真码 Verification code: {facts.code}
- 文件 SHA-256: {facts.sha256}
- 时间戳 Timestamp: {second(facts.pdf.signed_at)}
- 取得时间 Taken: {second(facts.taken_at)}

不用本系统的软件即可核验本包。在解压后的目录里依次运行下面的命令（需要 OpenSSL 3、Poppler 的 pdfsig 和
coreutils）；任何一条失败，即该项不成立。根证书应与 {facts.trust_url}/trust/root.pem（及 sm2-root.pem）一致，
tsa-roots.pem 为该根证书和所用时间戳服务各自公布的根证书，
每日根应与 {facts.roots_url} 公布的一致：请从该处或您信任的副本另行取得后比对。

This package is checked without our software. Run the commands below in the unpacked folder, one after the
other (they need OpenSSL 3, Poppler's pdfsig, coreutils); where one fails, what it checks does not hold. The
root certificate must be that of {facts.trust_url}/trust/root.pem (and sm2-root.pem), tsa-roots.pem holds it
and what the time-stamping services used publish as theirs, a daily root must be that of {facts.roots_url}:
get them from there, or from a copy that you trust, and compare.
"""


def _signature(facts: Facts) -> list[Step]:
    pdf = facts.pdf
    at, crl = int(pdf.signed_at.timestamp()), int(facts.lists_at.timestamp())
    openssl = "openssl asn1parse -inform DER"
    return [
        Step(
            "包内文件完整。",
            "The package is whole.",
            f'sha256sum -c SHA256SUMS\necho "{facts.sha256}  {PDF}" | sha256sum -c',
        ),
        Step(
            "PDF 阅读器认可签名：自签名后文件未被改动。",
            "A PDF reader accepts the signature: the file is unchanged since it was signed.",
            f'pdfsig -nocert {PDF}\npdfsig -nocert {PDF} | grep -q "Signature is Valid"\n'
            f'! pdfsig -nocert {PDF} | grep -q "Signature is Invalid"',
        ),
        Step(
            "签名容器就是文件里的那一个；签名覆盖容器之外的全部内容。",
            "The signature container is the one in the file, and signs all of the file beside it.",
            f"""tail -c +{pdf.start + 2} {PDF} | head -c {2 * len(pdf.container)} > contents.hex
od -An -v -tx1 {P7S} | tr -d ' \\n' | tr a-f A-F | cmp - contents.hex
head -c {pdf.start} {PDF} > signed.bin
tail -c +{pdf.end + 1} {PDF} | head -c {pdf.length - pdf.end} >> signed.bin""",
        ),
        Step(
            "签名由印章证书的私钥作出，证书在签署时由根证书签发且有效。",
            "The seal certificate's key made the signature; at that time it was valid under the root.",
            f"""openssl cms -verify -binary -inform DER -in {P7S} -content signed.bin -purpose any \\
  -CAfile certificates/root.pem -certfile certificates/seal.pem -nointern -attime {at} -out verified.bin
cmp signed.bin verified.bin
openssl verify -attime {at} -CAfile certificates/root.pem -untrusted certificates/issuing.pem \\
  certificates/seal.pem
openssl x509 -in certificates/seal.pem -noout -subject -nameopt utf8,sep_multiline""",
        ),
        Step(
            "证书未被吊销（若报 revoked，请将吊销时间与时间戳比较：之后的吊销不影响签名）。",
            "The certificate is not revoked (if it says revoked, compare that time with the timestamp: a "
            "later one does not touch the signature).",
            f"""openssl verify -attime {crl} -crl_check_all -CRLfile crls/root.crl.pem \\
  -CRLfile crls/issuing.crl.pem -CAfile certificates/root.pem -untrusted certificates/issuing.pem \\
  certificates/seal.pem""",
        ),
        Step(
            "时间戳（RFC 3161）盖在这个签名值上。",
            "The timestamp (RFC 3161) is of this signature value.",
            f"""{openssl} -in {P7S} -strparse {pdf.value_at} -noout -out signature.value
{openssl} -in {P7S} -strparse {pdf.token_at} -noout -out signature.tst
openssl ts -verify -data signature.value -in signature.tst -token_in -attime {at} \\
  -CAfile certificates/tsa-roots.pem -untrusted certificates/tsa.pem
openssl ts -reply -in signature.tst -token_in -text""",
        ),
    ]


def _national(facts: Facts) -> list[Step]:
    ses, at = facts.ses, int(facts.pdf.signed_at.timestamp())
    parse = "openssl asn1parse -inform DER"
    chain = [("issuing", "root"), ("seal", "issuing"), ("maker", "issuing")]
    verify = "\n".join(
        f"openssl verify -vfyopt {SM2_ID} -attime {at} -partial_chain \\\n"
        f"  -trusted certificates/sm2-{issuer}.pem certificates/sm2-{name}.pem"
        for name, issuer in chain
    )
    return [
        Step(
            "国家标准签章（GB/T 38540，SM2/SM3）：同一内容，由 SM2 印章证书签名并盖有时间戳。",
            "The national signature (GB/T 38540, SM2/SM3): of the same bytes, by the SM2 seal certificate, "
            "and timestamped.",
            f"""{parse} -in {SES} -strparse {ses.signed_at} -noout -out ses.signed
{parse} -in {SES} -strparse {ses.value_at} -noout -out ses.value
{parse} -in {SES} -strparse {ses.token_at} -noout -out ses.tst
{parse} -in ses.signed -strparse {ses.hash_at} -noout -out ses.hash
openssl dgst -sm3 -binary signed.bin | cmp - ses.hash
openssl x509 -in certificates/sm2-seal.pem -pubkey -noout > sm2-seal.pub
openssl dgst -sm3 -sigopt {SM2_ID} -verify sm2-seal.pub -signature ses.value ses.signed
openssl ts -verify -data ses.value -in ses.tst -token_in -attime {at} \\
  -CAfile certificates/tsa-roots.pem -untrusted certificates/tsa.pem""",
        ),
        Step(
            "SM2 证书链；签发机构签名的吊销列表中没有该证书（若列出，请将吊销时间与时间戳比较：之后的吊销"
            "不影响签名）。",
            "The chain of the SM2 certificates; the certificate is not in the revocation list, which their "
            "issuer signed (if it is listed, compare that time with the timestamp: a later revocation does "
            "not touch the signature).",
            # Printed to a file first: piped into `! grep`, a list that cannot be read would pass.
            f"""{verify}
openssl asn1parse -in {SM2_LIST} -strparse {facts.sm2_list.signed_at} -noout -out sm2-list.signed
openssl asn1parse -in {SM2_LIST} -strparse {facts.sm2_list.value_at} -noout -out sm2-list.value
openssl x509 -in certificates/sm2-issuing.pem -pubkey -noout > sm2-issuing.pub
openssl dgst -sm3 -sigopt {SM2_ID} -verify sm2-issuing.pub -signature sm2-list.value sm2-list.signed
openssl crl -in {SM2_LIST} -noout -text > sm2-list.txt
! grep -i -A 1 {facts.sm2_serial} sm2-list.txt""",
        ),
    ]


_FOLLOW = """follow() {
  h=$1
  while read -r side other; do
    if [ "$side" = left ]; then h=$(printf 'node\\n%s\\n%s\\n' "$other" "$h" | sha256sum | cut -c1-64)
    else h=$(printf 'node\\n%s\\n%s\\n' "$h" "$other" | sha256sum | cut -c1-64); fi
  done
  echo "$h"
}"""


def _events(facts: Facts) -> list[Step]:
    if not facts.events:
        return []
    pairs = " ".join(f"{seq}:{root}" for seq, root in facts.events)
    stamps = "\n".join(
        f"openssl ts -verify -data roots/{number}.txt -in roots/{number}.tst -token_in \\\n"
        f"  -attime {int(at.timestamp())} \\\n"
        "  -CAfile certificates/tsa-roots.pem -untrusted certificates/tsa.pem\n"
        f"openssl ts -reply -in roots/{number}.tst -token_in -text"
        for number, at in sorted(facts.roots.items())
    )
    recorded = any(seq == facts.signed for seq, _ in facts.events)
    return [
        Step(
            "每一事件：内容与承诺值相符，哈希沿路径到达每日根。",
            "Each event: its content has its commitment, and its hash leads to the daily root.",
            f"""{_FOLLOW}
for pair in {pairs}; do
  n=${{pair%:*}}; root=roots/${{pair#*:}}.txt
  c=$(sha256sum < events/$n.content | cut -c1-64)
  grep -q ",\\"$c\\"]$" events/$n.json || exit 1
  h=$(sha256sum < events/$n.json | cut -c1-64)
  e=$(follow "$(printf 'leaf\\n%s\\n' "$h" | sha256sum | cut -c1-64)" < proofs/$n.events)
  test "$e" = "$(tail -n 1 proofs/$n.leaf)" || exit 1
  l=$({{ echo leaf; cat proofs/$n.leaf; }} | sha256sum | cut -c1-64)
  grep -q "^heads: $(follow "$l" < proofs/$n.heads)\\$" "$root" || exit 1
done""",
        ),
        *(
            [
                Step(
                    "“已签署”事件记录的就是这个文件。",
                    "The event “signed” records this very file.",
                    f'grep -qa "$(sha256sum < {PDF} | cut -c1-64)" events/{facts.signed}.content\n'
                    f"grep -q '\"signing.signed\"' events/{facts.signed}.json",
                )
            ]
            if recorded
            else []
        ),
        Step(
            "每日根盖有时间戳：这些事件当时已经存在，此后未被改动。",
            "The daily roots are timestamped: the events were there then, and are unchanged since.",
            stamps,
        ),
    ]


def _report() -> Step:
    return Step(
        f"证据报告（{REPORT}，供阅读）由平台签名，自出具后未被改动。",
        f"The evidence report ({REPORT}, to be read) is signed by the platform and unchanged since.",
        f'pdfsig -nocert {REPORT}\npdfsig -nocert {REPORT} | grep -q "Signature is Valid"\n'
        f'! pdfsig -nocert {REPORT} | grep -q "Signature is Invalid"',
    )


def _listing(facts: Facts) -> str:
    rows = "\n".join(f"| {seq} | {second(at)} | {kind} |" for seq, at, kind in facts.listed)
    waiting = ""
    if facts.waiting:
        seqs = ", ".join(map(str, facts.waiting))
        waiting = (
            f"\n事件 {seqs} 尚未进入每日根（每日零点以后公布），届时重新下载证据包即有其证明。\n\n"
            f"Of the events {seqs} no daily root tells yet (they come after midnight, China time): take the "
            "package again then to have their proofs.\n"
        )
    return f"""## 事件 · Events

`events/<n>.content`：16 字节盐值，其后为 JSON（操作人、企业、对象、内容、密文）。
`events/<n>.json`：版本、链、序号、前一事件哈希、类型、时间、承诺值。时间为中国时间。
`events/<n>.content`: a salt of 16 bytes, then JSON (actor, company, subject, facts, ciphertext).
`events/<n>.json`: version, stream, number, hash of the event before, kind, time, commitment.

| n | 时间 Time | 类型 Kind |
|---|---|---|
{rows}
{waiting}"""
