"""A client of the JSON API, for the demo, the tests and integrators: `Client("http://127.0.0.1:8000")`.

A method per operation; answers are the JSON as Python values. What the server refuses is raised as
`ApiError` with the server's code and words. One client is one logged-in person: it keeps the cookie.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from server.clients.asks import Asks
from server.clients.deposits import DepositCalls
from server.clients.desk import DeskCalls
from server.clients.entries import Entries
from server.clients.filings import Filings
from server.clients.papers import Papers
from server.clients.reviews import ReviewCalls
from server.clients.service import ServiceCalls
from server.tls import trusted

__all__ = ["ApiError", "Client", "DeviceKey"]

Json = dict[str, Any]
TIMEOUT_S = 60.0
POLL_S = 0.05


def _query(**given: str | None) -> str:
    """What a path is asked with; values that are None are left out."""
    said = {name: value for name, value in given.items() if value is not None}
    return f"?{urlencode(said)}" if said else ""


class ApiError(Exception):
    """What the server refused. code, zh, en, field, facts as in the API; status: HTTP."""

    def __init__(self, status: int, error: Json) -> None:
        super().__init__(f"{status} {error.get('code')}: {error.get('en')}")
        self.status = status
        self.code = str(error.get("code"))
        self.zh = str(error.get("zh"))
        self.en = str(error.get("en"))
        self.field = error.get("field")
        self.facts: Json = error.get("facts") or {}
        self.errors: list[Json] = error.get("errors") or []


class DeviceKey:
    """The key by which this program confirms, as a phone does; keep `pem` of it, and keep it secret."""

    def __init__(self, pem: bytes | None = None) -> None:
        """A new key, or the one that `pem` was made of; raises ValueError for another kind."""
        key = ec.generate_private_key(ec.SECP256R1()) if pem is None else load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("a device key is a P-256 key")
        self._private = key

    @property
    def pem(self) -> bytes:
        """The private key, PKCS#8."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_key(self) -> str:
        """As it is enrolled: uncompressed point, base64."""
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.b64encode(point).decode()

    def sign(self, values: dict[str, str]) -> str:
        """The signature (r || s, base64) over a statement: the values as JSON, names sorted, no spaces."""
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        der = self._private.sign(f"ezhang/statement/1\n{text}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()

    def possession(self, values: dict[str, str]) -> Json:
        """`device_key` and `signature`, to be enrolled: the key signs the values and itself."""
        key = self.public_key
        return {"device_key": key, "signature": self.sign({**values, "key": key})}


class Client(Asks, Entries, Filings, Papers, DeskCalls, DepositCalls, ReviewCalls, ServiceCalls):
    """The API at `base_url`, as one person, on one device.

    device: the key it confirms by, a new one if none is given. It is enrolled when the seals are collected,
    or by `enrol_device`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        verify: str | bool = True,
        timeout_s: float = TIMEOUT_S,
        device: DeviceKey | None = None,
    ) -> None:
        self.device = device or DeviceKey()
        self._claims: dict[str, Json] = {}
        self._device_ids: dict[str, str] = {}
        self.http = httpx.Client(
            base_url=base_url,
            timeout=timeout_s,
            verify=trusted() if verify is True else verify,
            trust_env=False,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.http.close()

    # ---------------------------------------------------------------- account

    def consents(self) -> list[Json]:
        """The current texts, with `accepted_at`."""
        found: list[Json] = self._get("/api/consents")  # type: ignore[assignment]
        return found

    def agree(self) -> None:
        """Accept the texts that are in force, unless that is done."""
        texts = self.consents()
        if not all(each["accepted_at"] for each in texts):
            self._post("/api/consents", {each["text"]: each["digest"] for each in texts})

    def withdraw_consent(self) -> None:
        """Take the consent back; nothing new can be begun until `agree`."""
        self._post("/api/consents/withdraw", {})

    def send_code(self, mobile: str) -> Json:
        """Have a login code sent to a mobile."""
        return self._post("/api/login/sms", {"mobile": mobile})

    def log_in(self, mobile: str, code: str, *, agree: bool = True) -> Json:
        """Log in; the session is kept in the client's cookies.

        agree: accept the terms of service and the privacy policy as they are now (`agree`), where it is new.
        """
        me = self._post("/api/login", {"mobile": mobile, "code": code})
        if agree:
            self.agree()
        return me

    def log_out(self) -> None:
        """End the session."""
        self._post("/api/logout", {})

    def me(self) -> Json:
        """Who is logged in, and his companies."""
        return self._get("/api/me")

    def ask_login_code(self) -> Json:
        """A QR code to log this client in by a phone: `url` (token in the fragment), `digits`."""
        return self._post("/api/login/scan", {})

    def login_standing(self) -> Json:
        """How the login of this client stands: `state` is `confirmed` once it can enter."""
        return self._get("/api/login/scan")

    def enter_scanned(self) -> Json:
        """Take the session that a phone confirmed."""
        return self._post("/api/login/scan/enter", {})

    def claim_login(self, token: str) -> Json:
        """On the phone: claim a scanned login."""
        return self._post("/api/logins/claim", {"token": token})

    def scanned_login(self, scan: str) -> Json:
        """On the phone: the claimed login again."""
        return self._get(f"/api/logins/{scan}")

    def confirm_login(self, scan: str, digits: str, intent: str) -> None:
        """On the phone: let the other browser in, by the digits it shows; intent: of the claim."""
        self._post(f"/api/logins/{scan}/confirm", {"digits": digits, "intent": intent})

    def cancel_login(self, scan: str) -> None:
        """On the phone: refuse."""
        self._post(f"/api/logins/{scan}/cancel", {})

    def begin_wechat(self) -> Json:
        """Begin to log in by WeChat: `url` is where the browser goes."""
        return self._post("/api/login/wechat", {})

    def enter_wechat(self, code: str, state: str) -> Json:
        """Come back from WeChat: `bound` says whether that was the login already."""
        return self._post("/api/login/wechat/enter", {"code": code, "state": state})

    def bind_wechat(self, mobile: str, code: str) -> Json:
        """Bind the WeChat account that came back to a mobile, by the code sent there, and log in."""
        return self._post("/api/login/wechat/bind", {"mobile": mobile, "code": code})

    def passkeys(self) -> Json:
        """The person's passkeys; `rp_id`, `origin`: where they work."""
        return self._get("/api/passkeys")

    def send_first_code(self) -> Json:
        """Have a code sent to one's own mobile, before the first passkey."""
        return self._post("/api/passkeys/first/code", {})

    def prove_first(self, code: str) -> None:
        """Prove by that code who is here."""
        self._post("/api/passkeys/first", {"code": code})

    def begin_passkey(self) -> Json:
        """Begin to add a passkey: `public_key`, for an authenticator."""
        return self._post("/api/passkeys/options", {})

    def add_passkey(self, name: str, made: Json) -> Json:
        """Add the passkey that an authenticator made: `id`, `client_data`, `attestation`."""
        return self._post("/api/passkeys", {"name": name, **made})

    def begin_proof(self) -> Json:
        """Begin to prove who is here: `public_key`, for an authenticator."""
        return self._post("/api/passkeys/proof/options", {})

    def prove(self, answer: Json) -> None:
        """Prove it by `id`, `client_data`, `authenticator_data`, `signature`."""
        self._post("/api/passkeys/proof", answer)

    def remove_passkey(self, passkey: str) -> None:
        """Remove a passkey; prove first."""
        self._read(self.http.delete(f"/api/passkeys/{passkey}"))

    def begin_factor(self) -> Json:
        """After a login that answered `login.factor_needed`: `public_key`, for an authenticator."""
        return self._post("/api/login/factor/options", {})

    def enter_factor(self, answer: Json) -> Json:
        """Answer with a passkey and log in."""
        return self._post("/api/login/factor", answer)

    def begin_lost(self, way: str = "face") -> Json:
        """After `login.factor_needed`, with all passkeys lost: `url` is the identity check's page."""
        return self._post("/api/login/factor/lost", {"way": way})

    def enter_lost(self) -> Json:
        """Come in by that check; all passkeys are removed."""
        return self._post("/api/login/factor/lost/enter", {})

    def sessions(self) -> list[Json]:
        """Where this person is logged in, this session first."""
        return self._get("/api/sessions")  # type: ignore[return-value]

    def end_session(self, session: str) -> None:
        """Log out one of the sessions."""
        self._read(self.http.delete(f"/api/sessions/{session}"))

    def end_sessions(self) -> None:
        """Log out everywhere."""
        self._read(self.http.delete("/api/sessions"))

    def push_key(self) -> str:
        """Whose messages a browser has to take (`applicationServerKey`)."""
        return str(self._get("/api/push")["key"])

    def sign_page(self, url: str) -> Json | None:
        """The signature by which a page of the site uses WeChat's own functions; None where it does not."""
        return self._get(f"/api/push/wechat-page{_query(url=url)}")["signature"]  # type: ignore[no-any-return]

    def subscribe(self, endpoint: str, p256dh: str, auth: str) -> None:
        """Be told at once at a push service's address, in messages for these keys (base64url)."""
        body = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}
        self._read(self.http.post("/api/push/subscriptions", json=body))

    def unsubscribe(self, endpoint: str) -> None:
        """Be told there no longer."""
        self._read(self.http.post("/api/push/end", json={"endpoint": endpoint}))

    # ---------------------------------------------------------------- company

    def apply(self, form: Json) -> Json:
        """Apply to register a company; `request_id` is added if the form has none."""
        return self._post("/api/applications", {"request_id": str(uuid.uuid4()), **form})

    def application(self, application: str) -> Json:
        """How an application stands."""
        return self._get(f"/api/applications/{application}")

    def company(self, company: str) -> Json:
        """A company, its licence and seals."""
        return self._get(f"/api/companies/{company}")

    def present(self, company: str) -> Json:
        """Present the licence: URL and picture of a QR code."""
        return self._post(f"/api/companies/{company}/presentations", {})

    def members(self, company: str) -> Json:
        """The people of a company: `members`, `managers_left`."""
        return self._get(f"/api/companies/{company}/members")

    def invite(self, company: str, role: str, name: str, id_number: str, mobile: str, **scope: Any) -> Json:
        """Invite a `manager` or an `agent`; `matters` and `days` of an agent as in the API."""
        who = {"role": role, "name": name, "id_number": id_number, "mobile": mobile, **scope}
        return self._post(f"/api/companies/{company}/invitations", who)

    def accept_invitation(self, member: str) -> Json:
        """Accept an invitation."""
        return self._post(f"/api/members/{member}/accept", {})

    def decline_invitation(self, member: str) -> None:
        """Decline an invitation."""
        self._post(f"/api/members/{member}/decline", {})

    def remove_member(self, member: str) -> None:
        """Remove a member, or leave."""
        self._post(f"/api/members/{member}/remove", {})

    def grant(self, seal: str, member: str, pin: str, role: str = "user", **scope: Any) -> Json:
        """Grant a seal to a member: drafted and confirmed, this device being enrolled; scope as in the API.

        `kinds`, `amount`, `counterparties`, `uses`, `days`.
        """
        return self.confirm_grant(self.draft_grant(seal, member, role, **scope), pin)

    def draft_grant(self, seal: str, member: str, role: str = "user", **scope: Any) -> Json:
        """Draft a grant: what is to be confirmed."""
        return self._post(f"/api/seals/{seal}/grants", {"member": member, "role": role, **scope})

    def send_grant_code(self, grant: str) -> Json:
        """Have a code sent to the grantor's mobile, to confirm this draft without an enrolled device."""
        return self._post(f"/api/grants/{grant}/code", {})

    def confirm_grant(self, draft: Json, pin: str, *, code: str | None = None) -> Json:
        """Confirm a draft; this device signs what it said. code: of the text message, in its place."""
        proof = self.signature(self.grant_values(draft)) if code is None else {"code": code}
        return self._post(f"/api/grants/{draft['grant']['id']}/confirm", {"pin": pin, **proof})

    @staticmethod
    def grant_values(draft: Json) -> dict[str, str]:
        """What a device signs to confirm a drafted grant, besides its own id."""
        grant, scope = draft["grant"], draft["grant"]["scope"]
        kinds, parties = (
            json.dumps(scope[name], ensure_ascii=False, separators=(",", ":"))
            for name in ("kinds", "counterparties")
        )
        return {
            "purpose": "grant",
            "grant": grant["id"],
            "seal": grant["seal_id"],
            "member": draft["member"],
            "identity": draft["identity"],
            "role": grant["role"],
            "kinds": kinds,
            "amount": scope["amount"] or "",
            "counterparties": parties,
            "uses": "" if scope["uses"] is None else str(scope["uses"]),
            "ends": grant["ends_at"][:19],
            "expires": draft["expires_at"][:19],
        }

    def grants(self, company: str) -> list[Json]:
        """The grants of a company that this person sees."""
        return list(self._get(f"/api/companies/{company}/grants")["grants"])

    def granted(self, grant: str) -> Json:
        """A grant to oneself, or of a seal that one may grant."""
        return self._get(f"/api/grants/{grant}")

    def begin_joining(self, grant: str, way: str = "face") -> Json:
        """Begin the identity check for a grant: `url` is its page; way: face, bank or counter."""
        return self._post(f"/api/grants/{grant}/checks", {"way": way})

    def join(self, grant: str, pin: str, *, code: str | None = None) -> Json:
        """Collect a granted seal with one's own PIN, and enrol this device; code: in its place."""
        said: Json = {"code": code}
        if code is None:
            view = self.granted(grant)
            signed = {
                "purpose": "join",
                "grant": grant,
                "seal": view["seal_id"],
                "check": view["check"] or "",
            }
            said = self.device.possession(signed)
        return self._post(f"/api/grants/{grant}/pin", {"pin": pin, **said})

    def send_join_code(self, grant: str) -> Json:
        """Have a code sent, to collect a granted seal without a device."""
        return self._post(f"/api/grants/{grant}/pin/code", {})

    def revoke(self, grant: str) -> None:
        """Revoke a grant, or give it back."""
        self._post(f"/api/grants/{grant}/revoke", {})

    def approval_rule(self, seal: str) -> Json:
        """The approval rule of a seal, and who could be named in it: `candidates`."""
        return self._get(f"/api/seals/{seal}/approval-rule")

    def set_approval_rule(self, seal: str, pin: str, approvers: list[str], **rule: Any) -> Json:
        """Draft and confirm an approval rule, this device being enrolled; `amount`, `kinds`, `four_eyes`.

        approvers: ids of members, or `representative`; none for no approval.
        """
        return self.confirm_rule(self.draft_rule(seal, approvers, **rule), pin)

    def draft_rule(self, seal: str, approvers: list[str], **rule: Any) -> Json:
        """Draft an approval rule: what is to be confirmed."""
        return self._post(f"/api/seals/{seal}/approval-rules", {"approvers": approvers, **rule})

    def send_rule_code(self, rule: str) -> Json:
        """Have a code sent to the representative's mobile, to confirm this draft."""
        return self._post(f"/api/approval-rules/{rule}/code", {})

    def confirm_rule(self, draft: Json, pin: str, *, code: str | None = None) -> Json:
        """Confirm a draft; this device signs what it said. code: of the text message, in its place."""
        proof = self.signature(self.rule_values(draft)) if code is None else {"code": code}
        return self._post(f"/api/approval-rules/{draft['id']}/confirm", {"pin": pin, **proof})

    @staticmethod
    def rule_values(draft: Json) -> dict[str, str]:
        """What a device signs to confirm a drafted approval rule, besides its own id."""
        rule = draft["rule"]
        named = [f"{each['id']}:{each['identity']}" for each in rule["approvers"]]
        kinds, approvers = (
            json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in (rule["kinds"], named)
        )
        return {
            "purpose": "rule",
            "rule": draft["id"],
            "seal": rule["seal_id"],
            "version": str(rule["version"]),
            "amount": rule["amount"] or "",
            "kinds": kinds,
            "approvers": approvers,
            "four_eyes": "yes" if rule["four_eyes"] else "no",
            "expires": draft["expires_at"][:19],
        }

    def approve(self, signing: str, pin: str, *, code: str | None = None) -> Json:
        """Approve a signing; this device signs what it says. code: of the text message, in its place."""
        proof = self.signature(self.approve_values(self.signing(signing))) if code is None else {"code": code}
        return self._post(f"/api/signings/{signing}/approve", {"pin": pin, **proof})

    def send_approval_code(self, signing: str) -> Json:
        """Have a code sent to the approver's mobile, to approve without an enrolled device."""
        return self._post(f"/api/signings/{signing}/approve/code", {})

    @staticmethod
    def approve_values(signing: Json) -> dict[str, str]:
        """What an approver's device signs, besides its own id."""
        return {
            "purpose": "approve",
            "signing": signing["id"],
            "document": signing["approval"]["sha256"],
            "seal": signing["seal"]["id"],
            "place": signing["approval"]["place"],
            "kind": signing["document_kind"],
            "amount": signing["amount"] or "",
            "counterparty": signing["counterparty"],
        }

    def refuse_approval(self, signing: str, reason: str) -> Json:
        """Refuse to approve a signing; it ends."""
        return self._post(f"/api/signings/{signing}/refuse", {"reason": reason})

    def open_approver_code(self, signing: str) -> Json:
        """A fresh code that leads an approver to a signing: `url`, `qr_svg`."""
        return self._post(f"/api/signings/{signing}/approver-code", {})

    def claim_approval(self, token: str) -> Json:
        """The signing that a scanned approver's code leads to."""
        return self._post("/api/approvals/claim", {"token": token})

    def begin_collection(self, company: str, way: str = "face") -> Json:
        """Begin to collect the seals; `check_url` is the identity check's page; way: as in `begin_check`."""
        return self._post(f"/api/companies/{company}/collections", {"way": way})

    def collection(self, collection: str) -> Json:
        """How a collection stands."""
        return self._get(f"/api/collections/{collection}")

    def set_pin(self, collection: str, pin: str, *, code: str | None = None) -> Json:
        """Set the PIN and enrol this device, which signs; returns when the keys are made.

        code: of the text message, in its place.
        """
        said: Json = {"code": code}
        if code is None:
            said = self.device.possession(self.collect_values(self.collection(collection)))
        return self._post(f"/api/collections/{collection}/pin", {"pin": pin, **said})

    @staticmethod
    def collect_values(collection: Json) -> dict[str, str]:
        """What a device signs to collect, besides its own key."""
        seals = ",".join(collection["seals"])
        return {
            "purpose": "collect",
            "collection": collection["id"],
            "company": collection["company_id"],
            "seals": seals,
        }

    def send_collection_code(self, collection: str) -> Json:
        """Have a code sent, to collect without a device."""
        return self._post(f"/api/collections/{collection}/pin/code", {})

    def devices(self) -> list[Json]:
        """The devices that may confirm for this person."""
        return self._get("/api/devices")  # type: ignore[return-value]

    def enrol_device(self, check: str, pin: str) -> Json:
        """Enrol this device by a passed check and the PIN."""
        said = self.device.possession({"purpose": "device", "check": check})
        return self._post("/api/devices", {"check": check, "pin": pin, **said})

    def remove_device(self, device: str) -> None:
        """Remove a device; it confirms nothing from now on."""
        self._read(self.http.delete(f"/api/devices/{device}"))

    def imprint(self, seal: str, form: str = "svg", dpi: int = 300) -> bytes:
        """An imprint as `svg` or `png`, with 「仅供预览」 across it: a picture is not a seal."""
        return self._bytes(f"/api/seals/{seal}/imprint.{form}", {"dpi": dpi} if form == "png" else None)

    def export_seal(self, seal: str) -> Json:
        """Ask for a collected seal's SESeal, which its company sees: `download_url`, for two minutes."""
        return self._post(f"/api/seals/{seal}/exports/esl", {})

    def seal_structure(self, seal: str) -> bytes:
        """A collected seal's SESeal (GB/T 38540, DER)."""
        return self._fetched(self.export_seal(seal))

    def add_seal(self, company: str, kind: str, **fields: Any) -> Json:
        """Make one more seal; `unit`, `person_name`, `foreign_text`, `translation`, `photo` as in the API."""
        wanted = {"request_id": str(uuid.uuid4()), "kind": kind, **fields}
        return self._post(f"/api/companies/{company}/seals", wanted)

    def preview_seal(self, company: str, kind: str, **fields: Any) -> Json:
        """See a seal before it is made: `svg`, watermarked."""
        return self._post(f"/api/companies/{company}/seal-previews", {"kind": kind, **fields})

    def freeze(self, seal: str) -> Json:
        """Suspend a seal, in the instant."""
        return self._post(f"/api/seals/{seal}/freeze", {})

    def draft_change(self, seal: str, change: str, ask: str | None = None) -> Json:
        """Draft a change of a seal: resume, renew, cancel, loss, damage; what it would end.

        ask: the member's request that it carries out.
        """
        return self._post(f"/api/seals/{seal}/changes", {"change": change, "ask": ask})

    def send_change_code(self, change: str) -> Json:
        """Have a code sent to the representative's mobile, to confirm this draft."""
        return self._post(f"/api/seal-changes/{change}/code", {})

    def confirm_change(self, draft: Json, pin: str, *, code: str | None = None) -> Json:
        """Confirm a draft; this device signs what it said. code: of the text message, in its place."""
        proof = self.signature(self.change_values(draft)) if code is None else {"code": code}
        return self._post(f"/api/seal-changes/{draft['id']}/confirm", {"pin": pin, **proof})

    @staticmethod
    def change_values(draft: Json) -> dict[str, str]:
        """What a device signs to confirm a drafted change of a seal, besides its own id."""
        return {
            "purpose": "seal_change",
            "id": draft["id"],
            "seal": draft["seal_id"],
            "change": draft["change"],
            "found": draft["found"],
            "generation": str(draft["generation"]),
            "ask": draft["ask"],
            "letter": draft["letter"],
            "expires": draft["expires_at"][:19],
        }

    def pin(self) -> Json:
        """How this person's PIN stands."""
        return self._get("/api/me/pin")

    def change_pin(self, old: str, new: str, *, code: str | None = None) -> Json:
        """Change the PIN; this device signs, if it is enrolled; code: of the text message, in its place."""
        proof: Json = {"code": code}
        if code is None:
            view = self.pin()
            values = {
                "purpose": "change_pin",
                "holder": self.me()["id"],
                "since": (view["set_at"] or "")[:19],
                "expires": view["sign_until"][:19],
            }
            proof = {**self.signature(values), "expires": values["expires"]}
        return self._post("/api/me/pin", {"old_pin": old, "pin": new, **proof})

    def send_pin_code(self) -> Json:
        """Have a code sent, to change the PIN without an enrolled device."""
        return self._post("/api/me/pin/code", {})

    def begin_check(self, purpose: str, subject: str | None = None, way: str = "face") -> Json:
        """Begin an identity check to `unlock`, `unfreeze` (subject: the seal), `reset`, or for a `device`.

        way: face, bank or counter; `url` is its page.
        """
        said = {"purpose": purpose, "subject": subject, "way": way}
        return self._post("/api/identity-checks", said)

    def identity_check(self, check: str) -> Json:
        """How an identity check stands; `url` is its page while it is pending."""
        return self._get(f"/api/identity-checks/{check}")

    def use_check(self, check: str) -> Json:
        """Do what a passed check was for."""
        return self._post(f"/api/identity-checks/{check}/use", {})

    def take_photo(self, company: str, name: str, data: bytes, kind: str, width_mm: str = "") -> Json:
        """Take an imprint of a kind out of a photo of a stamped sheet; width_mm: as measured, or ""."""
        files, fields = {"file": (name, data)}, {"kind": kind, "width_mm": width_mm}
        return self._read(self.http.post(f"/api/companies/{company}/photos", data=fields, files=files))

    def scan_photo(self, name: str, data: bytes) -> list[str]:
        """What the QR codes in a photo say."""
        texts: list[str] = self._read(self.http.post("/api/scan/photo", files={"file": (name, data)}))[
            "texts"
        ]
        return texts

    def photo(self, photo: str) -> Json:
        """What was taken out of a photo."""
        return self._get(f"/api/photos/{photo}")

    def photo_imprint(self, photo: str) -> bytes:
        """The same as a watermarked PNG."""
        return self._bytes(f"/api/photos/{photo}/imprint.png")

    # ---------------------------------------------------------------- documents and signings

    def upload(
        self,
        name: str,
        data: bytes,
        *,
        company: str | None = None,
        remove_active: bool = False,
        lift_restrictions: bool = False,
        photo: bool = False,
    ) -> Json:
        """Upload a PDF, or a photo of one. remove_active, lift_restrictions: what its owner agreed to."""
        said = {"remove_active": remove_active, "lift_restrictions": lift_restrictions, "photo": photo}
        fields = {what: "1" if yes else "0" for what, yes in said.items()}
        if company is not None:
            fields["company_id"] = company
        files = {"file": (name, data, "application/pdf")}
        return self._read(self.http.post("/api/documents", data=fields, files=files))

    def document(self, document: str) -> Json:
        """A document."""
        return self._get(f"/api/documents/{document}")

    def delete_document(self, document: str) -> None:
        """Delete a document that was never sealed, for good."""
        self._post(f"/api/documents/{document}/deletion", {})

    def request_signing(self, document: str, seal: str, *, agreed: bool = True, **place: Any) -> Json:
        """Ask for a seal on a document; `page`, `x_mm`, `y_mm`, `also`, `others`, `known`, `field`: see API.

        agreed: that the parties agreed to use electronic signatures, declared where several seal.
        """
        ask = {"request_id": str(uuid.uuid4()), "document_id": document, "seal_id": seal, "agreed": agreed}
        return self._post("/api/signings", {**ask, **place})

    def signing(self, signing: str) -> Json:
        """How a signing stands."""
        return self._get(f"/api/signings/{signing}")

    def open_challenge(self, signing: str) -> Json:
        """A fresh QR code: `url` (token in the fragment), `short_code`, `digits`."""
        return self._post(f"/api/signings/{signing}/challenge", {})

    def open_here(self, signing: str) -> Json:
        """Begin to confirm in this very session."""
        return self._claimed(self._post(f"/api/signings/{signing}/challenge/here", {}))

    def claim(self, *, token: str | None = None, short_code: str | None = None) -> Json:
        """Claim a challenge by the scanned token or the typed short code."""
        return self._claimed(self._post("/api/challenges/claim", {"token": token, "short_code": short_code}))

    def challenge(self, challenge: str) -> Json:
        """A challenge that this client holds, as it stands."""
        return self._get(f"/api/challenges/{challenge}")

    def send_confirm_code(self, challenge: str) -> Json:
        """Have a code sent to the holder's mobile, to confirm this challenge without an enrolled device."""
        return self._post(f"/api/challenges/{challenge}/code", {})

    def confirm(
        self,
        challenge: str,
        pin: str,
        digits: str | None = None,
        intent: str | None = None,
        *,
        code: str | None = None,
    ) -> Json:
        """Confirm with the PIN; returns once the sealer has confirmed. intent: of the claim looked at.

        This device signs what the claim said, if it is enrolled; code: of the text message, in its place.
        """
        proof = self.signed(challenge) if code is None else {"code": code}
        said = {"pin": pin, "digits": digits, "intent": intent, **proof}
        return self._post(f"/api/challenges/{challenge}/confirm", said)

    def signed(self, challenge: str) -> Json:
        """`device` and `signature` for a claimed challenge; empty where this device is not enrolled."""
        return self.signature(self.confirm_values(self._claims.get(challenge) or self.challenge(challenge)))

    def signature(self, values: dict[str, str]) -> Json:
        """`device` and `signature` over what is confirmed; empty where this device is not enrolled."""
        own = self.device.public_key
        if own not in self._device_ids:
            self._device_ids |= {one["public_key"]: one["id"] for one in self.devices()}
        if own not in self._device_ids:
            return {}
        device = self._device_ids[own]
        return {"device": device, "signature": self.device.sign({**values, "device": device})}

    @staticmethod
    def confirm_values(claim: Json) -> dict[str, str]:
        """What a device signs to confirm a claim, besides its own id."""
        signing = claim["signing"]
        return {
            "purpose": "confirm",
            "challenge": claim["id"],
            "intent": claim["intent"],
            "signing": signing["id"],
            "seal": signing["seal"]["id"],
            "sha256": signing["digest_sha256"],
            "sm3": signing["digest_sm3"],
            "expires": claim["expires_at"][:19],
        }

    def _claimed(self, claim: Json) -> Json:
        self._claims[claim["id"]] = claim
        return claim

    def reject(self, challenge: str, reason: str) -> Json:
        """Reject with a reason."""
        return self._post(f"/api/challenges/{challenge}/reject", {"reason": reason})

    def cancel(self, signing: str) -> Json:
        """Cancel a waiting signing."""
        return self._post(f"/api/signings/{signing}/cancel", {})

    def export_signing(self, signing: str, form: str) -> Json:
        """Ask for `pdf`, `ses`, `report` or `evidence`; its company sees it. `download_url`: two minutes."""
        return self._post(f"/api/signings/{signing}/exports/{form}", {})

    def signed_file(self, signing: str) -> bytes:
        """The signed PDF."""
        return self._fetched(self.export_signing(signing, "pdf"))

    def evidence(self, signing: str) -> bytes:
        """The evidence package (zip), which anybody checks by its README."""
        return self._fetched(self.export_signing(signing, "evidence"))

    def evidence_report(self, signing: str) -> bytes:
        """The evidence report (PDF), set now and sealed by the platform."""
        return self._fetched(self.export_signing(signing, "report"))

    def ses_signature(self, signing: str) -> bytes:
        """The SES_Signature (GB/T 38540, DER) kept beside the signed PDF."""
        return self._fetched(self.export_signing(signing, "ses"))

    def ledger(
        self, company: str, part: str | None = None, before: str | None = None, **filters: str
    ) -> Json:
        """The ledger of a company's seals: how they were used, or (`acts`) kept."""
        return self._get(f"/api/companies/{company}/ledger{_query(part=part, before=before, **filters)}")

    def export_ledger(self, company: str, form: str, **filters: str) -> bytes:
        """The ledger as a spreadsheet (`xlsx`) or as a paper sealed by the platform (`pdf`)."""
        return self._fetched(self._post(f"/api/companies/{company}/ledger/exports/{form}", filters))

    def follow(self, signing: str) -> Iterator[Json]:
        """The signing's states as they come (server-sent events), until it ends."""
        with self.http.stream("GET", f"/api/signings/{signing}/events") as response:
            if response.status_code != 200:
                response.read()
                self._read(response)
            for line in response.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    # ---------------------------------------------------------------- thread, verification

    def thread(self, before: str | None = None, company: str | None = None) -> Json:
        """The newest cards of the conversation; company: of its thread alone."""
        return self._get(f"/api/thread{_query(before=before, company=company)}")

    def threads(self) -> list[Json]:
        """The companies whose threads one has."""
        found: list[Json] = self._get("/api/thread/companies")["threads"]
        return found

    def search(self, words: str, before: str | None = None, company: str | None = None) -> Json:
        """Cards of the conversation that hold all the words, newest first."""
        return self._get(f"/api/thread/search{_query(q=words, before=before, company=company)}")

    def say(self, text: str, company: str | None = None) -> Json:
        """Type into the conversation; company: in its thread."""
        return self._post("/api/thread/messages", {"text": text, "company": company})

    def look_at_photo(self, name: str, data: bytes) -> Json:
        """What a photo shows; it is not kept."""
        return self._read(self.http.post("/api/photos/look", files={"file": (name, data)}))

    def verify(self, name: str, data: bytes) -> Json:
        """Validate a file."""
        return self._read(self.http.post("/api/verify", files={"file": (name, data, "application/pdf")}))

    def verify_seal(self, name: str, data: bytes, document: bytes | None = None) -> Json:
        """Verify a seal (.esl), or a signature (.ses) with the document it is of."""
        files = {"file": (name, data, "application/octet-stream")}
        if document is not None:
            files["document"] = ("document", document, "application/octet-stream")
        return self._read(self.http.post("/api/verify-seal", files=files))

    def record(self, code: str) -> Json:
        """What a verification code stands for."""
        return self._get(f"/api/codes/{code}")

    def match(self, code: str, sha256: str) -> Json:
        """Compare a whole-file hash with the record of a code."""
        return self._post(f"/api/codes/{code}/match", {"sha256": sha256})

    def open_printed(self, code: str, access: str) -> Json:
        """Open a printed document's pages to this client by the access code on it."""
        return self._post(f"/api/codes/{code}/printed", {"access": access})

    def switch_printed(self, document: str, *, on: bool) -> Json:
        """Close the pages of one's own document to who holds the paper, or open them again."""
        return self._post(f"/api/documents/{document}/printed", {"on": on})

    def roots(self, before: int | None = None) -> Json:
        """The newest daily roots, or those before a number."""
        return self._get(f"/api/roots?before={before}" if before is not None else "/api/roots")

    def root(self, number: int) -> Json:
        """One daily root."""
        return self._get(f"/api/roots/{number}")

    # ---------------------------------------------------------------- closing the account

    def account_closing(self) -> Json:
        """What stands against closing the account."""
        return self._get("/api/account/closing")

    def send_closing_code(self) -> Json:
        """Have the code sent that closing takes."""
        return self._post("/api/account/closing/code", {})

    def close_account(self, code: str) -> None:
        """Close it, for good."""
        self._post("/api/account/closing", {"code": code})

    # ---------------------------------------------------------------- waiting, plumbing

    @staticmethod
    def until(ask: Callable[[], Json], *states: str, timeout_s: float = TIMEOUT_S) -> Json:
        """Ask again until `state` is one of these; raises TimeoutError with the last answer."""
        end = time.monotonic() + timeout_s
        while True:
            answer = ask()
            if answer["state"] in states:
                return answer
            if time.monotonic() >= end:
                raise TimeoutError(f"still {answer['state']}, not {' or '.join(states)}")
            time.sleep(POLL_S)

    def _get(self, path: str) -> Json:
        return self._read(self.http.get(path))

    def _post(self, path: str, body: Json) -> Json:
        return self._read(self.http.post(path, json=body))

    def _bytes(self, path: str, params: dict[str, Any] | None = None) -> bytes:
        response = self.http.get(path, params=params)
        if response.status_code != 200:
            self._read(response)
        return response.content

    def _fetched(self, made: Json) -> bytes:
        return self._bytes(str(made["download_url"]))

    @staticmethod
    def _read(response: httpx.Response) -> Json:
        if response.status_code == 204:
            return {}
        try:
            body = response.json()
        except ValueError:
            body = {"error": {"code": f"http.{response.status_code}", "en": response.text[:200]}}
        if response.status_code >= 400:
            raise ApiError(response.status_code, body.get("error") or {})
        return body  # type: ignore[no-any-return]
