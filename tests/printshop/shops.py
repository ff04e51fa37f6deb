"""Print shops to hand over to: a folder, a real SFTP server and a real S3 service on loopback."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from s3fs import S3FileSystem

from printshop.places import Access

PASSWORD = "a password that only tests use"
USER = "shop"


class Trouble:
    """What the SFTP server does wrong, if anything."""

    def __init__(self) -> None:
        self.cut_after: int | None = None
        """Bytes after which it hangs up in the middle of a file."""
        self.full_after: int | None = None
        self.written = 0
        self.connection: asyncssh.SSHServerConnection | None = None


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], folder: Path, trouble: Trouble) -> None:
        super().__init__(channel, chroot=str(folder).encode())
        self._trouble = trouble

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        trouble = self._trouble
        trouble.written += len(data)
        if trouble.cut_after is not None and trouble.written > trouble.cut_after:
            trouble.cut_after = None
            self.channel.get_connection().abort()
        if trouble.full_after is not None and trouble.written > trouble.full_after:
            raise asyncssh.sftp.SFTPFailure("No space left on device")
        return int(super().write(file_obj, offset, data))  # type: ignore[arg-type]


class _Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class SftpShop:
    """A server in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "root"
        (self.folder / "in").mkdir(parents=True)
        self.trouble = Trouble()
        self.key_file = folder / "client"
        ours, theirs = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
        ours.write_private_key(str(self.key_file))
        ours.write_public_key(str(folder / "authorized"))
        self._authorized = str(folder / "authorized")
        self.host_key = theirs
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self.start()
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {theirs.export_public_key().decode()}")

    @property
    def url(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}/in"

    @property
    def access(self) -> Access:
        return Access(password=PASSWORD, known_hosts=self.known_hosts)

    def start(self) -> None:
        self._server = self._wait(self._listen)
        self.port = self._server.get_port()

    def stop(self) -> None:
        async def stop() -> None:
            self._server.close()
            await self._server.wait_closed()

        self._wait(stop)

    def end(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=_Door,
            server_host_keys=[self.host_key],
            authorized_client_keys=self._authorized,
            sftp_factory=lambda channel: _Files(channel, self.folder, self.trouble),
        )

    def _wait(self, act: Callable[[], Any]) -> Any:
        done: Future[Any] = asyncio.run_coroutine_threadsafe(act(), self._loop)
        return done.result(20)


@dataclass
class Shop:
    """Any kind of print shop; what it has is looked at by other means than the place's own."""

    url: str
    access: Access
    has: Callable[[], dict[str, bytes]]
    put: Callable[[str, bytes], None]
    take: Callable[[str], None]


def folder_shop(folder: Path, url: str = "", access: Access = Access()) -> Shop:  # noqa: B008 (frozen)
    folder.mkdir(parents=True, exist_ok=True)

    def put(name: str, content: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return Shop(
        url or str(folder),
        access,
        lambda: {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()},
        put,
        lambda name: (folder / name).unlink(),
    )


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpShop]:
    folder.mkdir(parents=True, exist_ok=True)
    shop = SftpShop(folder)
    try:
        yield shop
    finally:
        shop.end()


@contextmanager
def s3_server() -> Iterator[Access]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Access(s3_key_id="testing", s3_secret="secret of tests", s3_endpoint=f"http://{host}:{port}", s3_region="eu-central-1")
    finally:
        server.stop()


def s3_shop(access: Access) -> Shop:
    bucket = f"bucket-{uuid.uuid4().hex}"
    files = S3FileSystem(
        key=access.s3_key_id,
        secret=access.s3_secret,
        endpoint_url=access.s3_endpoint,
        client_kwargs={"region_name": access.s3_region},
        use_listings_cache=False,
    )
    files.mkdir(bucket)
    root = f"{bucket}/in"
    return Shop(
        f"s3://{root}",
        access,
        lambda: {path.removeprefix(f"{root}/"): files.cat_file(path) for path in files.find(root, refresh=True)},
        lambda name, content: files.pipe_file(f"{root}/{name}", content),
        lambda name: files.rm_file(f"{root}/{name}"),
    )


__all__ = ["PASSWORD", "SftpShop", "Shop", "folder_shop", "s3_server", "s3_shop", "sftp_server"]
