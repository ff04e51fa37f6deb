"""How does a print run get into an S3 bucket, where nothing can be renamed and folders are only a way of speaking?"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError, PartialCredentialsError
from s3fs import S3FileSystem

from printshop.errors import NameTaken, PlaceRefuses, PlaceUnreachable
from printshop.places import CHUNK, Access

_PART = 8 << 20  # bytes of one part of a large upload; four are on their way at a time
_LATER = {errno.EBUSY, getattr(errno, "EREMOTEIO", errno.EIO)}  # as s3fs translates "slow down", "unavailable" and "internal error"


class S3Place:
    """A Place in a bucket of Amazon or of whoever speaks S3."""

    def __init__(self, bucket: str, prefix: str, access: Access) -> None:
        self._root = f"{bucket}/{prefix}".rstrip("/")
        self.url = f"s3://{self._root}"
        self._files = S3FileSystem(
            key=access.s3_key_id or None,
            secret=access.s3_secret or None,
            endpoint_url=access.s3_endpoint or None,
            client_kwargs={"region_name": access.s3_region} if access.s3_region else {},
            config_kwargs={"connect_timeout": 20, "read_timeout": 60, "retries": {"max_attempts": 2}},
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        self._files.retries = 2  # growing pauses are the flow's: what was sent stays

    def names(self, folder: str) -> list[str]:
        """What lies in a folder."""
        path = self._path(folder)
        with self._in_words():
            try:
                found = self._files.ls(path, detail=False, refresh=True)
            except FileNotFoundError:
                return []
        return sorted(name for one in found if (name := one.removeprefix(path).strip("/")))

    def has(self, path: str) -> bool:
        """Whether it is there."""
        with self._in_words():
            try:
                self._files.info(self._path(path), refresh=True)
            except FileNotFoundError:
                return False
        return True

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file's content."""
        with self._in_words(), self._files.open(self._path(path), "rb", block_size=CHUNK, cache_type="readahead") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def write(self, path: str, content: Path | bytes) -> None:
        """Write an object; a bucket shows it whole or not at all."""
        with self._in_words():
            try:
                if isinstance(content, bytes):
                    self._files.pipe_file(self._path(path), content)
                else:
                    self._files.put_file(str(content), self._path(path), chunksize=_PART, max_concurrency=4)
            except FileNotFoundError:
                raise PlaceRefuses(f"{self.url}: there is no such bucket. Make it, or correct the address.") from None

    def rename(self, path: str, new: str) -> None:
        """Copy within the bucket, on condition that nothing has that name, then delete; an object of up to 5 GB is copied whole or not at all."""
        if self.has(new):
            raise NameTaken(f"{self.url}/{new} is there already.")
        with self._in_words():
            try:
                self._copy(path, new, {"IfNoneMatch": "*"})
            except FileExistsError:
                raise NameTaken(f"{self.url}/{new} is there already.") from None
            except OSError as error:
                if error.errno != errno.ENOSYS:  # a server that knows no condition: whoever holds the print run's lease is alone here
                    raise
                self._copy(path, new, {})
        self.delete(path)

    def delete(self, path: str) -> None:
        """Delete an object."""
        with self._in_words():
            self._files.rm_file(self._path(path))

    def is_folder(self, path: str) -> bool:
        """Whether objects lie below, and none has the name itself."""
        with self._in_words():
            try:
                return bool(self._files.info(self._path(path), refresh=True)["type"] == "directory")
            except FileNotFoundError:
                return False

    def make_folder(self, folder: str) -> None:
        """A bucket has no folders."""

    def remove_folder(self, folder: str) -> None:
        """A bucket has no folders."""

    def close(self) -> None:
        """Each request is its own."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _path(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _copy(self, path: str, new: str, condition: dict[str, str]) -> None:
        """Within the service, as an upload of one part: its completion takes the condition where a plain copy mostly ignores it."""
        bucket, key, _ = self._files.split_path(self._path(path))
        target = {"Bucket": bucket, "Key": self._files.split_path(self._path(new))[1]}
        upload = target | {"UploadId": self._files.call_s3("create_multipart_upload", **target)["UploadId"]}
        try:
            part = self._files.call_s3("upload_part_copy", **upload, PartNumber=1, CopySource={"Bucket": bucket, "Key": key})
            parts = {"Parts": [{"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}]}
            self._files.call_s3("complete_multipart_upload", **upload, MultipartUpload=parts, **condition)
        except Exception:
            with suppress(OSError, BotoCoreError):  # what cannot be given up now is in nobody's way
                self._files.call_s3("abort_multipart_upload", **upload)
            raise

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, FileExistsError):
            raise
        except (PermissionError, NoCredentialsError, PartialCredentialsError, ParamValidationError) as error:
            raise PlaceRefuses(
                f"{self.url} does not let us list, read, write and delete there ({error}): look at POSTILLION_HANDOVER_S3_KEY_ID, "
                "POSTILLION_HANDOVER_S3_SECRET and the rights of that key."
            ) from None
        except (BotoCoreError, ClientError, ConnectionError, TimeoutError) as error:
            raise self._unreachable(error) from None
        except OSError as error:
            if error.errno in _LATER or error.errno is None:
                raise self._unreachable(error) from None
            raise PlaceRefuses(
                f"{self.url} refused ({error}): look at the address, POSTILLION_HANDOVER_S3_ENDPOINT and POSTILLION_HANDOVER_S3_REGION."
            ) from None

    def _unreachable(self, error: Exception) -> PlaceUnreachable:
        return PlaceUnreachable(f"{self.url} cannot be reached ({error}): it is tried again, and goes on where it stopped. If this stays, look at the address.")
