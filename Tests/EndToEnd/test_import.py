"""`signalist import previous --dry-run` on exports with known answers, where those are at hand, and on small ones of our own."""

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from harness import ROOT, binary

SAMPLES = Path(os.environ.get("SIGNALIST_PREVIOUS_EXPORT") or ROOT.parent / "shared/data/previous-export")


def run(folder, *arguments, code=0):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SIGNALIST_")}
    done = subprocess.run([binary(), "import", "previous", str(folder), *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120,
                          cwd=folder.parent)
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the previous system's sample export is not here")
@pytest.mark.parametrize("form", ["canonical.jsonl", "relaxed.jsonl", "bson"])
def test_sample_export_agrees_with_its_answers(tmp_path, form):
    answers = json.loads((SAMPLES / "answers.json").read_text())
    folder = tmp_path / "export"
    folder.mkdir()
    for path in SAMPLES.glob(f"*.{form}"):
        shutil.copy(path, folder / f"{path.name.split('.')[0]}.{form.split('.')[-1]}")
    secrets = tmp_path / "secrets"
    secrets.write_text(f"BETTER_AUTH_SECRET={answers['secret']}\n")
    done = run(folder, "--dry-run", "--json", "--secrets", secrets)
    report = json.loads(done.stdout)
    assert {one["name"]: one["imported"] for one in report["collections"]} == answers["counts"]
    assert report["refused"] == []
    assert {user: Decimal(amount) for user, amount in report["realizedProfit"].items()} == {
        user: Decimal(str(amount)) for user, amount in answers["realizedPnlByUser"].items()}
    flags = {one["name"]: one["flagged"] for one in report["collections"]}
    assert "token_unopened" not in flags["derivapitokens"] and flags["autotradingsessions"]["stuck_active"] == 4
    assert flags["signalistbottrades"]["fabricated_contract"] == 80 and flags["signalistbottrades"]["missing_fields"] == 31
    shown = done.stdout + run(folder, "--dry-run", "--secrets", secrets).stdout
    assert not [token for token in answers["tokens"].values() if token in shown] and "plainTextTok" not in shown and answers["secret"] not in shown
    # Without its secret the tokens stay closed, and are named.
    closed = json.loads(run(folder, "--dry-run", "--json").stdout)["collections"]
    assert [one["flagged"]["token_unopened"] for one in closed if one["name"] == "derivapitokens"] == [3], "the fourth opens with the secret that everybody knows"


def test_what_is_wrong_is_named(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "user.jsonl").write_text('{"_id": {"$oid": "aaaaaaaaaaaaaaaaaaaaaaaa"}, "email": "a@example.test"}\n{"email": 7}\n{"\n')
    report = json.loads(run(folder, "--dry-run", "--json", code=3).stdout)
    assert [(one["file"], one["place"]) for one in report["refused"]] == [("user.jsonl", 2), ("user.jsonl", 3)]
    assert "user.jsonl:2: _id: expected" in run(folder, "--dry-run", code=3).stdout
    (folder / "user.bson").write_bytes(b"")
    assert "user.bson and user.jsonl" in run(folder, "--dry-run", code=1).stderr
    run(tmp_path / "none", "--dry-run", code=1)
