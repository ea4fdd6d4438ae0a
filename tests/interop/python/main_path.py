"""The main job on every session of every agent: init, capture, commit, push, into a folder and into the Hub emulator; then the
official client downloads the dataset, and `datasets` loads it.

Usage: main_path.py OPENTRACES EMULATOR. Reads tests/fixtures and, where it is present, ../shared/corpus.
"""

import collections
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import sessions

CLAUDE_CODE = sessions.CORPUS / "claude-code"
TOKEN = "hf_mainpathmainpathmainpath"
REPO = "alice/traces"
# Of Claude Code's in the corpus: sessions captured, gone on in another file, older copies, left out, refused.
EXPECTED = {"captured": 76, "updated": 1, "unchanged": 1, "filtered": 6, "failed": 2}
# Without those of files that are refused: they are named.
PINNED_UNKNOWN_LINES = 3

opentraces, emulator = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
places = sessions.folders()
work = pathlib.Path(tempfile.mkdtemp(prefix="opentraces-main-path-"))
passed = failed = 0


def check(name, holds, detail=""):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    print(f"{'ok  ' if holds else 'FAIL'} {name}" + (f": {detail}" if not holds else ""))


def run(arguments, folder, statuses=(0,), **environment):
    clean = {"HOME": str(work / "home"), "OPENTRACES_HOME": str(work / "home/.opentraces"), "PATH": os.environ["PATH"]}
    done = subprocess.run([opentraces, *arguments, "--json"], cwd=folder, env=clean | environment, capture_output=True, text=True)
    if done.returncode not in statuses:
        sys.exit(f"opentraces {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def start_emulator():
    process = subprocess.Popen(
        [emulator, "--user", "alice", "--token", TOKEN, "--lfs-threshold", "200000", "--multipart-threshold", "2000000",
         "--chunk-size", "1000000"], stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())["hub"]


def main_job(name, remote, **environment):
    """Two pushes: the first half of the sessions, then all of them. Returns the answers of both pushes."""
    folder = work / name
    folder.mkdir()
    run(["init", "--remote", remote, "--private", "--no-hook"], folder)
    first = sorted(path for place in places for path in place.iterdir() if path.is_dir())[::2]
    run(["capture", *map(str, first)], folder, (0, 5))
    run(["commit", "--all"], folder)
    pushes = [run(["push"], folder, **environment)]
    captured = run(["capture", *map(str, places)], folder, (0, 5))
    if run(["list", "--stage", "inbox"], folder)["total"]:
        run(["commit", "--all"], folder)
    pushes.append(run(["push"], folder, **environment))
    return folder, captured, pushes


def recount(shards):
    totals = collections.Counter()
    for path in shards:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            record = json.loads(line)
            totals["traces"] += 1
            totals["steps"] += record["metrics"]["total_steps"] or len(record["steps"])
            totals["tokens"] += record["metrics"]["total_input_tokens"] + record["metrics"]["total_output_tokens"]
            # What another session of the dataset has too is counted there.
            copied = record["metadata"].get("opentraces_copied", {})
            totals["tokens"] -= copied.get("input_tokens", 0) + copied.get("output_tokens", 0)
    return totals


def check_card(name, card, shards):
    """With the regular expressions that the web dashboard of the reference uses."""
    totals = recount(shards)
    block = re.search(r"<!--\s*opentraces:stats\s*(\{[\s\S]*?\})\s*(?:-->|<!--\s*opentraces:stats-end)", card)
    stats = json.loads(block.group(1)) if block else {}
    check(f"{name}: the card's machine block equals a recount",
          (stats.get("total_traces"), stats.get("total_tokens")) == (totals["traces"], totals["tokens"]), f"{stats} {totals}")
    row = re.search(r"\|\s*Total traces\s*\|\s*([\d,]+)\s*\|", card, re.I)
    check(f"{name}: the card's table equals a recount", row and int(row.group(1).replace(",", "")) == totals["traces"])


def check_counts():
    if not CLAUDE_CODE.is_dir():
        return
    folder = work / "counts"
    folder.mkdir()
    run(["init", "--no-hook"], folder)
    answer = run(["capture", str(CLAUDE_CODE)], folder, (5,))
    counts = {key: answer[key] for key in EXPECTED}
    print(f"sessions of {CLAUDE_CODE.name}: {counts}, {answer['unknown_lines']} lines of unknown type {answer['unknown_line_types']}")
    check("every session of Claude Code in the corpus is captured, left out, or refused with a reason",
          counts == EXPECTED and all(item["message"] for item in answer["failures"]), counts)
    check("lines of unknown type are counted", answer["unknown_lines"] == PINNED_UNKNOWN_LINES, answer["unknown_lines"])


def check_download(hub, pushes):
    os.environ.update(HF_ENDPOINT=hub, HF_HUB_DISABLE_XET="1", HF_HOME=str(work / "hf"), HF_HUB_DISABLE_PROGRESS_BARS="1")
    from huggingface_hub import HfApi, snapshot_download

    local = pathlib.Path(snapshot_download(REPO, repo_type="dataset", token=TOKEN, local_dir=work / "downloaded"))
    pushed = [detail for push in pushes for detail in push["shards"]]
    for detail in pushed:
        data = (local / detail["path"]).read_bytes()
        check(f"the official client downloads the bytes of {detail['path']}",
              (hashlib.sha256(data).hexdigest(), len(data)) == (detail["sha256"], detail["bytes"]))
    check("every push is one commit", len(HfApi(token=TOKEN).list_repo_commits(REPO, repo_type="dataset")) == 1 + len(
        [push for push in pushes if push["commit"]]))
    check_card("hub", (local / "README.md").read_text(encoding="utf-8"), sorted(local.glob("data/*.jsonl")))
    return local


def check_loading(name, folder, expected):
    from datasets import load_dataset

    rows = load_dataset(str(folder), split="train", cache_dir=str(work / "cache"))
    check(f"{name}: datasets loads every trace", rows.num_rows == expected, f"{rows.num_rows} of {expected}")
    streamed = sum(1 for _ in load_dataset(str(folder), split="train", streaming=True))
    check(f"{name}: datasets streams every trace", streamed == expected, f"{streamed} of {expected}")


def main():
    check_counts()
    folder, _, pushes = main_job("folder-project", "./dataset")
    dataset = folder / "dataset"
    shards = sorted(dataset.glob("data/*.jsonl"))
    uploaded = sum(push["uploaded"] for push in pushes)
    absent = sessions.missing(opentraces, (json.loads(line) for path in shards for line in path.read_text().split("\n") if line))
    check("folder: every agent has a trace in it", not absent, absent)
    check("folder: every shard of the pushes is there", [f"data/{path.name}" for path in shards] == sorted(
        shard["path"] for push in pushes for shard in push["shards"]))
    check_card("folder", (dataset / "README.md").read_text(encoding="utf-8"), shards)

    process, hub = start_emulator()
    try:
        _, _, hub_pushes = main_job("hub-project", REPO, HF_ENDPOINT=hub, HF_TOKEN=TOKEN)
        check("hub: as many traces as in the folder", sum(push["uploaded"] for push in hub_pushes) == uploaded)
        downloaded = check_download(hub, hub_pushes)
    finally:
        process.terminate()
    check_loading("folder", dataset, uploaded)
    check_loading("hub", downloaded, uploaded)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
