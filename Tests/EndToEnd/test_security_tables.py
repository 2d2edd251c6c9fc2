"""docs/security: what the tables name is there, each row says what it must, and the lists are complete."""

import json
import re
import subprocess

import pytest

from harness import ROOT

TABLES = ["asvs.md", "api-top-10.md"]
TESTS = [path for path in (ROOT / "Tests").rglob("*") if path.suffix in (".py", ".swift")]


def rows(text, columns):
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and not set(line) <= set("|- ") and cells[0] not in ("no.", "status", "risk"):
            found.append(cells)
    return found


def missing(text):
    """Of what a text names as `file::test` or `path`, what is not there."""
    gone = []
    for name in re.findall(r"`([^`\s]+)`", text):
        if "::" in name:
            file, test = name.split("::")
            files = [path.read_text() for path in TESTS if path.name == file]
            if not any(re.search(rf"(?:def|func) {re.escape(test)}\b", source) for source in files):
                gone.append(name)
        elif re.fullmatch(r"(docs|script|Sources|Tests|Benchmarks)/[\w./-]+|Package\.swift", name):
            if not (ROOT / name).exists():
                gone.append(name)
        elif re.fullmatch(r"\w+\.(py|swift)", name) and not any(path.name == name for path in TESTS):
            gone.append(name)
    return gone


def test_what_is_not_there_is_found():
    assert missing("`test_keys.py::test_abort_goes_back` and `docs/keys.md`") == []
    wrong = ["test_keys.py::test_nothing", "no_such.py::test_abort_goes_back", "docs/nothing.md", "script/nothing", "NoScripts.swift"]
    assert missing(" ".join(f"`{name}`" for name in wrong)) == wrong


@pytest.mark.parametrize("table", TABLES)
def test_every_test_and_page_that_is_named_exists(table):
    assert missing((ROOT / "docs/security" / table).read_text()) == []


def test_each_requirement_is_met_by_something_or_an_exception_in_words():
    text = (ROOT / "docs/security/asvs.md").read_text()
    found = rows(text, 5)
    numbers = [row[0] for row in found]
    assert len(numbers) == len(set(numbers)) > 180
    for number, level, asks, status, shown in found:
        assert level in "23" and len(asks) > 10, number
        assert status in ("met", "not met", "n/a"), number
        if status == "met":
            named = re.findall(r"`([^`]+)`", shown)
            assert named and shown == ", ".join(f"`{name}`" for name in named), f"{number}: tests and pages alone"
        else:
            assert len(re.sub(r"`[^`]*`", "", shown)) > 5, f"{number}: why"
    for level, least in (("2", 0.95), ("3", 0.8)):
        met = sum(row[1] == level and row[3] == "met" for row in found)
        applies = sum(row[1] == level and row[3] != "n/a" for row in found)
        assert f"level {level}: {met} of {applies} that apply" in text, "the sum at the top"
        assert met >= least * applies


def test_all_ten_risks_are_there():
    found = rows((ROOT / "docs/security/api-top-10.md").read_text(), 4)
    assert [row[0].split()[0] for row in found] == [f"API{number}" for number in range(1, 11)]
    for row in found:
        assert re.findall(r"`[^`]+::[^`]+`", row[2]), row[0]


def test_every_file_with_cryptography_is_on_the_list():
    text = (ROOT / "docs/security/inventory.md").read_text()
    users = {path.parent.relative_to(ROOT) for path in (ROOT / "Sources").rglob("*.swift")
             if re.search(r"^(?:\w+ )?import (?:Crypto|CryptoExtras|_CryptoExtras|CArgon2|NIOSSL)$", path.read_text(), re.M)}
    assert len(users) >= 5
    # Each folder that uses cryptography is named, by itself or by a part or a file of it; how it is used is the reviewer's business.
    unnamed = sorted(str(folder) for folder in users if not re.search(re.escape("/".join(folder.parts[:2])), text))
    assert unnamed == []


def test_the_list_of_parts_is_one():
    done = subprocess.run([ROOT / "script/sbom"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    bom = json.loads(done.stdout)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    references = [part["bom-ref"] for part in bom["components"]]
    assert len(references) == len(set(references)) and set(bom["dependencies"][0]["dependsOn"]) == set(references)
    names = {part["name"] for part in bom["components"]}
    pinned = set(re.findall(r'url: "[^"]*/([\w.-]+?)(?:\.git)?"', (ROOT / "Package.swift").read_text()))
    assert pinned and {name.lower() for name in pinned} <= names, "every package of the manifest"
    assert {"libargon2-1", "libsqlite3-0"} <= names
    for part in bom["components"]:
        assert part["type"] == "library" and part["purl"].startswith(("pkg:swift/", "pkg:deb/"))
