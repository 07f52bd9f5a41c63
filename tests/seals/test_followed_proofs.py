"""The ways of events to what the sealer signed are followed, not believed."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.engine import transaction
from auth.errors import DomainError
from auth.events import link_bytes, sha256
from auth.models import Event, HeadSignature
from seals import heads, merkle
from seals.evidence.proofs import prove
from seals.root_models import Root, RootLeaf
from seals.roots import bound_hashes, root_signed_bytes, root_text, tree_of
from tests.seals.audit_log import BEGUN, COMPANY, DAY, KEY, PERSON, append, bind, rewrite

pytestmark = pytest.mark.usefixtures("database")

TOLD = (2, 3, 5)
OTHER = Ed25519PrivateKey.generate()


@pytest.fixture(autouse=True)
async def log(unguarded: None) -> None:
    """Six events of a company and one of a person, which nobody has signed yet."""
    async with transaction():
        for number in range(6):
            await append(COMPANY, "signing.opened", BEGUN + timedelta(seconds=number), number)
        await append(PERSON, "person.new_device", BEGUN)


async def outcome() -> object:
    """What comes of those that are told: their roots, or the code of the refusal."""
    told = await Event.filter(stream=COMPANY, seq__in=TOLD).order_by("seq")
    try:
        found = await prove(told, KEY.public_key())
    except DomainError as error:
        return error.code
    return [None if one is None else one.root.number for one in found.values()]


async def earlier(seq: int) -> None:
    """An event's moment, with the hash that it has then; its own row agrees with itself."""
    row = await Event.get(stream=COMPANY, seq=seq)
    row.at -= timedelta(minutes=1)
    row.hash = sha256(link_bytes(row))
    await row.save()


async def rebuild_leaf() -> None:
    leaf = await RootLeaf.get(stream=COMPANY)
    tree = merkle.Tree()
    async for one in bound_hashes(COMPANY, leaf.from_seq, leaf.to_seq):
        tree.add(merkle.leaf(f"{one}\n"))
        leaf.hash = one
    leaf.events = tree.root()
    await leaf.save()


async def rebuild_root() -> None:
    row, tree = await Root.get(number=1), await tree_of(1)
    row.text = root_text(row.number, row.day, merkle.EMPTY, tree.count, tree.root())
    row.sha256 = sha256(row.text.encode())
    await row.save()


async def sign_root() -> None:
    row = await Root.get(number=1)
    row.signature = base64.b64encode(OTHER.sign(root_signed_bytes(row.text))).decode()
    await row.save()


async def sign_heads() -> None:
    await HeadSignature.all().delete()
    await heads.countersign(OTHER, BEGUN)


async def test_what_no_root_binds_yet_leads_to_a_countersigned_head() -> None:
    assert await outcome() == "evidence.not_yet"
    await heads.countersign(KEY, BEGUN)
    await append(COMPANY, "signing.opened", BEGUN)
    assert await outcome() == [None] * len(TOLD)


@pytest.mark.parametrize("seq", [2, 4, 6])
async def test_a_chain_made_anew_leads_to_no_head_of_the_sealers(seq: int) -> None:
    await heads.countersign(KEY, BEGUN)
    await earlier(seq)
    assert await outcome() == "evidence.unreadable", "itself, or what is between it and the head"
    await rewrite(COMPANY, seq)
    assert await outcome() == "evidence.unreadable", "the head is another"
    await sign_heads()
    assert await outcome() == "evidence.unreadable", "the signature is no sealer's"


@pytest.mark.parametrize("seq", [3, 4])
async def test_a_chain_made_anew_leads_to_no_root_of_the_sealers(seq: int) -> None:
    await heads.countersign(KEY, BEGUN)
    await bind(BEGUN + DAY)
    assert await outcome() == [1] * len(TOLD)
    await earlier(seq)
    forging: list[Callable[[], Awaitable[None]]] = [rebuild_leaf, rebuild_root, sign_root]
    assert await outcome() == "evidence.unreadable", "its hash is not in the tree"
    for step in forging:
        await step()
        assert await outcome() == "evidence.unreadable", step.__name__


async def test_a_root_that_is_told_as_another_is_none() -> None:
    await heads.countersign(KEY, BEGUN)
    await bind(BEGUN + DAY)
    for column, value in (("day", "2020-01-01"), ("sha256", "0" * 64)):
        (right,) = await Root.filter(number=1).values_list(column, flat=True)
        await Root.filter(number=1).update(**{column: value})
        assert await outcome() == "evidence.unreadable", column
        await Root.filter(number=1).update(**{column: right})
    assert await outcome() == [1] * len(TOLD)


async def test_an_event_that_its_hash_does_not_tell() -> None:
    await heads.countersign(KEY, BEGUN)
    right = await outcome()
    for bound in (False, True):
        if bound:
            await bind(BEGUN + DAY)
            right = await outcome()
        for seq in (3, 4):
            before = (await Event.get(stream=COMPANY, seq=seq)).kind
            await Event.filter(stream=COMPANY, seq=seq).update(kind="signing.scanned")
            # Of an event between those that are told, a root binds the hash alone.
            assert await outcome() == (right if bound and seq == 4 else "evidence.unreadable"), (bound, seq)
            await Event.filter(stream=COMPANY, seq=seq).update(kind=before)
    assert right == [1] * len(TOLD)
