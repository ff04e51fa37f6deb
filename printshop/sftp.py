"""How does a print run get onto the print shop's SFTP server, and onto no other?"""

import posixpath
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import SplitResult, unquote

import asyncssh
from asyncssh import sftp
from fsspec.asyn import sync
from sshfs import SSHFileSystem

from printshop.errors import NameTaken, PlaceFull, PlaceRefuses, PlaceUnreachable, UnknownHost
from printshop.places import CHUNK, Access

_T = TypeVar("_T")
_GONE = (sftp.SFTPNoSuchFile, sftp.SFTPNoSuchPath)
_FORBIDDEN = (sftp.SFTPPermissionDenied, sftp.SFTPWriteProtect, sftp.SFTPOpUnsupported, *_GONE)
_SILENCE = 20  # seconds without a sign of life after which a line counts as cut; three questions go unanswered


class SftpPlace:
    """A Place on an SFTP server: sshfs makes the connection, asyncssh's own client does what sshfs lacks (fsync, renaming that refuses)."""

    def __init__(self, parts: SplitResult, access: Access) -> None:
        self._host, self._port = parts.hostname or "", parts.port or 22
        path = unquote(parts.path)
        self._folder = path.removeprefix("/~/").rstrip("/") or "." if path.startswith("/~/") else path.rstrip("/") or "/"
        self.url = parts.geturl().rstrip("/")
        self._files = self._connected(unquote(parts.username or ""), access)
        self._sftp = self._do(self._files.client.start_sftp_client)

    def names(self, folder: str) -> list[str]:
        """What lies in a folder."""
        try:
            return sorted(name for name in self._do(self._sftp.listdir, self._path(folder)) if name not in (".", ".."))
        except FileNotFoundError:
            return []

    def has(self, path: str) -> bool:
        """Whether it is there."""
        return bool(self._do(self._sftp.exists, self._path(path)))

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file's content."""
        file = self._do(self._sftp.open, self._path(path), "rb")
        try:
            while chunk := self._do(file.read, CHUNK):
                yield chunk
        finally:
            with suppress(PlaceUnreachable):
                self._do(file.close)

    def write(self, path: str, content: Path | bytes) -> None:
        """Write a file; on the server's disk where it can say so (fsync@openssh.com)."""
        try:
            self._do(self._write, self._path(path), content)
        except FileNotFoundError:
            raise PlaceRefuses(f"{self.url} has no folder for {path}: make it there, or correct the address.") from None

    def rename(self, path: str, new: str) -> None:
        """Give another name by the rename of the standard, which refuses to overwrite; posix-rename would not."""
        if not self._do(self._rename, self._path(path), self._path(new)):
            raise NameTaken(f"{self.url}/{new} is there already.")

    def delete(self, path: str) -> None:
        """Delete a file."""
        with suppress(FileNotFoundError):
            self._do(self._sftp.remove, self._path(path))

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder."""
        return bool(self._do(self._sftp.isdir, self._path(path)))

    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it."""
        if not self.has(folder):
            self._do(self._sftp.makedirs, self._path(folder), exist_ok=True)

    def remove_folder(self, folder: str) -> None:
        """Remove an empty folder."""
        if self.has(folder) and not self.names(folder):
            self._do(self._sftp.rmdir, self._path(folder))

    def close(self) -> None:
        """Hang up."""
        with suppress(PlaceUnreachable, PlaceRefuses):
            self._do(self._hang_up)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    async def _hang_up(self) -> None:
        self._sftp.exit()
        self._files.client.close()
        await self._files.client.wait_closed()

    def _path(self, path: str) -> str:
        return posixpath.join(self._folder, path) if path else self._folder

    async def _rename(self, path: str, new: str) -> bool:
        try:
            await self._sftp.rename(path, new)
        except (sftp.SFTPFailure, sftp.SFTPFileAlreadyExists):  # SFTP 3 has no word of its own for it
            if await self._sftp.exists(new):
                return False
            raise
        return True

    async def _write(self, path: str, content: Path | bytes) -> None:
        async with self._sftp.open(path, "wb") as file:
            if isinstance(content, bytes):
                await file.write(content)
            else:
                with content.open("rb") as source:
                    while chunk := source.read(CHUNK):
                        await file.write(chunk)
            with suppress(sftp.SFTPOpUnsupported):
                await file.fsync()

    def _do(self, act: Callable[..., Awaitable[_T]], *given: Any, **named: Any) -> _T:
        """Run an act in fsspec's own loop; its errors come out as ours, a missing file as FileNotFoundError."""
        with self._in_words():
            done: _T = sync(self._files.loop, act, *given, **named)
            return done

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except _GONE as error:
            raise FileNotFoundError(error.reason) from None
        except (sftp.SFTPNoSpaceOnFilesystem, sftp.SFTPQuotaExceeded) as error:
            raise PlaceFull(f"{self.url} has no room left ({error.reason}): ask the print shop to make some; then it goes on where it stopped.") from None
        except _FORBIDDEN as error:
            raise PlaceRefuses(f"{self.url} does not let us write or read there ({error.reason}): ask the print shop for the right folder.") from None
        except (asyncssh.Error, OSError) as error:  # SFTP 3 says "Failure" of whatever else is wrong, a full disk too
            if isinstance(error, FileNotFoundError):
                raise
            raise PlaceUnreachable(
                f"The line to {self.url} failed ({_said(error)}): it is tried again, and goes on where it stopped. If this stays, ask the print shop "
                "whether its server is up and has room."
            ) from None

    def _connected(self, user: str, access: Access) -> SSHFileSystem:
        known = access.known_hosts or Path.home() / ".ssh" / "known_hosts"
        if access.known_hosts and not access.known_hosts.is_file():
            raise UnknownHost(f"POSTILLION_HANDOVER_KNOWN_HOSTS names {access.known_hosts}, which is not there. {self._how_to_trust(known)}")
        options: dict[str, Any] = {"client_keys": [str(access.key_file)]} if access.key_file else {"client_keys": None} if access.password else {}
        if user:
            options["username"] = user
        try:
            return SSHFileSystem(
                self._host,
                port=self._port,
                password=access.password or None,
                known_hosts=str(known) if known.is_file() else b"",
                config=None,
                connect_timeout=_SILENCE,
                login_timeout=_SILENCE,
                keepalive_interval=_SILENCE / 4,
                keepalive_count_max=3,
                skip_instance_cache=True,  # a cached connection may be dead
                **options,
            )
        except asyncssh.HostKeyNotVerifiable:
            raise UnknownHost(self._how_to_trust(known)) from None
        except (PermissionError, asyncssh.PermissionDenied, asyncssh.KeyImportError, asyncssh.KeyEncryptionError, FileNotFoundError) as error:
            what = "the key file cannot be read" if isinstance(error, ValueError | FileNotFoundError) else "user, password or key is wrong"
            raise PlaceRefuses(
                f"{self.url} does not let us in: {what}. Look at POSTILLION_HANDOVER_PASSWORD and POSTILLION_HANDOVER_KEY_FILE, and ask the print shop."
            ) from None
        except (asyncssh.Error, OSError) as error:
            raise PlaceUnreachable(
                f"{self._host}, port {self._port}, cannot be reached ({_said(error)}): it is tried again. If this stays, look at the address "
                "and ask the print shop whether its server is up."
            ) from None

    def _how_to_trust(self, known: Path) -> str:
        """What somebody has to compare and to add; the server is asked for its key without telling it any secret."""
        from fsspec.asyn import get_loop

        try:
            key = sync(get_loop(), asyncssh.get_server_host_key, self._host, self._port, config=None)
        except (asyncssh.Error, OSError) as error:
            raise PlaceUnreachable(f"{self._host}, port {self._port}, cannot be reached ({_said(error)}): it is tried again.") from None
        name = self._host if self._port == 22 else f"[{self._host}]:{self._port}"
        line = f"{name} {key.export_public_key().decode().strip()}" if key else ""
        shown = f"It showed {key.get_fingerprint()}" if key else "It showed no key"
        return (
            f"{name} is not known, nothing was sent. {shown}: ask the print shop, by telephone, whether that is its fingerprint. If so, add this line to "
            f"{known} (POSTILLION_HANDOVER_KNOWN_HOSTS): {line}"
        )


def _said(error: Exception) -> str:
    return str(getattr(error, "reason", "") or error or type(error).__name__)
