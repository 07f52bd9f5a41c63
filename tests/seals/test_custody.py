"""Key custody: every layer opens for exactly what it was closed for, and for nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from functools import partial

import pytest
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.errors import Refused
from seals import custody, sm2, sm2_keys
from seals.custody import FileVault

KEK = b"k" * 32
PEPPER = b"p" * 32
STRETCHED = b"s" * 32
VAULT = FileVault(KEK)
HOLDER = X25519PrivateKey.generate()
HOLDER_PUBLIC = HOLDER.public_key().public_bytes_raw()
DAY = X25519PrivateKey.generate()
DAY_PUBLIC = DAY.public_key().public_bytes_raw()
SEAL_KEY = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
)
SECRET = secrets.token_bytes(custody.SECRET_BYTES)
IDENTITY = Ed25519PrivateKey.generate()

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
infos = st.dictionaries(st.text(min_size=1, max_size=10), scalars | st.lists(scalars, max_size=3), max_size=6)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def flipped(data: bytes, bit: int) -> bytes:
    at = bit % (len(data) * 8)
    return bytes(byte ^ (1 << at % 8 if number == at // 8 else 0) for number, byte in enumerate(data))


# ------------------------------------------------------------------- PIN and offer


def test_the_pin_is_stretched_by_argon2id_at_its_full_cost() -> None:
    """RFC 9106 §4: Argon2id; 64 MiB and three passes; the pepper of the web process goes in first."""
    salt, web_pepper = b"0123456789abcdef", b"w" * 32
    assert (custody.ARGON2_MEMORY_KIB, custody.ARGON2_TIME_COST) == (65_536, 3)
    peppered = hmac.new(web_pepper, b"730519", hashlib.sha256).digest()
    expected = hash_secret_raw(peppered, salt, 3, 65_536, parallelism=1, hash_len=32, type=Type.ID)
    assert custody.stretch_pin("730519", salt, web_pepper) == expected


def test_pin_salt_and_pepper_all_count() -> None:
    given_all = ("730519", b"0123456789abcdef", b"w" * 32)
    others = [
        ("730518", *given_all[1:]),
        ("730519", b"0123456789abcdeg", b"w" * 32),
        (*given_all[:2], b"x" * 32),
    ]
    values = [custody.stretch_pin(*each) for each in (given_all, *others)]
    assert len(set(values)) == 4
    assert {len(value) for value in values} == {custody.SECRET_BYTES}


def test_salts_are_never_the_same() -> None:
    assert len({custody.new_salt() for _ in range(100)}) == 100


@given(infos, st.binary(min_size=32, max_size=32))
def test_an_offer_opens_for_its_intent(info: dict[str, object], stretched: bytes) -> None:
    sealed = custody.seal_offer(stretched, DAY_PUBLIC, custody.offer_info(info))
    assert custody.open_offer(sealed, DAY, custody.offer_info(info)) == stretched
    assert stretched not in sealed


@given(infos, infos)
def test_two_intents_have_one_encoding_only_if_they_are_equal(
    one: dict[str, object], other: dict[str, object]
) -> None:
    # As JSON sees it: to Python, True and 1 are equal.
    equal = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (custody.offer_info(one) == custody.offer_info(other)) is equal
    assert custody.offer_info(dict(reversed(one.items()))) == custody.offer_info(one)


def test_an_offer_opens_for_no_other_intent() -> None:
    info: dict[str, object] = {"signing": "a", "sha256": "00", "place": [0, 1.5, 2.5], "expires": 1.25}
    sealed = custody.seal_offer(STRETCHED, DAY_PUBLIC, custody.offer_info(info))
    changed: list[dict[str, object]] = [{**info, name: "other"} for name in info]
    missing = [{name: value for name, value in info.items() if name != gone} for gone in info]
    for wrong in (*changed, *missing, {**info, "more": None}, {}):
        assert refusal(lambda wrong=wrong: custody.open_offer(sealed, DAY, custody.offer_info(wrong))) == (
            "offer.changed"
        )


@given(st.integers(min_value=0))
def test_a_changed_or_short_offer_does_not_open(bit: int) -> None:
    info = custody.offer_info({"signing": "a"})
    sealed = custody.seal_offer(STRETCHED, DAY_PUBLIC, info)
    assert refusal(lambda: custody.open_offer(flipped(sealed, bit), DAY, info)) == "offer.changed"
    assert refusal(lambda: custody.open_offer(sealed[: bit % len(sealed)], DAY, info)) == "offer.changed"


def test_an_offer_opens_with_no_other_key_of_the_day() -> None:
    info = custody.offer_info({"signing": "a"})
    sealed = custody.seal_offer(STRETCHED, DAY_PUBLIC, info)
    assert refusal(lambda: custody.open_offer(sealed, X25519PrivateKey.generate(), info)) == "offer.changed"


# ------------------------------------------------------------------- holder


@given(
    st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=64), st.text(min_size=1, max_size=24)
)
def test_a_holders_key_opens_with_pin_and_pepper_and_for_the_person(
    stretched: bytes, pepper: bytes, person: str
) -> None:
    sealed = custody.seal_holder(HOLDER, stretched, pepper, person)
    opened = custody.open_holder(sealed, stretched, pepper, person)
    assert opened.private_bytes_raw() == HOLDER.private_bytes_raw()
    assert HOLDER.private_bytes_raw() not in sealed


@given(st.integers(min_value=0))
def test_a_holders_key_opens_with_nothing_else(bit: int) -> None:
    """The web process's secrets without the sealer's pepper open nothing, nor do the sealer's alone."""
    sealed = custody.seal_holder(HOLDER, STRETCHED, PEPPER, "person")
    for wrong in (
        (sealed, flipped(STRETCHED, bit), PEPPER, "person"),
        (sealed, STRETCHED, flipped(PEPPER, bit), "person"),
        (sealed, STRETCHED, PEPPER, "persom"),
        (flipped(sealed, bit), STRETCHED, PEPPER, "person"),
        (sealed[: bit % len(sealed)], STRETCHED, PEPPER, "person"),
    ):
        assert refusal(lambda wrong=wrong: custody.open_holder(*wrong)) == "pin.wrong"


def test_nothing_is_sealed_twice_the_same_way() -> None:
    info = custody.offer_info({})
    for seal in (
        lambda: custody.seal_holder(HOLDER, STRETCHED, PEPPER, "person"),
        lambda: custody.seal_offer(STRETCHED, DAY_PUBLIC, info),
        lambda: custody.wrap_secret(SECRET, HOLDER_PUBLIC, "seal", 1, "person"),
        lambda: custody.seal_private(SEAL_KEY, SECRET, VAULT, 1, "seal", 1, "key"),
    ):
        assert len({seal() for _ in range(4)}) == 4


def test_a_key_at_rest_shows_nothing_of_itself() -> None:
    """Whatever the kind: the SM2 key is closed by the same two layers."""
    pair = sm2.generate()
    locked = custody.seal_private(sm2_keys.dump_private(pair), SECRET, VAULT, 1, "seal", 1, "key")
    assert pair.private not in locked
    assert pair.public not in locked
    opened = custody.open_private(locked, SECRET, VAULT, 1, "seal", 1, "key")
    assert sm2_keys.load_private(opened) == pair


# ------------------------------------------------------------------- the seal's secret and key


@given(st.binary(min_size=32, max_size=32), st.text(max_size=24), st.integers(0, 1000), st.text(max_size=24))
def test_a_secret_unwraps_for_its_holder_seal_and_generation(
    secret: bytes, seal: str, generation: int, holder: str
) -> None:
    wrapped = custody.wrap_secret(secret, HOLDER_PUBLIC, seal, generation, holder)
    assert custody.unwrap_secret(wrapped, HOLDER, seal, generation, holder) == secret
    for wrong in (
        (wrapped, X25519PrivateKey.generate(), seal, generation, holder),
        (wrapped, HOLDER, seal + "x", generation, holder),
        (wrapped, HOLDER, seal, generation + 1, holder),
        (wrapped, HOLDER, seal, generation, holder + "x"),
        (flipped(wrapped, generation), HOLDER, seal, generation, holder),
    ):
        assert refusal(lambda wrong=wrong: custody.unwrap_secret(*wrong)) == "custody.wrap"


def test_a_secret_opens_for_its_approval_rule_only_also_after_a_new_kek() -> None:
    wrapped = custody.wrap_secret(SECRET, HOLDER_PUBLIC, "seal", 1, "person", rule=2)
    assert custody.unwrap_secret(wrapped, HOLDER, "seal", 1, "person", rule=2) == SECRET
    for rule in (0, 1, 3):
        opening = partial(custody.unwrap_secret, wrapped, HOLDER, "seal", 1, "person", rule=rule)
        assert refusal(opening) == "custody.wrap"
    kept = custody.keep_secret(SECRET, VAULT, 1, "seal", 1, 4, "grant", 2)
    moved = custody.rewrap_kept(kept, VAULT, 1, 1, "seal", 1, "grant")
    for each in (kept, moved):
        assert custody.kept_secret(each, VAULT, 1, "seal", 1, 4, "grant", 2) == SECRET
        assert refusal(partial(custody.kept_secret, each, VAULT, 1, "seal", 1, 4, "grant")) == "custody.wrap"


def test_an_offer_is_no_wrap_and_a_wrap_no_offer() -> None:
    """Both are HPKE; the label in `info` keeps them apart even where the values are the same."""
    values: dict[str, object] = {"seal": "seal", "generation": 1, "holder": "person"}
    wrapped = custody.wrap_secret(SECRET, HOLDER_PUBLIC, "seal", 1, "person")
    assert refusal(lambda: custody.open_offer(wrapped, HOLDER, custody.offer_info(values))) == "offer.changed"
    offered = custody.seal_offer(SECRET, HOLDER_PUBLIC, custody.offer_info(values))
    assert refusal(lambda: custody.unwrap_secret(offered, HOLDER, "seal", 1, "person")) == "custody.wrap"


@given(st.binary(min_size=32, max_size=32), st.text(max_size=24), st.integers(0, 1000), st.text(max_size=24))
def test_a_seals_key_opens_again(secret: bytes, seal: str, generation: int, key: str) -> None:
    locked = custody.seal_private(SEAL_KEY, secret, VAULT, 1, seal, generation, key)
    opened = custody.open_private(locked, secret, VAULT, VAULT.version, seal, generation, key)
    assert opened == SEAL_KEY


@given(st.integers(min_value=0))
def test_a_seals_key_needs_secret_and_kek_and_its_own_place(bit: int) -> None:
    locked = custody.seal_private(SEAL_KEY, SECRET, VAULT, 1, "seal", 1, "key")
    right = (locked, SECRET, VAULT, 1, "seal", 1, "key")
    for at, wrong in (
        (0, flipped(locked, bit)),
        (0, locked[: bit % len(locked)]),
        (1, flipped(SECRET, bit)),
        (2, FileVault(flipped(KEK, bit))),
        (4, "other"),
        (5, 2),
        (6, "other"),
    ):
        given_one_wrong = [*right[:at], wrong, *right[at + 1 :]]
        assert refusal(lambda each=given_one_wrong: custody.open_private(*each)) == "custody.key"


def test_a_kek_of_another_version_is_not_guessed() -> None:
    locked = custody.seal_private(SEAL_KEY, SECRET, VAULT, 1, "seal", 1, "key")
    code = refusal(lambda: custody.open_private(locked, SECRET, VAULT, 2, "seal", 1, "key"))
    assert code == "custody.kek_version"
    # The version is part of the place: the same KEK under another number does not open it either.
    renamed = FileVault(KEK, version=2)
    assert (
        refusal(lambda: custody.open_private(locked, SECRET, renamed, 2, "seal", 1, "key")) == "custody.key"
    )


# ------------------------------------------------------------------- what the sealer attests


def test_the_sealer_attests_one_key_for_one_subject_under_one_label() -> None:
    public = IDENTITY.public_key()
    signature = custody.attest(IDENTITY, "holder", "person", HOLDER_PUBLIC)
    custody.check_attestation(public, "holder", "person", HOLDER_PUBLIC, signature)
    for wrong in (
        (public, "day", "person", HOLDER_PUBLIC, signature),
        (public, "holder", "other", HOLDER_PUBLIC, signature),
        (public, "holder", "person", DAY_PUBLIC, signature),
        (public, "holder", "person", HOLDER_PUBLIC, flipped(signature, 7)),
        (public, "holder", "person", HOLDER_PUBLIC, b""),
        (Ed25519PrivateKey.generate().public_key(), "holder", "person", HOLDER_PUBLIC, signature),
    ):
        code = refusal(lambda wrong=wrong: custody.check_attestation(*wrong))
        assert code == "custody.not_attested"


def test_the_key_of_a_day_opens_on_that_day_and_is_signed() -> None:
    made = custody.make_day_key(VAULT, IDENTITY, "2026-11-21")
    private = custody.open_day_key(VAULT, 1, made.day, made.public, made.sealed_private)
    assert private.public_key().public_bytes_raw() == made.public
    custody.check_attestation(IDENTITY.public_key(), "day", made.day, made.public, made.signature)
    other = custody.make_day_key(VAULT, IDENTITY, "2026-11-22")
    for wrong in (
        (VAULT, 1, other.day, made.public, made.sealed_private),
        (VAULT, 1, made.day, other.public, made.sealed_private),
        (VAULT, 1, made.day, made.public, other.sealed_private),
        (FileVault(b"x" * 32), 1, made.day, made.public, made.sealed_private),
    ):
        assert refusal(lambda wrong=wrong: custody.open_day_key(*wrong)) == "custody.day_key"


@settings(max_examples=20)
@given(st.binary(max_size=40))
def test_a_signature_over_anything_else_is_no_attestation(text: bytes) -> None:
    signature = IDENTITY.sign(text)
    with pytest.raises(InvalidSignature):
        IDENTITY.public_key().verify(signature, text + b"x")
    code = refusal(
        lambda: custody.check_attestation(IDENTITY.public_key(), "holder", "person", HOLDER_PUBLIC, signature)
    )
    assert code == "custody.not_attested"


def test_secrets_are_not_shown_by_accident() -> None:
    made = custody.make_day_key(VAULT, IDENTITY, "2026-11-21")
    assert str(KEK) not in repr(VAULT)
    assert str(made.sealed_private) not in repr(made)
