"""Pictures, sounds and films: what is found, what is refused, what stands in the field."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import os
import re
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import BinaryIO

import pytest

from ankify.media import collect as media
from ankify.media import sources as finder
from ankify.media.collect import Collected, MediaOptions, collect_media, place
from ankify.media.svg import UnsafeSvg, clean_svg
from ankify.model import Content, Reference

PNG = b"\x89PNG\r\n\x1a\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'


def write(root: Path, *names: str, data: bytes | None = None) -> None:
    """Write a small picture under each name, each with other bytes unless `data` is given."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(PNG + name.encode() if data is None else data)


def collect(root: Path, *sources: str, file: str = "a/note.md", **options: object) -> Collected:
    references = tuple(Reference(src, line) for line, src in enumerate(sources, 1))
    content = Content("", "", "", references)
    return collect_media([(file, content)], root, MediaOptions(**options))


def rules(collected: Collected) -> list[str]:
    return [problem.rule for problem in collected.problems]


def shown(collected: Collected, src: str, file: str = "a/note.md", tag: str = "img") -> str:
    return place(f'<{tag} src="{escape(src)}" alt="x">', file, collected)


# Names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("a/images/ControlNet.PNG", "controlnet"),
        ("a/images/ACE概览.png", "ace"),
        ("a/images/图1.png", "1"),
        ("a/images/概览.png", "image"),
        ("a/images/Café au lait (2).png", "cafe-au-lait-2"),
        ("a/images/_latex.png", "latex"),
        ("a/images/50%25.png", "50-25"),
        ("a/images/" + "long " * 30 + ".png", "long-long-long-long-long-long-long-long"),
    ],
)
def test_a_name_is_flat_ascii_and_carries_a_hash_of_the_bytes(
    tmp_path: Path, path: str, stem: str
) -> None:
    write(tmp_path, path)
    collected = collect(tmp_path, path.removeprefix("a/"))
    digest = hashlib.sha256((tmp_path / path).read_bytes()).hexdigest()
    assert [item.name for item in collected.media] == [f"{stem}-{digest[:12]}.png"]
    assert collected.problems == ()


def test_other_bytes_under_the_same_name_make_another_name(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", data=PNG + b"1")
    before = collect(tmp_path, "x.png").media
    write(tmp_path, "a/x.png", data=PNG + b"2")
    assert collect(tmp_path, "x.png").media[0].name != before[0].name


def test_the_same_name_in_two_folders_is_two_files(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", "b/x.png")
    collected = collect(tmp_path, "x.png", "../b/x.png")
    assert len({item.name for item in collected.media}) == 2
    assert shown(collected, "x.png") != shown(collected, "../b/x.png")


def test_the_same_bytes_ship_once(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", "a/y.png", data=PNG)
    collected = collect(tmp_path, "x.png", "y.png", "./x.png")
    assert [item.name[:2] for item in collected.media] == ["x-"]
    assert shown(collected, "x.png") == shown(collected, "y.png") == shown(collected, "./x.png")


def test_where_the_notes_lie_changes_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, "a/x.png")
    one, two = (collect(tmp_path / name, "x.png", "gone.png") for name in ("one", "two"))
    assert one.placements == two.placements
    assert one.problems == two.problems


# Paths -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "src"),
    [
        ("a/images/x.png", "images/x.png"),
        ("a/images/x.png", "./images/x.png"),
        ("a/images/x.png", "images\\x.png"),
        ("a/images/x.png", "/a/images/x.png"),
        ("a/images/x.png", "images/x.png?raw=true"),
        ("a/images/x.png", "images/x.png#gh-dark-mode-only"),
        ("top.png", "../top.png"),
        ("a/my pic.png", "my pic.png"),
        ("a/my pic.png", "my%20pic.png"),
        ("a/概览.png", "%E6%A6%82%E8%A7%88.png"),
        ("a/50%25.png", "50%25.png"),
        ("a/c#.png", "c#.png"),
        ("a/c#.png", "c%23.png"),
        ("a/caf\u00e9.png", "cafe\u0301.png"),
        ("a/cafe\u0301.png", "caf\u00e9.png"),
    ],
)
def test_a_picture_is_found(tmp_path: Path, path: str, src: str) -> None:
    write(tmp_path, path)
    collected = collect(tmp_path, src)
    assert collected.problems == ()
    assert [item.path for item in collected.media] == [tmp_path / path]
    assert shown(collected, src) == f'<img src="{collected.media[0].name}" alt="x">'


def test_a_picture_of_other_case_is_shown_and_reported(tmp_path: Path) -> None:
    write(tmp_path, "a/Images/X.PNG")
    collected = collect(tmp_path, "images/x.png")
    assert len(collected.media) == 1
    assert rules(collected) == ["image-case"]


@pytest.mark.parametrize(
    "src",
    [
        "../../secret.png",
        "..\\..\\secret.png",
        "%2e%2e/%2e%2e/secret.png",
        "/../secret.png",
        "C:\\secret.png",
        "c:/secret.png",
        "\\\\server\\share\\secret.png",
        "file:///secret.png",
        "FILE:/secret.png",
        "link.png",
        "folder/secret.png",
    ],
)
def test_a_picture_outside_of_the_notes_is_refused(tmp_path: Path, src: str) -> None:
    write(tmp_path, "secret.png")
    notes = tmp_path / "notes"
    (notes / "a").mkdir(parents=True)
    (notes / "a/link.png").symlink_to(tmp_path / "secret.png")
    (notes / "a/folder").symlink_to(tmp_path)
    collected = collect(notes, src)
    assert collected.media == ()
    assert rules(collected) == ["image-outside"]
    assert shown(collected, src).startswith('<span class="ankify-missing">')


def test_an_absolute_path_starts_at_the_notes_folder(tmp_path: Path) -> None:
    write(tmp_path, "secret.png")
    (tmp_path / "notes").mkdir()
    collected = collect(tmp_path / "notes", str(tmp_path / "secret.png"))
    assert collected.media == ()
    assert rules(collected) == ["missing-image"]


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png")
    (tmp_path / "a/link.png").symlink_to("x.png")
    assert collect(tmp_path, "link.png").problems == ()


# What is missing ---------------------------------------------------------------------------------


def test_a_missing_picture_is_named_on_the_card_and_hinted_at(tmp_path: Path) -> None:
    write(tmp_path, "a/images/ACE概览.png")
    collected = collect(tmp_path, "images/ace.png")
    assert str(collected.problems[0]) == (
        "a/note.md:1: warning: image not found: images/ace.png [missing-image]\n"
        "  hint: did you mean images/ACE概览.png?"
    )
    assert (
        place('<p><img src="images/ace.png" alt="a &gt; b"></p>', "a/note.md", collected)
        == '<p><span class="ankify-missing">image not found: images/ace.png (a &gt; b)</span></p>'
    )


@pytest.mark.parametrize(
    "name", ["images", "no.png", "x.png/y.png", "a\0b.png", "x" * 300 + ".png"]
)
def test_what_is_no_file_is_missing(tmp_path: Path, name: str) -> None:
    write(tmp_path, "a/images/x.png")
    assert rules(collect(tmp_path, name)) == ["missing-image"]


def test_a_picture_that_changes_while_it_is_read_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/x.png")
    real = finder._sha256

    def slow(stream: BinaryIO) -> tuple[str, int]:
        with (tmp_path / "a/x.png").open("ab") as other:
            other.write(b"more")
        return real(stream)

    monkeypatch.setattr(finder, "_sha256", slow)
    (problem,) = collect(tmp_path, "x.png").problems
    assert (problem.rule, problem.hint) == ("broken-image", None)
    assert problem.message == "image cannot be read: x.png: it changed while it was read"


def test_a_picture_that_cannot_be_opened_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    write(tmp_path, "a/x.png")
    monkeypatch.setattr("ankify.media.sources.open_file", refuse)
    collected = collect(tmp_path, "x.png")
    assert [problem.message for problem in collected.problems] == [
        "image cannot be read: x.png: Permission denied"
    ]
    assert ">image cannot be read: x.png (x)<" in shown(collected, "x.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a/x.png")
    assert rules(collect(tmp_path, "x.png")) == ["missing-image"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "LFS"),
        (b"<!DOCTYPE html><html></html>", "web page"),
    ],
)
def test_what_is_surely_no_picture_does_not_ship(tmp_path: Path, data: bytes, word: str) -> None:
    write(tmp_path, "a/x.png", data=data)
    collected = collect(tmp_path, "x.png")
    assert collected.media == ()
    assert word in collected.problems[0].message


def test_a_file_of_another_kind_does_not_ship(tmp_path: Path) -> None:
    write(tmp_path, "a/passwords.txt", "a/key", data=b"secret")
    assert collect(tmp_path, "passwords.txt", "key").media == ()


def test_the_bytes_name_the_format_where_the_suffix_does_not(tmp_path: Path) -> None:
    write(tmp_path, "a/x", "a/y.svg", data=PNG)
    write(tmp_path, "a/z.png", data=SVG)
    collected = collect(tmp_path, "x", "y.svg", "z.png")
    assert sorted(item.name[-4:] for item in collected.media) == [".png", ".svg"]


def test_a_large_picture_ships_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", data=PNG + bytes(finder.LARGE))
    collected = collect(tmp_path, "x.png")
    assert len(collected.media) == 1
    assert rules(collected) == ["large-image"]


# Reading less ------------------------------------------------------------------------------------


def test_an_unchanged_picture_is_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/x.png")
    content = Content("", "", "", (Reference("x.png", 1),))
    digests: dict[str, str] = {}
    first = collect_media([("a/note.md", content)], tmp_path, digests=digests)
    monkeypatch.setattr(finder, "_sha256", None)
    assert collect_media([("a/note.md", content)], tmp_path, digests=digests) == first
    assert str(tmp_path) not in "".join(digests)


def test_a_picture_that_changed_is_hashed_again(tmp_path: Path) -> None:
    content = Content("", "", "", (Reference("x.png", 1),))
    digests: dict[str, str] = {}
    names = set()
    for byte in (b"1", b"2"):
        write(tmp_path, "a/x.png", data=PNG + byte)
        collected = collect_media([("a/note.md", content)], tmp_path, digests=digests)
        names.add(collected.media[0].name)
    assert len(names) == 2


# Placing -----------------------------------------------------------------------------------------


def test_a_source_that_was_not_collected_stays(tmp_path: Path) -> None:
    text = '<p><img src="other.png"> &lt;img src="x.png"&gt;</p>'
    write(tmp_path, "a/x.png")
    assert place(text, "a/note.md", collect(tmp_path, "x.png")) == text


def test_an_image_with_a_bracket_in_its_alt_text_is_placed_whole(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png")
    collected = collect(tmp_path, "x.png")
    name = collected.media[0].name
    assert (
        place('<img src="x.png" alt="a > b" width="30">', "a/note.md", collected)
        == f'<img src="{name}" alt="a > b" width="30">'
    )


@pytest.mark.parametrize(
    "text",
    [
        '<img src="x.mp3" alt="">',
        '<audio src="x.mp3" controls=""></audio>',
        '<audio src="x.mp3"><a href="x.mp3">load</a></audio>',
        '<audio controls=""><source src="x.mp3" type="audio/mpeg"></audio>',
    ],
)
def test_a_sound_becomes_ankis_own_mark(tmp_path: Path, text: str) -> None:
    write(tmp_path, "a/x.mp3", data=b"ID3")
    collected = collect(tmp_path, "x.mp3")
    name = collected.media[0].name
    assert re.fullmatch(r"x-[0-9a-f]{12}\.mp3", name)
    assert place(f"<p>{text}</p>", "a/note.md", collected) == f"<p>[sound:{name}]</p>"


def test_a_film_keeps_its_element(tmp_path: Path) -> None:
    write(tmp_path, "a/x.mp4", data=b"\0\0\0\x18ftypmp42")
    collected = collect(tmp_path, "x.mp4")
    name = collected.media[0].name
    video = '<video src="{}" controls=""></video>'
    assert place(video.format("x.mp4"), "a/note.md", collected) == video.format(name)
    assert shown(collected, "x.mp4").startswith(f'<video src="{name}" controls=""')


@pytest.mark.parametrize(
    "text", ['<video src="x.mp4">no</video>', '<audio><source src="x.mp4"></audio>']
)
def test_a_missing_film_leaves_no_player_behind(tmp_path: Path, text: str) -> None:
    collected = collect(tmp_path, "x.mp4")
    assert (
        place(text, "a/note.md", collected)
        == '<span class="ankify-missing">image not found: x.mp4</span>'
    )


# Pictures in the text, SVG -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("src", "data", "suffix"),
    [
        ("data:image/png;base64," + base64.b64encode(PNG).decode(), PNG, ".png"),
        ("data:image/png;charset=x;base64," + base64.b64encode(PNG).decode()[:-1], PNG, ".png"),
        ("data:image/svg+xml;utf8," + SVG.decode(), SVG, ".svg"),
        ("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E", None, ".svg"),
    ],
)
def test_a_data_uri_becomes_a_file(
    tmp_path: Path, src: str, data: bytes | None, suffix: str
) -> None:
    collected = collect(tmp_path, src)
    assert collected.problems == ()
    [item] = collected.media
    assert item.name.startswith("image-")
    assert item.name.endswith(suffix)
    assert data in (None, item.data)


@pytest.mark.parametrize("src", ["data:text/html,<b>x</b>", "data:", "data:image/png;base64,!!a!!"])
def test_a_broken_data_uri_is_reported_in_short(tmp_path: Path, src: str) -> None:
    collected = collect(tmp_path, src + "A" * 5000)
    assert collected.media == ()
    assert rules(collected) == ["broken-image"]
    assert len(str(collected.problems[0])) < 200
    assert len(shown(collected, src + "A" * 5000)) < 200


@pytest.mark.parametrize(
    "text",
    [
        '<rect fill="url(#a)" onload=""/>'.replace(' onload=""', ""),
        '<g style="fill:red"><path d="M0 0"/></g><style>rect{fill:url(#a)}</style>',
        '<image href="data:image/png;base64,iVBORw0KGgo="/><use href="#a"/><!-- x -->',
        '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">x</div></foreignObject>',
        '<metadata><x:y xmlns:x="http://example.org/" x:z="http://a.b">z</x:y></metadata>',
        '<switch><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"/></switch>',
    ],
)
def test_a_harmless_svg_ships_byte_for_byte(text: str) -> None:
    data = f'<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg">{text}</svg>'.encode()
    assert clean_svg(data) is data


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)"/>',
        '<rect ONLOAD="alert(1)"/>',
        '<a href="javascript:alert(1)"><rect/></a>',
        '<a xlink:href="https://evil.example/"><rect/></a>',
        '<image href="https://evil.example/x.png"/>',
        '<image href="data:image/svg+xml;base64,alert"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<rect fill="url(https://evil.example/x)"/>',
        "<rect fill=\"url('https://evil.example/x')\"/>",
        '<rect style="fill: u\\72l(https://evil.example/x)"/>',
        "<style>@import url(https://evil.example/x.css); rect { fill: red }</style>",
        "<style>rect { fill: url( 'https://evil.example/x' ) }</style>",
        '<set attributeName="xlink:href" to="javascript:alert(1)"/>',
        '<animate attributeName="onload" to="alert(1)"/>',
        '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example"/>'
        "</foreignObject>",
        '<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="evil.png"/></foreignObject>',
        '<handler type="application/javascript">alert(1)</handler>',
        '<g xml:base="https://evil.example/"/>',
        '<a href="#a" ping="https://evil.example/"/><image longdesc="//evil.example/" href="#a"/>',
        '<math xmlns="http://www.w3.org/1998/Math/MathML" altimg=" http://evil.example/x.png"/>',
        '<set attributeName=" href " to="https://evil.example/"/>',
        '<set attributeName="src" to="https://evil.example/"/>',
        "<style>@\\69mport '//evil.example/x.css'; rect{fill:\\75 rl(//evil.example)}</style>",
        '<?xml-stylesheet href="https://evil.example/x.css"?>',
    ],
)
def test_an_svg_loses_what_runs_or_fetches(text: str) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    clean = clean_svg(f'{head}<rect id="kept"/>{text}after</svg>'.encode()).decode()
    assert 'id="kept"' in clean
    assert "after" in clean
    assert not re.search("evil|alert|javascript|script", clean)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg",
        b"",
        b"\0",
        b"<svg/>",
        b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
        *(
            f'<?xml version="1.0" encoding="{name}"?>{SVG.decode()}'.encode()
            for name in ("nobodys", "rot13", "idna", "utf-7", "shift_jis")
        ),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
)
def test_an_svg_with_entities_or_no_svg_is_refused(data: bytes) -> None:
    with pytest.raises(UnsafeSvg):
        clean_svg(data)


def test_a_deeply_nested_svg_that_needs_cleaning_is_refused() -> None:
    data = b'<svg xmlns="http://www.w3.org/2000/svg">%s<script/>%s</svg>'
    nested = data % (b"<g>" * 20_000, b"</g>" * 20_000)
    with pytest.raises(UnsafeSvg):
        clean_svg(nested)


def test_an_svg_of_more_elements_than_a_phone_can_draw_is_refused_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = b'<svg xmlns="http://www.w3.org/2000/svg">'
    monkeypatch.setattr("ankify.media.svg.MOST_PARTS", 10)
    assert clean_svg(head + b'<g id="a"/>' * 4 + b"</svg>")
    write(tmp_path, "a/x.svg", data=head + b'<g id="a"/>' * 5 + b"</svg>")
    collected = collect(tmp_path, "x.svg")
    assert not collected.media
    [problem] = collected.problems
    assert "image refused: x.svg: it has more than 10 elements" in problem.message
    assert "save it as PNG" in problem.message


def test_a_cleaned_svg_ships_from_memory(tmp_path: Path) -> None:
    write(tmp_path, "a/x.svg", data=SVG.replace(b"<rect", b"<script/><rect"))
    [item] = collect(tmp_path, "x.svg").media
    assert item.path is None
    assert b"script" not in item.data
    write(tmp_path, "a/x.svg", data=SVG)
    assert collect(tmp_path, "x.svg").media[0].path == tmp_path / "a/x.svg"


# Remote pictures ---------------------------------------------------------------------------------


@contextmanager
def server(**answers: tuple[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server of pictures on this machine: its address, and a list of what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            kind, body = answers.get(self.path.strip("/"), ("", b""))
            elsewhere = kind.partition(":")[1]
            self.send_response(302 if elsewhere else 200 if kind else 404)
            self.send_header("Location" if elsewhere else "Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


@pytest.mark.parametrize("src", ["https://example.org/x.png", "//example.org/x.png"])
def test_a_remote_picture_stays_a_link(tmp_path: Path, src: str) -> None:
    collected = collect(tmp_path, src)
    assert collected.media == ()
    assert rules(collected) == ["remote-image"]
    assert shown(collected, src) == '<img src="https://example.org/x.png" alt="x">'


@pytest.mark.parametrize(("alt", "said"), [(' alt=""', "URL"), ("", "URL"), (' alt="x"', "x")])
def test_a_remote_picture_without_words_says_its_address(
    tmp_path: Path, alt: str, said: str
) -> None:
    url = "https://example.org/x.png?a=1&amp;b"
    collected = collect(tmp_path, url.replace("&amp;", "&"))
    found = place(f'<img src="{url}"{alt}>', "a/note.md", collected)
    assert found == f'<img src="{url}" alt="{said.replace("URL", url)}">'


def test_the_address_of_a_page_about_a_picture_becomes_the_picture(tmp_path: Path) -> None:
    src = "https://github.com/me/notes/blob/main/a/blob/x.png"
    raw = "https://github.com/me/notes/raw/main/a/blob/x.png"
    assert shown(collect(tmp_path, src), src) == f'<img src="{raw}" alt="x">'


def test_where_cards_are_as_on_github_no_address_describes_a_picture(tmp_path: Path) -> None:
    src = "https://example.org/a.png"
    collected = collect(tmp_path, src)
    bare = f'<img src="{src}" alt="">'
    assert place(bare, "a/note.md", collected) != bare
    assert place(bare, "a/note.md", replace(collected, as_on_github=True)) == bare


@pytest.mark.parametrize(
    ("src", "tag"),
    [
        ("https://example.org/a.mp3", "audio"),
        ("https://example.org/a.MP4?v=2#t=1", "video"),
        ("https://example.org/a.png", "img"),
        ("https://example.org/mp3", "img"),
    ],
)
def test_a_remote_sound_is_played_by_its_address(tmp_path: Path, src: str, tag: str) -> None:
    assert shown(collect(tmp_path, src), src).startswith(f'<{tag} src="{src}"')


def test_fetch_brings_remote_pictures_once(tmp_path: Path) -> None:
    with server(x=("image/png", PNG), y=("image/svg+xml", SVG)) as (url, asked):
        options = {"fetch": True, "cache": tmp_path / "cache"}
        first = collect(tmp_path, f"{url}/x", f"{url}/y", **options)
        assert first.problems == ()
        assert sorted(item.name[-4:] for item in first.media) == [".png", ".svg"]
        assert collect(tmp_path, f"{url}/x", f"{url}/y", **options) == first
        assert sorted(asked) == ["/x", "/y"]
        assert first.media[0].name in shown(first, f"{url}/x")


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(PNG), Path.unlink])
def test_a_kept_download_that_is_damaged_is_fetched_again(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    with server(x=("image/png", PNG + b"x")) as (url, asked):
        options = {"fetch": True, "cache": tmp_path / "cache"}
        first = collect(tmp_path, f"{url}/x", **options)
        damage(next((tmp_path / "cache").iterdir()))
        assert collect(tmp_path, f"{url}/x", **options) == first
        assert collect(tmp_path, f"{url}/x", **options) == first
    assert asked == ["/x", "/x"]


def test_a_download_that_cannot_be_kept_ships(tmp_path: Path) -> None:
    write(tmp_path, "file")
    with server(x=("image/png", PNG)) as (url, _):
        collected = collect(tmp_path, f"{url}/x", fetch=True, cache=tmp_path / "file" / "cache")
    assert (len(collected.media), collected.problems) == (1, ())


def test_a_server_that_sends_drop_by_drop_is_left(
    drop_by_drop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "LONGEST", 0.3)
    with pytest.raises(ValueError, match=r"more than 0\.3 seconds"):
        finder._get(drop_by_drop, time.monotonic() + 60)


def test_no_download_begins_after_all_have_taken_too_long() -> None:
    with pytest.raises(ValueError, match="the downloads before it"):
        finder._get("http://127.0.0.1:1/x.png", time.monotonic() - 1)


def test_a_server_sends_on_to_pictures_of_the_web_only(tmp_path: Path) -> None:
    write(tmp_path, "secret.png", data=PNG)
    with server(x=("image/png", PNG)) as (there, _), ftp_server() as (ftp, connected):
        targets = {"web": f"{there}/x", "file": (tmp_path / "secret.png").as_uri(), "ftp": ftp}
        targets["data"] = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
        with server(**{name: (target, b"") for name, target in targets.items()}) as (url, _):
            sources = [f"{url}/{name}" for name in targets]
            collected = collect(tmp_path, *sources, fetch=True)
    assert [rules(collected), len(collected.media)] == [["remote-image"] * 3, 1]
    assert all("could not be fetched" in problem.message for problem in collected.problems)
    assert connected == []


@contextmanager
def ftp_server() -> Iterator[tuple[str, list[str]]]:
    """A port that waits for a client of FTP: its address, and a list of who came."""
    came: list[str] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            came.append("a client")

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"ftp://127.0.0.1:{running.server_address[1]}/x.png", came
        running.shutdown()


def test_downloads_have_a_size_in_all_after_which_no_more_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "MOST", 0)
    pictures = {f"x{n}": ("image/png", PNG + bytes(n)) for n in range(20)}
    with server(**pictures) as (url, asked):
        collected = collect(tmp_path, *(f"{url}/{name}" for name in pictures), fetch=True)
    left = [problem for problem in collected.problems if "those before it" in problem.message]
    assert len(asked) == len(collected.media) == 20 - len(left)
    assert len(asked) <= 8


def test_a_failed_download_stays_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "LIMIT", 1000)
    page = ("text/html", b"<html></html>")
    large = ("image/png", PNG + bytes(2000))
    lie = ("image/png", b"<html></html>")
    with server(page=page, large=large, lie=lie) as (url, _):
        names = ["page", "large", "lie", "gone"]
        sources = [f"{url}/{name}" for name in names] + ["http://127.0.0.1:1/x.png", "http://["]
        collected = collect(tmp_path, *sources, fetch=True, cache=tmp_path / "cache")
    assert collected.media == ()
    assert rules(collected) == ["remote-image"] * 6
    assert {problem.hint for problem in collected.problems} == {"keep it beside the notes"}
    assert not list((tmp_path).glob("cache/*"))
    assert shown(collected, f"{url}/gone") == f'<img src="{url}/gone" alt="x">'


# Smaller copies ----------------------------------------------------------------------------------


def picture(size: tuple[int, int], kind: str, **options: object) -> bytes:
    """A picture with some noise, so that a smaller one has fewer bytes."""
    image = pytest.importorskip("PIL.Image")
    noise = b"".join(hashlib.sha256(bytes([i % 251, i // 251])).digest() for i in range(3000))
    wanted = size[0] * size[1] * 3
    pixels = image.frombytes("RGB", size, (noise * (wanted // len(noise) + 1))[:wanted])
    out = io.BytesIO()
    pixels.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_wide_picture_ships_as_a_smaller_copy(tmp_path: Path, kind: str) -> None:
    image = pytest.importorskip("PIL.Image")
    write(tmp_path, f"a/x.{kind.lower()}", data=picture((300, 200), kind))
    src = f"x.{kind.lower()}"
    first, second = (collect(tmp_path, src, max_width=150) for _ in range(2))
    [item] = first.media
    assert image.open(io.BytesIO(item.data)).size == (150, 100)
    assert first == second
    assert first.saved == (tmp_path / "a" / src).stat().st_size - item.size > 0
    assert item.name != collect(tmp_path, src).media[0].name


def test_a_photo_is_as_wide_as_it_is_shown(tmp_path: Path) -> None:
    """A camera that was held upright writes that down, and the picture as if it was not."""
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6  # turn right
    write(tmp_path, "a/upright.jpg", data=picture((300, 200), "JPEG", exif=exif))
    write(tmp_path, "a/broad.jpg", data=picture((200, 300), "JPEG", exif=exif))
    upright, broad = (collect(tmp_path, f"{it}.jpg", max_width=250) for it in ("upright", "broad"))
    assert upright.media[0].path == tmp_path / "a" / "upright.jpg"
    assert image.open(io.BytesIO(broad.media[0].data)).size == (250, 167)


def test_a_picture_that_takes_without_an_end_ships_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("PIL.Image")
    monkeypatch.setattr(media, "_LONGEST", 0.01)
    write(tmp_path, "a/x.jpg", data=b"\xff\xd8" + b"\xff" * 3_000_000)
    collected = collect(tmp_path, "x.jpg", max_width=100)
    assert [item.path for item in collected.media] == [tmp_path / "a/x.jpg"]
    [problem] = collected.problems
    assert problem.message.endswith("ships as it is: x.jpg: it takes more than 0.01 seconds")


def test_only_pictures_are_opened_to_be_scaled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow knows 40 formats, and hands PostScript to Ghostscript, whatever a file is called."""
    plugin = pytest.importorskip("PIL.EpsImagePlugin")
    monkeypatch.setattr(plugin, "Ghostscript", lambda *_, **__: pytest.fail("it was started"))
    write(tmp_path, "a/x.png", data=b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 500 500\n%%EOF\n")
    collected = collect(tmp_path, "x.png", max_width=100)
    assert any("cannot be made smaller" in problem.message for problem in collected.problems)


def test_a_picture_of_very_many_pixels_ships_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/x.png", data=picture((300, 200), "PNG"))
    monkeypatch.setattr(media, "_MOST_PIXELS", 59_999)
    options = {"max_width": 100, "cache": tmp_path / "cache"}
    for _ in range(2):  # the second time from the cache
        collected = collect(tmp_path, "x.png", **options)
        assert [problem.message for problem in collected.problems] == [
            "image cannot be made smaller, and ships as it is: x.png: it has 300 x 200 pixels"
        ]
        assert collected.media[0].path == tmp_path / "a" / "x.png"


@pytest.mark.parametrize(
    "entry", [(0x011A, b"abc\0", 2, 4), (0x8825, b"\0\0\0\1", 3, 2), (0x010E, b"\0\0\0\1", 11, 1)]
)
def test_a_picture_with_damaged_exif_is_a_problem_at_most(
    tmp_path: Path, entry: tuple[int, bytes, int, int]
) -> None:
    pytest.importorskip("PIL.Image")
    tag, value, kind, count = entry
    rows = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack(">HHI", tag, kind, count) + value
    exif = b"MM\0*" + struct.pack(">IH", 8, 2) + rows + bytes(68)
    write(tmp_path, "a/x.jpg", data=picture((300, 200), "JPEG", exif=b"Exif\0\0" + exif))
    assert len(collect(tmp_path, "x.jpg", max_width=100).media) == 1


def test_smaller_copies_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a/x.png", data=picture((300, 200), "PNG"))
    write(tmp_path, "a/y.png", data=picture((100, 200), "PNG"))
    options = {"max_width": 150, "cache": tmp_path / "cache"}
    first = collect(tmp_path, "x.png", "y.png", **options)
    monkeypatch.setattr(media, "_scaled", None)
    assert collect(tmp_path, "x.png", "y.png", **options) == first


def test_a_kept_copy_that_is_cut_short_is_made_again(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", data=picture((300, 200), "PNG"))
    options = {"max_width": 150, "cache": tmp_path / "cache"}
    first = collect(tmp_path, "x.png", **options)
    (kept,) = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-100])
    assert collect(tmp_path, "x.png", **options) == first
    assert kept.read_bytes() == whole


def test_a_smaller_copy_that_cannot_be_kept_ships(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", data=picture((300, 200), "PNG"))
    collected = collect(tmp_path, "x.png", max_width=150, cache=tmp_path / "a" / "x.png")
    assert collected == collect(tmp_path, "x.png", max_width=150)


def test_what_is_narrow_moves_or_is_broken_ships_as_it_is(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    frames = [image.new("RGB", (300, 200), colour) for colour in ("red", "blue")]
    for name in ("a/moves.gif", "a/moves.png", "a/moves.webp"):
        write(tmp_path, name)
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    write(tmp_path, "a/narrow.png", data=picture((100, 100), "PNG"))
    write(tmp_path, "a/broken.png")
    names = ["moves.gif", "moves.png", "moves.webp", "narrow.png", "broken.png"]
    collected = collect(tmp_path, *names, max_width=150)
    assert sorted(item.path.name for item in collected.media) == sorted(names)
    assert collected.saved == 0


def test_what_hides_a_drive_behind_percent_signs_is_outside(tmp_path: Path) -> None:
    assert rules(collect(tmp_path, "C%3A/a.png")) == ["image-outside"]


def test_avif_is_known_by_its_bytes(tmp_path: Path) -> None:
    write(tmp_path, "a/x.png", data=b"\0\0\0 ftypavif" + bytes(16))
    assert rules(collect(tmp_path, "x.png")) == []


def test_an_svg_that_is_too_large_to_be_checked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "LIMIT", 10)
    write(tmp_path, "a/x.svg", data=SVG)
    (problem,) = collect(tmp_path, "x.svg").problems
    assert problem.message == "image is too large to be checked: x.svg"


def test_an_svg_of_which_most_is_removed_is_read_in_one_pass() -> None:
    """Else these 60,000 elements, and the spaces, take minutes each."""
    head = b'<svg xmlns="http://www.w3.org/2000/svg">'
    cleaned = clean_svg(head + b"<q/>a" * 60_000 + b"</svg>")
    assert cleaned.count(b"a") == 60_000
    assert b"<q" not in cleaned
    clean_svg(head + b"<style>url('" + b" " * 100_000 + b"</style></svg>")


def test_the_text_after_a_removed_element_stays() -> None:
    before, after = b"<text>a<tspan>b</tspan>", b"c</text></svg>"
    head = b'<svg xmlns="http://www.w3.org/2000/svg">'
    cleaned = clean_svg(head + before + b"<script>x</script>" + after)
    assert b"<text>a<tspan>b</tspan>c</text>" in cleaned
