"""What an authenticator answers, judged as WebAuthn asks (level 3, §7.1 and §7.2). No database, no clock.

User verification is required: the finger, the face or the PIN of the device that keeps the passkey. What
the device is made by is not asked (attestation "none"): it would tell more of people than we need.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

__all__ = [
    "Asserted",
    "Attested",
    "Credential",
    "Party",
    "Unproven",
    "challenge_of",
    "creation_options",
    "credential_hash",
    "credential_id",
    "judge_assertion",
    "judge_attestation",
    "party_of",
    "request_options",
]

ANSWER_WITHIN_MS = 120_000
CREDENTIAL_ID_MAX_BYTES = 1023  # level 3, §7.1 step 25
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# Of the others the statement would be parsed, certificates and all, for an answer that nobody asked.
FORMATS = frozenset({"none", "packed"})
# What parsers say of bytes that are no answer at all.
MALFORMED = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)


class Unproven(Exception):
    """The answer proves nothing. reason: `wrong`, or `count` when the counter did not go up (a copy?)."""

    def __init__(self, reason: str = "wrong") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Party:
    """Who asks, as browsers see it: rp_id is our host, origin scheme, host and port."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class Attested:
    """A new credential, as the browser gave it; base64url."""

    id: str
    client_data: str = field(repr=False)
    attestation: str = field(repr=False)


@dataclass(frozen=True)
class Asserted:
    """An answer by a known credential, as the browser gave it; base64url."""

    id: str
    client_data: str = field(repr=False)
    authenticator_data: str = field(repr=False)
    signature: str = field(repr=False)


@dataclass(frozen=True)
class Credential:
    """What is kept of a passkey. public_key: COSE; sign_count: as last seen."""

    id: bytes
    public_key: bytes
    sign_count: int


def party_of(public_url: str) -> Party:
    """The party of a deployment, by its public address and by nothing that a request says."""
    return Party(urlsplit(public_url).hostname or "", public_url)


def _bytes(text: str) -> bytes:
    try:
        return base64url_to_bytes(text)
    except (ValueError, binascii.Error):
        raise Unproven from None


def credential_id(said: Attested | Asserted) -> bytes:
    """The id of the credential that is said to answer."""
    return _bytes(said.id)


def challenge_of(said: Attested | Asserted) -> str:
    """The challenge that is answered, base64url as it was given. Raises Unproven."""
    try:
        told = json.loads(_bytes(said.client_data))
        challenge = told["challenge"]
        embedded = bool(told.get("crossOrigin"))
    except MALFORMED:
        raise Unproven from None
    if not isinstance(challenge, str) or embedded:
        raise Unproven
    return challenge


def _named(ids: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]


def creation_options(
    party: Party, challenge: str, user: str, user_name: str, known: Iterable[bytes]
) -> dict[str, Any]:
    """What the browser needs to make a passkey (`navigator.credentials.create`), in JSON's types.

    user: an id that says nothing; user_name: shown by the device to its owner; known: not on these again.
    """
    options = generate_registration_options(
        rp_id=party.rp_id,
        rp_name="e章通",
        user_id=user.encode(),
        user_name=user_name,
        challenge=base64url_to_bytes(challenge),
        timeout=ANSWER_WITHIN_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_named(known),
        supported_pub_key_algs=ALGORITHMS,
    )
    return dict(json.loads(options_to_json(options)))


def request_options(party: Party, challenge: str, known: Iterable[bytes]) -> dict[str, Any]:
    """What the browser needs to have one of these passkeys answer (`navigator.credentials.get`)."""
    options = generate_authentication_options(
        rp_id=party.rp_id,
        challenge=base64url_to_bytes(challenge),
        timeout=ANSWER_WITHIN_MS,
        allow_credentials=_named(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def judge_attestation(party: Party, challenge: str, said: Attested) -> Credential:
    """The new credential, if it was made for us, now, by somebody verified. Raises Unproven."""
    try:
        attestation = _bytes(said.attestation)
        if parse_attestation_object(attestation).fmt not in FORMATS:
            raise Unproven
        found = verify_registration_response(
            credential=RegistrationCredential(
                id=said.id,
                raw_id=_bytes(said.id),
                response=AuthenticatorAttestationResponse(_bytes(said.client_data), attestation),
            ),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        # With no statement nobody has looked at the key yet.
        decoded_public_key_to_cryptography(decode_credential_public_key(found.credential_public_key))
    except MALFORMED:
        raise Unproven from None
    if found.credential_id != _bytes(said.id) or len(found.credential_id) > CREDENTIAL_ID_MAX_BYTES:
        raise Unproven
    return Credential(found.credential_id, found.credential_public_key, found.sign_count)


def judge_assertion(party: Party, challenge: str, said: Asserted, known: Credential) -> int:
    """The credential's new counter, if this is its answer to us, now, by somebody verified.

    Raises Unproven, with the reason `count` where everything is right but the counter did not go up.
    """
    try:
        found = verify_authentication_response(
            credential=AuthenticationCredential(
                id=said.id,
                raw_id=_bytes(said.id),
                response=AuthenticatorAssertionResponse(
                    _bytes(said.client_data), _bytes(said.authenticator_data), _bytes(said.signature)
                ),
            ),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,  # compared below, where it is told apart
            require_user_verification=True,
        )
    except MALFORMED:
        raise Unproven from None
    if (found.new_sign_count or known.sign_count) and found.new_sign_count <= known.sign_count:
        raise Unproven("count")
    return found.new_sign_count


def credential_hash(identifier: bytes) -> str:
    """How a credential's id is found again, whatever its length."""
    return hashlib.sha256(identifier).hexdigest()
