"""The blob store on a local folder, by obstore; an S3-compatible store is the same port."""

from __future__ import annotations

import hashlib
from pathlib import Path

from obstore.store import LocalStore

from auth.errors import NotFound, Unavailable

__all__ = ["LocalBlobs"]


class LocalBlobs:
    """Content-addressed: a blob's name is the SHA-256 of its bytes, checked again when it is read."""

    def __init__(self, folder: Path) -> None:
        self._store = LocalStore(str(folder), mkdir=True)

    @staticmethod
    def _path(address: str) -> str:
        return f"{address[:2]}/{address}"

    async def put(self, data: bytes) -> str:
        """Store bytes whole or not at all; returns their address."""
        address = hashlib.sha256(data).hexdigest()
        await self._store.put_async(self._path(address), data)
        return address

    async def get(self, address: str) -> bytes:
        """Raises NotFound `blob.not_found`, Unavailable `blob.damaged`."""
        try:
            answer = await self._store.get_async(self._path(address))
            data = bytes(await answer.bytes_async())
        except FileNotFoundError:
            raise NotFound(
                "blob.not_found", "没有找到该文件内容。", "The file's content is not there."
            ) from None
        if hashlib.sha256(data).hexdigest() != address:
            raise Unavailable(
                "blob.damaged",
                "存储的文件已损坏，请联系管理员从备份恢复。",
                "The stored file is damaged; ask the operator to restore it from the backup.",
            )
        return data

    async def has(self, address: str) -> bool:
        """Whether they are there, whole or damaged."""
        try:
            await self._store.head_async(self._path(address))
        except FileNotFoundError:
            return False
        return True

    async def delete(self, address: str) -> bool:
        """Safe to repeat; whether there was anything."""
        try:
            await self._store.delete_async(self._path(address))
        except FileNotFoundError:
            return False
        return True
