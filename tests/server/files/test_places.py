"""A folder and a bucket keep bytes alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from crm_backend.database import new_id
from crm_backend.errors import NotFound, Unavailable
from server.files.places import CHUNK, Place, place_of
from server.settings import Settings
from tests.support.assistant import free_port


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an S3 service with the bucket `relais`."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "eu-west-3"}
    client = boto3.client("s3", endpoint_url=address, **keys)  # type: ignore[call-overload]
    client.create_bucket(Bucket="relais", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    yield address
    server.stop()


def at(address: str, tmp_path: Path) -> Place:
    return place_of(
        Settings(
            var=tmp_path,
            files_url="s3://relais/some/folder",
            files_endpoint=address,
            files_region="eu-west-3",
            files_access_key=SecretStr("key"),
            files_secret_key=SecretStr("secret"),
        )
    )


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return place_of(Settings(var=tmp_path))
    return at(request.getfixturevalue("bucket"), tmp_path)


async def test_what_is_put_is_got_whole_and_in_pieces(either: Place) -> None:
    file_id, content = new_id(), bytes(range(256)) * 2048 + b"end"
    await either.put(file_id, content)
    assert await either.get(file_id) == content
    pieces = [piece async for piece in either.stream(file_id, start=10, end=len(content))]
    assert len(pieces) == -(-(len(content) - 10) // CHUNK) and b"".join(pieces) == content[10:]
    await either.put(file_id, b"anew")
    assert await either.get(file_id) == b"anew"


async def test_what_is_not_there_is_not_found_and_can_be_deleted(either: Place) -> None:
    file_id = new_id()
    await either.put(file_id, b"words")
    await either.delete(file_id)
    await either.delete(file_id)
    with pytest.raises(NotFound):
        await either.get(file_id)
    with pytest.raises(NotFound):
        async for _ in either.stream(file_id, start=0, end=5):
            pass


async def test_a_check_finds_a_place_that_is_there_again_and_again(either: Place) -> None:
    await either.check()
    await either.check()


async def test_a_place_that_is_away_says_so(tmp_path: Path) -> None:
    away = at(f"http://127.0.0.1:{free_port()}", tmp_path)
    with pytest.raises(Unavailable):
        await away.check()
    with pytest.raises(Unavailable):
        await away.put(new_id(), b"words")
    with pytest.raises(Unavailable):
        await away.get(new_id())


async def test_a_full_disk_says_so(tmp_path: Path) -> None:
    place = place_of(Settings(var=tmp_path))
    kept = tmp_path / "files"
    kept.rmdir()
    kept.write_text("in the way")
    with pytest.raises(Unavailable):
        await place.put(new_id(), b"words")
    with pytest.raises(Unavailable):
        await place.check()


def test_what_the_folder_holds_is_its_owners_alone(tmp_path: Path) -> None:
    place_of(Settings(var=tmp_path))
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0
