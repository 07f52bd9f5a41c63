"""Whom keys and certificates are made for: a check's person and seals' names, against the signed licence.

Knows no key: the sealer that makes them asks here, the one that issues certificates, and web before a code.
"""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import identity_checks
from auth.errors import Refused
from auth.identity_models import IdentityPurpose
from auth.models import Company, Licence
from auth.ports import IdentityResult, RealName
from auth.privacy import RecordsKey
from seals import licensing
from seals.design import Design
from seals.forms import company_form
from seals.kinds import CompanyForm, SealKind
from seals.models import Collection, Seal

__all__ = ["check_identity", "check_names"]


async def check_identity(
    row: Collection,
    licence: Licence,
    identity: Ed25519PublicKey,
    realname: RealName,
    records: RecordsKey,
    now: datetime,
) -> IdentityResult:
    """The person who passed the check is the representative named by the licence that the sealer signed,
    and passed it for this very collection, just now.

    identity: the sealer's public key. The sealer that makes the keys asks, and so does the one that issues.
    A row is not believed: a swapped representative, identity or company does not fit the signature.
    """
    result = await realname.result(row.check_id or "")
    named = licensing.represents(licence, result, identity, records)
    if not (identity_checks.is_for(result, IdentityPurpose.COLLECT, row.id, now) and named):
        raise Refused(
            "identity.not_passed",
            "身份核验未通过，或核验的不是法定代表人本人，不能生成印章密钥。请重新核验。",
            "The identity check did not pass, or was not the representative's; no key is made. Check again.",
        )
    return result


def check_names(licence: Licence, company: Company, seals: list[Seal]) -> None:
    """What the certificates will say of company and seals is what the licence says, which was signed.

    Of a seal beyond the five, the company is as licensed; its unit, number and the person of a name seal are
    those of its design.
    """
    named = (company.name, company.uscc) == (licence.data["company_name"], licence.data["uscc"])
    if not (named and all(_as_licensed(seal, licence) for seal in seals)):
        raise Refused(
            "collection.not_as_licensed",
            "企业或印章的登记信息与电子执照不一致，不能生成印章密钥。请联系客服。",
            "Company or seals do not agree with the licence, so no key is made. Please contact support.",
        )


def _as_licensed(seal: Seal, licence: Licence) -> bool:
    try:
        design = Design.from_json(seal.design)
    except (TypeError, KeyError, ValueError):
        return False
    form = company_form(licence.data["company_type"])
    # A sole trader's operator is whom the licence names; the operator of another form of company is not.
    owners = {SealKind.REPRESENTATIVE, *((SealKind.OPERATOR,) if form is CompanyForm.SOLE_TRADER else ())}
    if design.kind in owners and design.person_name != licence.data["representative_name"]:
        return False
    return (
        design.kind.value,
        design.form,
        design.ordinal,
        design.seal_number,
        design.company_name,
        design.uscc,
        design.name,
    ) == (
        seal.kind,
        form,
        seal.ordinal,
        seal.number,
        licence.data["company_name"],
        licence.data["uscc"],
        seal.name,
    )
