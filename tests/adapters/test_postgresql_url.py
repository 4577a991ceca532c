"""URLs: every spelling is read, and no secret comes out."""

from __future__ import annotations

import pytest

from seeder.errors import UsageError
from seeder_postgresql.url import expand, mask, parameters, public_url, secrets


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("postgresql://u:p@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgres://u@h/d", "postgresql://u@h/d"),
        ("postgresql+psycopg://u:p@h/d?sslmode=require", "postgresql://u@h/d?sslmode=require"),
        ("postgresql://postgres:@/d?host=/tmp/s", "postgresql://postgres@/d?host=/tmp/s"),
        ("postgresql:///d?user=u&password=p", "postgresql:///d?user=u"),
        ("postgresql://u:${SECRET}@h/d", "postgresql://u:${SECRET}@h/d"),
        ("postgresql://u:a/b@h/d", "postgresql://u@h/d"),
        ("postgresql://u:a@b@h/d", "postgresql://u@h/d"),
        ("postgresql://h1:1,h2:2/d", "postgresql://h1:1,h2:2/d"),
        ("postgresql://", "postgresql://"),
    ],
)
def test_the_public_url_has_no_secret(url: str, public: str) -> None:
    assert public_url(url) == public


def test_parameters_of_a_socket() -> None:
    found = parameters("postgresql+psycopg://postgres:@/d?host=/tmp/s")
    assert found == {"user": "postgres", "dbname": "d", "host": "/tmp/s", "password": ""} or (
        found == {"user": "postgres", "dbname": "d", "host": "/tmp/s"}
    )


def test_a_variable_is_expanded_and_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_SECRET", "a@b/c:d%")
    url = "postgresql://u:${DB_SECRET}@h/d"
    assert parameters(url)["password"] == "a@b/c:d%"
    assert secrets(expand(url)) == ("a%40b%2Fc%3Ad%25", "a@b/c:d%")


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DB_SECRET", raising=False)
    with pytest.raises(UsageError, match="DB_SECRET"):
        parameters("postgresql://u:${DB_SECRET}@h/d")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hunter22@h:port/d",
        "postgresql://u:hunter22@x@h/d",
        "postgresql://u:hunter22/x@h/d",
        "postgresql://u:hunter22@h/d?nonsense=1",
        "postgresql://u:hunter22@[::1/d",
        "postgresql://u:hunter22%zz@h/d",
        "mysql://u:hunter22@h/d",
        "hunter22",
    ],
)
def test_a_malformed_url_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(UsageError) as failed:
        parameters(url)
    assert "hunter22" not in str(failed.value)


def test_mask_covers_longer_secrets_first() -> None:
    assert mask("x ab%40 y ab", ("ab%40", "ab")) == "x *** y ***"
