"""`emptychair redact` is a line filter."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from bot.cli.redact import BLOCK, command

AWS = b"AKIA" + b"Q3EGRV6NB7ZX4KPM"
KEY = [
    b"-----BEGIN RSA PRIVATE KEY-----",
    *[b"MIIEow+IBAAKCAQEAz4"] * 20,
    b"-----END RSA PRIVATE KEY-----",
]


def filtered(text: bytes) -> bytes:
    found = CliRunner().invoke(command, input=text)
    assert found.exit_code == 0, found.output
    return found.stdout_bytes


def test_as_many_lines_come_out_and_what_is_not_secret_in_a_line_stays() -> None:
    text = b"one\r\nkey: " + AWS + b" # mine\n\nlast without an end"
    assert (
        filtered(text) == b"one\r\nkey: [SECRET:aws-access-token#1] # mine\n\nlast without an end"
    )
    assert filtered(b"") == b""


def test_a_key_on_the_border_of_what_is_read_together_is_found() -> None:
    lines = [b"x"] * (BLOCK - 5) + KEY + [b"y"] * 10
    out = filtered(b"\n".join(lines)).split(b"\n")
    assert len(out) == len(lines)
    assert b"MII" not in b"".join(out)
    assert out[-10:] == [b"y"] * 10


def test_bytes_that_are_no_text_come_out_as_they_were() -> None:
    assert filtered(b"\xff\xfe a@b.example \x00\n") == b"\xff\xfe [E-MAIL#1] \x00\n"


def test_a_file_is_read_and_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"jo@acme.example\n")
    assert CliRunner().invoke(command, [str(file)]).stdout == "[E-MAIL#1]\n"
    missing = CliRunner().invoke(command, [str(tmp_path / "none")])
    assert missing.exit_code == 2
    assert "none" in missing.stderr
