"""A PKCS#11 token: keys that are made in it, used in it and never leave it.

    ezhang-<purpose>                  HMAC-SHA-256 keys, one object per version, CKA_ID the version
    ezhang-<name of an authority>     P-256 key pairs, which sign by CKM_ECDSA

In development `ezhang-development-…`: production finds none of those. Every key is sensitive and not
extractable. One session per process; after an error it is opened anew at the next use.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11.constants import Attribute, MechanismFlag, ObjectClass
from pkcs11.mechanisms import KeyType, Mechanism
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from auth.errors import NotFound, Refused, Unavailable

__all__ = ["Token", "TokenKey"]

Value = TypeVar("Value")

HMAC_KEY_BITS = 256
VERSION_BYTES = 2
COORDINATE_BYTES = 32

_SIGN = MechanismFlag.SIGN | MechanismFlag.VERIFY
_NEVER_LEAVES = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}


class Token:
    """An open token. write: also makes and destroys keys."""

    def __init__(
        self, module: Path, label: str, pin: Callable[[], str], *, prefix: str, write: bool = False
    ) -> None:
        """Open it and log in; pin: reads the PIN at each login.

        Raises Refused `token.module`, `token.absent`, `token.pin`, `token.broken`, and what `pin` raises.
        """
        self._module = module
        self._label = label
        self._pin = pin
        self._prefix = prefix
        self._write = write
        self._keys: dict[tuple[str, bytes], Any] = {}
        self._refused: Refused | None = None
        self._session: Any = self._open()

    def close(self) -> None:
        """End the session; with the last one of a process its login ends."""
        session, self._session = self._session, None
        self._keys.clear()
        if session is not None:
            with suppress(pkcs11.PKCS11Error):
                session.close()

    # ------------------------------------------------------------ HMAC keys

    def versions(self, purpose: str) -> list[int]:
        """The versions of a purpose's key, ascending."""
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._prefix + purpose}
        found = self._use(lambda session: [key.id for key in session.get_objects(wanted)])
        return sorted(int.from_bytes(number) for number in found)

    def mac(self, purpose: str, version: int, data: bytes) -> bytes:
        """HMAC-SHA-256, computed in the token. Raises NotFound `token.key`, Unavailable."""
        known = purpose, version.to_bytes(VERSION_BYTES)

        def sign(session: Any) -> bytes:
            try:
                return bytes(self._secret(session, *known).sign(data, mechanism=Mechanism.SHA256_HMAC))
            except pkcs11.ObjectHandleInvalid:
                # Another process destroyed the object that the handle was of.
                self._keys.pop(known, None)
                raise _no_key(self._prefix + purpose) from None

        return self._use(sign)

    def make_secret(self, purpose: str, version: int) -> None:
        """A new random HMAC key. Raises Unavailable."""
        self._use(
            lambda session: session.generate_key(
                KeyType.GENERIC_SECRET,
                HMAC_KEY_BITS,
                label=self._prefix + purpose,
                id=version.to_bytes(VERSION_BYTES),
                store=True,
                capabilities=_SIGN,
                template=_NEVER_LEAVES,
            )
        )

    def destroy_secret(self, purpose: str, version: int) -> None:
        """Destroy an HMAC key for good; nothing happens where there is none."""
        known = purpose, version.to_bytes(VERSION_BYTES)
        with suppress(NotFound):
            self._use(lambda session: self._secret(session, *known).destroy())
        self._keys.pop(known, None)

    def _secret(self, session: Any, purpose: str, version: bytes) -> Any:
        known = purpose, version
        if known not in self._keys:
            label = self._prefix + purpose
            self._keys[known] = _found(session, label, ObjectClass.SECRET_KEY, version)
        return self._keys[known]

    # ------------------------------------------------------------ P-256 keys

    def key(self, name: str) -> TokenKey:
        """The key pair of this name. Raises NotFound `token.key`, Unavailable."""
        label = self._prefix + name

        def find(session: Any) -> bytes:
            _found(session, label, ObjectClass.PRIVATE_KEY)
            return encode_ec_public_key(_found(session, label, ObjectClass.PUBLIC_KEY))

        return TokenKey(self, name, self._use(find))

    def make_key(self, name: str) -> TokenKey:
        """A new key pair. Raises Unavailable."""

        def make(session: Any) -> bytes:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
            public, _ = parameters.generate_keypair(
                label=self._prefix + name,
                id=name.encode(),
                store=True,
                capabilities=_SIGN,
                private_template=_NEVER_LEAVES,
            )
            return encode_ec_public_key(public)

        return TokenKey(self, name, self._use(make))

    def destroy_key(self, name: str) -> None:
        """Destroy a key pair for good; nothing happens where there is none."""
        label = self._prefix + name

        def destroy(session: Any) -> None:
            # The public half last: what is left of an interrupted one is found and done again.
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
                for found in list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: label})):
                    found.destroy()

        self._use(destroy)
        self._keys.pop((name, b""), None)

    def sign(self, name: str, digest: bytes) -> bytes:
        """ECDSA of a digest by the key of this name: DER. Raises NotFound `token.key`, Unavailable."""
        known = name, b""

        def sign(session: Any) -> bytes:
            if known not in self._keys:
                self._keys[known] = _found(session, self._prefix + name, ObjectClass.PRIVATE_KEY)
            return bytes(self._keys[known].sign(digest, mechanism=Mechanism.ECDSA))

        raw = self._use(sign)
        return utils.encode_dss_signature(
            int.from_bytes(raw[:COORDINATE_BYTES]), int.from_bytes(raw[COORDINATE_BYTES:])
        )

    # ------------------------------------------------------------ the session

    def _use(self, act: Callable[[Any], Value]) -> Value:
        try:
            if self._session is None:
                self._session = self._open_again()
            return act(self._session)
        except pkcs11.PKCS11Error as error:
            self.close()
            raise self._unavailable() from error

    def _open_again(self) -> Any:
        if self._refused is not None:
            # Each further try of a wrong PIN brings the token nearer to its lock.
            raise self._unavailable() from self._refused
        try:
            # What a module knows of its tokens it learnt when it began.
            pkcs11.lib(str(self._module)).reinitialize()
            return self._open()
        except Refused as error:
            self._refused = error if error.code == "token.pin" else None
            raise self._unavailable() from error

    def _unavailable(self) -> Unavailable:
        return Unavailable(
            "token.unavailable",
            f"密码令牌 {self._label} 暂时不可用，请稍后重试。",
            f"The token {self._label} does not answer now; try again in a moment.",
        )

    def _open(self) -> Any:
        try:
            library = pkcs11.lib(str(self._module))
        except pkcs11.PKCS11Error as error:
            raise Refused(
                "token.module",
                f"无法加载密码模块 {self._module}。请检查 EZHANG_PKCS11_MODULE。",
                f"The module {self._module} cannot be loaded. See EZHANG_PKCS11_MODULE.",
            ) from error
        try:
            token = library.get_token(token_label=self._label)
        except (pkcs11.NoSuchToken, pkcs11.MultipleTokensReturned) as error:
            raise Refused(
                "token.absent",
                f"没有找到标签为 {self._label} 的密码令牌（或不止一个），签章服务不能启动。"
                "请接入令牌，并检查 EZHANG_PKCS11_TOKEN。",
                f"There is no token labelled {self._label}, or more than one; the sealer does not start. "
                "Connect it, and see EZHANG_PKCS11_TOKEN.",
            ) from error
        try:
            return token.open(rw=self._write, user_pin=self._pin())
        except pkcs11.UserAlreadyLoggedIn:
            # A login is the process's, not the session's.
            return token.open(rw=self._write)
        except (
            pkcs11.PinIncorrect,
            pkcs11.PinInvalid,
            pkcs11.PinLenRange,
            pkcs11.PinLocked,
            pkcs11.PinExpired,
            pkcs11.UserPinNotInitialized,
        ) as error:
            raise Refused(
                "token.pin",
                f"密码令牌 {self._label} 不接受该口令，或口令已锁定。"
                "请检查 EZHANG_PKCS11_PIN_FILE 指定的文件；反复尝试会锁定令牌。",
                f"The token {self._label} does not take this PIN, or it is locked. See the file that "
                "EZHANG_PKCS11_PIN_FILE names; trying again and again locks a token.",
            ) from error
        except pkcs11.PKCS11Error as error:
            raise Refused(
                "token.broken",
                f"密码令牌 {self._label} 无法打开：{type(error).__name__}。",
                f"The token {self._label} cannot be opened: {type(error).__name__}.",
            ) from error


class TokenKey(ec.EllipticCurvePrivateKey):
    """A P-256 private key in a token, for everything that takes a private key: certificates, CRLs, tokens.

    It cannot be exported, whatever asks for it.
    """

    def __init__(self, token: Token, name: str, public_der: bytes) -> None:
        public = load_der_public_key(public_der)
        assert isinstance(public, ec.EllipticCurvePublicKey)
        self._token = token
        self._name = name
        self._public = public

    @property
    def curve(self) -> ec.EllipticCurve:
        """The curve of the pair."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Bits of the curve."""
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half, in this process."""
        return self._public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA, DER; the digest is made here, the signature in the token. Raises Unavailable."""
        algorithm = signature_algorithm.algorithm
        assert isinstance(algorithm, hashes.HashAlgorithm), "a digest made elsewhere is not signed"
        digest = hashes.Hash(algorithm)
        digest.update(data)
        return self._token.sign(self._name, digest.finalize())

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        """Never: it only signs. Raises Refused `token.stays`."""
        raise _stays()

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Never. Raises Refused `token.stays`."""
        raise _stays()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> bytes:
        """Never. Raises Refused `token.stays`."""
        raise _stays()

    def __copy__(self) -> TokenKey:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> TokenKey:
        return self


def _found(session: Any, label: str, kind: ObjectClass, version: bytes | None = None) -> Any:
    try:
        return session.get_key(object_class=kind, label=label, id=version)
    except pkcs11.NoSuchKey:
        raise _no_key(label) from None


def _no_key(label: str) -> NotFound:
    return NotFound(
        "token.key",
        f"令牌中没有密钥 {label}。请从令牌的备份恢复。",
        f"The token has no key {label}. Restore it from the token's backup.",
        key=label,
    )


def _stays() -> Refused:
    return Refused("token.stays", "令牌中的密钥不能导出。", "A key in a token does not leave it.")
