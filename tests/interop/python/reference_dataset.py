"""A dataset that the Python implementation wrote (several shards, its card, no index) is extended by our push, and the
Python implementation reads the result.

Usage: reference_dataset.py OPENTRACES EMULATOR. Needs opentraces 0.2.1 with opentraces-schema 0.2.0.
"""

import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[3]
FIXTURES = SOURCE / "tests" / "fixtures" / "sessions" / "claude-code"
TOKEN = "hf_referencereferencereference"
REPO = "alice/traces"
NOTES = "## Notes of the owner\n\nWritten by hand; `keep` this.\n"

opentraces, emulator = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
work = pathlib.Path(tempfile.mkdtemp(prefix="opentraces-reference-"))
passed = failed = 0


def check(name, holds, detail=""):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    print(f"{'ok  ' if holds else 'FAIL'} {name}" + (f": {detail}" if not holds else ""))


def run(arguments, text=False):
    clean = {"HOME": str(work / "home"), "PATH": os.environ["PATH"], "HF_ENDPOINT": os.environ["HF_ENDPOINT"], "HF_TOKEN": TOKEN}
    done = subprocess.run([opentraces, *arguments], cwd=work / "project", env=clean, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"opentraces {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout if text else json.loads(done.stdout)


def write_with_reference(records):
    """The first traces, in three shards, each push followed by its card, as the Python tool does; then the owner's notes."""
    from opentraces.quality.engine import assess_batch
    from opentraces.quality.gates import check_gate
    from opentraces.quality.summary import build_summary
    from opentraces.upload.dataset_card import generate_dataset_card
    from opentraces.upload.hf_hub import HFUploader

    uploader = HFUploader(TOKEN, REPO)
    uploader.ensure_repo_exists(private=True)
    card = None
    sent = []
    for record in records:
        answer = uploader.upload_traces([record])
        if not answer.success:
            sys.exit(answer.error)
        sent.append(record)
        batch = assess_batch(sent)
        summary = build_summary(batch, check_gate(batch)).to_dict()
        uploader.upload_quality_json(summary)
        card = generate_dataset_card(repo_id=REPO, traces=sent, existing_card=card, quality_summary=summary)
        uploader.api.upload_file(
            path_or_fileobj=io.BytesIO(card.encode()), path_in_repo="README.md", repo_id=REPO, repo_type="dataset")
    card += "\n" + NOTES
    uploader.api.upload_file(
        path_or_fileobj=io.BytesIO(card.encode()), path_in_repo="README.md", repo_id=REPO, repo_type="dataset")
    return uploader


def shards_of(uploader):
    from huggingface_hub import snapshot_download

    folder = pathlib.Path(snapshot_download(REPO, repo_type="dataset", token=TOKEN))
    shards = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "data").glob("*.jsonl")}
    return folder, shards


def main():
    (work / "project").mkdir()
    hub = subprocess.Popen([emulator, "--user", "alice", "--token", TOKEN], stdout=subprocess.PIPE, text=True)
    os.environ.update(HF_ENDPOINT=json.loads(hub.stdout.readline())["hub"], HF_HUB_DISABLE_XET="1", HF_HOME=str(work / "hf"),
                      HF_HUB_DISABLE_PROGRESS_BARS="1")
    try:
        compare()
    finally:
        hub.kill()


def compare():
    from opentraces_schema import TraceRecord

    run(["init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto", "--json"])
    run(["capture", str(FIXTURES), "--json"])
    committed = run(["list", "--stage", "committed", "--json"])["total"]
    lines = [json.loads(run(["show", trace["trace_id"], "--json"], text=True))["trace"]
             for trace in run(["list", "--stage", "committed", "--json"])["traces"][:3]]
    uploader = write_with_reference([TraceRecord.model_validate(line) for line in lines])
    _, before = shards_of(uploader)
    check("the Python tool wrote three shards", len(before) == 3, before)

    answer = run(["push", "--repo", REPO, "--private", "--assess", "--json"])
    check("what the Python tool has pushed is not pushed again",
          (answer["duplicates"], answer["uploaded"]) == (3, committed - 3), answer)
    folder, after = shards_of(uploader)
    check("its shards are unchanged, one shard is new",
          before.items() <= after.items() and len(after) == 4, after)

    read = list(uploader.iter_remote_traces())
    check("the Python tool reads every trace", len(read) == committed, len(read))
    hashes = {record.compute_content_hash() for record in read}
    check("and finds the content hashes that the records carry",
          hashes == {record.content_hash for record in read} and len(hashes) == committed)
    quality = uploader.fetch_quality_json()
    check("and the scores of all traces", quality and quality["trace_count"] == committed, quality)

    card = (folder / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!--\s*opentraces:stats\s*(\{[\s\S]*?\})\s*(?:-->|<!--\s*opentraces:stats-end)", card)
    check("the card counts all traces, once", block and json.loads(block.group(1))["total_traces"] == committed
          and card.count("<!-- opentraces:auto-stats-start -->") == 1)
    check("what the owner wrote is still there", card.endswith(NOTES))
    from huggingface_hub import DatasetCard
    check("the card's front matter is read by the official client", "opentraces" in DatasetCard(card).data.tags)
    run(["verify", "--remote", REPO, "--json"])
    check("a further push changes nothing", run(["push", "--repo", REPO, "--json"])["uploaded"] == 0)


main()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
