"""Collecting, in the sealer: fetch the identity result, make holder key and seal keys, have them certified.

Each seal gets two key pairs, P-256 for PDF and SM2 for the national structures; a certificate of each and
its seal structure (SESeal) come from the sealer that issues (`seals/issuing.py`). Keys exist from here on,
wrapped to the owner alone; nobody else ever holds a seal's secret (Electronic Signature Law art. 13(1)).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from auth import events, licences
from auth.engine import transaction
from auth.errors import Conflict, Refused
from auth.models import Company, CompanyState, Licence
from auth.people import set_identity
from auth.ports import IdentityWay, RealName
from auth.privacy import RecordsKey
from auth.tokens import new_id
from seals import (
    certificate_requests,
    custody,
    holders,
    keks,
    offers,
    pins,
    rules,
    sm2,
    sm2_keys,
    tries,
)
from seals.certificate_requests import Answer, Asked
from seals.collecting import collect_info, collect_values
from seals.entitled import check_identity, check_names
from seals.filing import recording
from seals.filing_models import FilingKind
from seals.keyring import P256, SM2, Keyring
from seals.life import Change, columns, the_step
from seals.models import (
    Collection,
    CollectionState,
    Holder,
    Offer,
    Seal,
    SealKey,
    SealState,
    SealWrap,
    SesSeal,
)
from seals.proofs import require_possession
from seals.ses.making import MadeSeal, require_ours

__all__ = ["make_keys"]


@dataclass(frozen=True)
class _Key:
    id: str
    algorithm: str
    sealed_private: bytes
    certificate: x509.Certificate

    @property
    def certificate_der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True)
class _Fresh:
    """New keys without certificates. sealed: by algorithm, the key's id and its private half at rest."""

    seal: Seal
    generation: int
    sealed: Mapping[str, tuple[str, bytes]]
    p256: ec.EllipticCurvePublicKey
    sm2: sm2.Sm2Key = field(repr=False)
    wrapped: bytes

    @property
    def asked(self) -> Asked:
        info = self.p256.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Asked(self.seal.id, self.generation, info.hex(), self.sm2.public.hex())


@dataclass(frozen=True)
class _Made:
    seal: Seal
    generation: int
    keys: tuple[_Key, _Key]
    wrapped: bytes
    structure: MadeSeal


async def make_keys(
    offer: Offer, keyring: Keyring, realname: RealName, records: RecordsKey, now: datetime
) -> Mapping[str, Any]:
    """Act on a collection's offer. All rows are written or none.

    What the phone must prove, and whether it can be enrolled, is judged before certificates are asked for.
    Raises Refused, Conflict, Gone or Unavailable.
    """
    row = await Collection.get(id=offer.subject)
    offers.require_live(offer, now)
    company = await Company.get(id=row.company_id)
    issued = await Seal.filter(company_id=company.id, state=SealState.ISSUED).order_by("created_at", "number")
    # After the seals: whoever stores keys moves both in one transaction, so these are still without.
    if not await Collection.exists(id=row.id, state=CollectionState.MAKING):
        raise _ended()
    licence = await licences.in_force(company.id)
    person = await check_identity(row, licence, keyring.identity.public_key(), realname, records, now)
    check_names(licence, company, issued)
    stretched, code = await offers.opened(offer, collect_info(row), keyring.vault)
    values = collect_values(row, [seal.id for seal in issued])
    possessed = await require_possession(offer, code, row.id, values, keyring, now)
    known = await Holder.get_or_none(person_id=row.person_id)
    if known is None:
        holder = X25519PrivateKey.generate()
    else:
        # The owner of another company: his PIN stands, and must be right, before anything is wrapped to it.
        holders.require_identity(known, person, keyring, records)
        await pins.require_young(row.person_id, keyring.policy, now)
        holder = await holders.open_holder(known, offer, stretched, keyring, now)
        await tries.right(row.person_id)
    public = holder.public_key().public_bytes_raw()
    kek = keyring.vault.version
    own = keyring.identity.public_key()
    fresh_keys = [
        _make(seal, public, row.person_id, await rules.version_of(seal.id, own), keyring, kek)
        for seal in issued
    ]
    asked = [each.asked for each in fresh_keys]
    proof = certificate_requests.proof_of(offer, possessed)
    answers = await certificate_requests.ask(keyring.identity, row, asked, proof, now)
    made = [_certified(each, answers, keyring) for each in fresh_keys]
    fresh = None
    if known is None:
        who = holders.identity_of(person, records)
        fresh = holders.new_holder(row.person_id, keyring, holder, stretched, offer.salt, who, now)
    async with transaction():
        if fresh is not None:
            await fresh.save(force_create=True)
        await set_identity(row.person_id, person.name, person.id_number, records, checked=True)
        await _store(offer, row, licence, kek, made, person.way, now)
        await possessed.settle(offer, "collection", person.way, keyring, now)
    return {"seals": len(made)}


def _make(seal: Seal, holder_public: bytes, holder: str, rule: int, keyring: Keyring, kek: int) -> _Fresh:
    generation = seal.generation + 1
    secret = secrets.token_bytes(custody.SECRET_BYTES)

    def closed(private: bytes) -> tuple[str, bytes]:
        key_id = new_id()
        return key_id, custody.seal_private(private, secret, keyring.vault, kek, seal.id, generation, key_id)

    p256, pair = ec.generate_private_key(ec.SECP256R1()), sm2.generate()
    der = p256.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = {P256: closed(der), SM2: closed(sm2_keys.dump_private(pair))}
    wrapped = custody.wrap_secret(secret, holder_public, seal.id, generation, holder, rule=rule)
    return _Fresh(seal, generation, sealed, p256.public_key(), pair, wrapped)


def _certified(fresh: _Fresh, answers: Mapping[str, Answer], keyring: Keyring) -> _Made:
    """Keys with what was issued for them. The answer is a row: it must be our issuer's, for these very keys.

    Raises Refused `custody.certificate`, `ses.seal_changed`.
    """
    answer = answers.get(fresh.seal.id)
    if answer is None:
        raise Refused(
            "custody.certificate", "证书与印章不符，已拒绝。", "No certificate is this seal's; refused."
        )
    first, second = answer.der("p256"), answer.der("sm2")
    keyring.require_issued(first, fresh.p256)
    require_ours(answer.der("structure"), keyring.sm2_issuing_public, second, fresh.sm2)
    start, end = (datetime.fromisoformat(each) for each in (answer.valid_start, answer.valid_end))
    keys = tuple(
        _Key(fresh.sealed[algorithm][0], algorithm, fresh.sealed[algorithm][1], _read(der))
        for algorithm, der in ((P256, first), (SM2, second))
    )
    structure = MadeSeal(answer.der("structure"), answer.version, start, end)
    return _Made(fresh.seal, fresh.generation, (keys[0], keys[1]), fresh.wrapped, structure)


def _read(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


async def _store(
    offer: Offer,
    row: Collection,
    licence: Licence,
    kek_version: int,
    made: list[_Made],
    way: IdentityWay,
    now: datetime,
) -> None:
    # The lock keeps a change of the representative out, which ends keys that stand here and not later ones.
    company = await Company.filter(id=licence.company_id).select_for_update().get()
    active = (
        company.state is CompanyState.ACTIVE
        and company.representative_id == row.person_id
        and await Licence.exists(id=licence.id, current=company.id)
    )
    moved = await Collection.filter(id=row.id, state=CollectionState.MAKING).update(
        state=CollectionState.COLLECTED, ended_at=now
    )
    if not moved or not active or not made:
        raise _ended()
    for each in made:
        await _move(each, now)
        await _file(each, row, way, now)
    await keks.hold(kek_version, now)
    await SealKey.bulk_create(_key_row(each, key, kek_version) for each in made for key in each.keys)
    await SealWrap.bulk_create(_wrap_row(each, row.person_id) for each in made)
    await SesSeal.bulk_create(_structure_row(each, now) for each in made)
    await certificate_requests.close(row.id)
    await offers.finish(offer, {"seals": len(made)})
    for each in made:
        await events.append(
            events.company_stream(company.id),
            "seal.collected",
            actor=f"person:{row.person_id}",
            subject=f"seal:{each.seal.id}",
            now=now,
            on_behalf=company.id,
            facts={
                "kind": each.seal.kind,
                "number": each.seal.number,
                "certificate": f"{each.keys[0].certificate.serial_number:x}",
                "sm2_certificate": f"{each.keys[1].certificate.serial_number:x}",
                "identity": way.value,
            },
        )


async def _move(made: _Made, now: datetime) -> None:
    step = the_step(Change.COLLECT)
    moved = await Seal.filter(id=made.seal.id, state=step.frm, generation=made.seal.generation).update(
        generation=made.generation, collected_at=now, **columns(step, now)
    )
    if not moved:
        raise Conflict("seal.state", "印章状态已变化，请刷新。", "The seal's state has changed; reload.")


async def _file(made: _Made, row: Collection, way: IdentityWay, now: datetime) -> None:
    """What collecting adds to the seal's filing: its certificates, and by which check they were given."""
    certificates = [
        {
            "algorithm": key.algorithm,
            "serial": f"{key.certificate.serial_number:x}",
            "not_before": key.certificate.not_valid_before_utc.isoformat(),
            "not_after": key.certificate.not_valid_after_utc.isoformat(),
        }
        for key in made.keys
    ]
    check = {"way": way.value, "reference": row.check_id}
    await recording.record(
        made.seal,
        FilingKind.CERTIFIED,
        now,
        agent_id=row.person_id,
        change=Change.COLLECT.value,
        facts={"certificates": certificates, "identity": check, "generation": made.generation},
    )


def _key_row(made: _Made, key: _Key, kek_version: int) -> SealKey:
    return SealKey(
        id=key.id,
        seal_id=made.seal.id,
        generation=made.generation,
        algorithm=key.algorithm,
        sealed_private=base64.b64encode(key.sealed_private).decode(),
        kek_version=kek_version,
        certificate=base64.b64encode(key.certificate_der).decode(),
        serial=f"{key.certificate.serial_number:x}",
        not_before=key.certificate.not_valid_before_utc,
        not_after=key.certificate.not_valid_after_utc,
    )


def _wrap_row(made: _Made, holder: str) -> SealWrap:
    return SealWrap(
        seal_id=made.seal.id,
        generation=made.generation,
        holder_id=holder,
        wrapped=base64.b64encode(made.wrapped).decode(),
    )


def _structure_row(made: _Made, now: datetime) -> SesSeal:
    return SesSeal(
        seal_id=made.seal.id,
        generation=made.generation,
        version=made.structure.version,
        der=base64.b64encode(made.structure.der).decode(),
        valid_start=made.structure.valid_start,
        valid_end=made.structure.valid_end,
        created_at=now,
    )


def _ended() -> Conflict:
    return Conflict("collection.state", "领取已结束，请刷新。", "This collection has ended; reload.")
