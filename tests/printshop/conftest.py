"""Print shops of all three kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from printshop.places import Access
from tests.printshop.shops import SftpShop, Shop, folder_shop, s3_server, s3_shop, sftp_server


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpShop]:
    with sftp_server(tmp_path / "sftp") as shop:
        yield shop


@pytest.fixture(scope="session")
def s3() -> Iterator[Access]:
    with s3_server() as access:
        yield access


@pytest.fixture(params=["folder", "sftp", "s3"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    if request.param == "folder":
        return folder_shop(tmp_path / "shop")
    if request.param == "sftp":
        server: SftpShop = request.getfixturevalue("sftp")
        return folder_shop(server.folder / "in", server.url, server.access)
    return s3_shop(request.getfixturevalue("s3"))
