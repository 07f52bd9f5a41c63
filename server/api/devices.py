"""The devices that may confirm: list them, enrol this one by a passed identity check, remove one."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from auth import sessions
from seals import devices, enrolling
from seals.devices import DeviceView
from seals.enrolling import NewDevice
from server.api.cookies import cookie, keep_session
from server.api.operation import Body, Id, answer_json, it, operation, session
from server.context import now

__all__ = ["devices_api"]

devices_api = Blueprint("devices", url_prefix="/api")


class Enrolment(Body):
    """The passed identity check, the new device's public key (P-256, uncompressed point, base64), the PIN.

    signature: by the key over `purpose` device, `check` and `key`.
    """

    check: Id
    device_key: str
    signature: str = ""
    pin: str


@operation(devices_api, "GET", "/devices", "My devices that may confirm", answer=tuple[DeviceView, ...])
async def my_devices(request: Request) -> tuple[DeviceView, ...]:
    return await devices.listed(session(request).person_id)


@operation(
    devices_api, "POST", "/devices", "Enrol a further device", answer=DeviceView, body=Enrolment, status=201
)
async def enrol_device(request: Request, body: Enrolment) -> HTTPResponse:
    asking = session(request)
    said = NewDevice(body.check, body.device_key, body.signature, body.pin)
    made = await enrolling.enrol(said, asking, now(), it(request).desk)
    response = answer_json(DeviceView, made, 201)
    # From here on this session may seal: a token that was seen before must not.
    keep_session(request, response, await sessions.rotate(asking), cookie(request, "device"))
    return response


@operation(devices_api, "DELETE", "/devices/<device:str>", "Remove one of my devices, at once", status=204)
async def remove_device(request: Request, device: str) -> HTTPResponse:
    await devices.remove(device, session(request), now())
    return HTTPResponse(status=204)
