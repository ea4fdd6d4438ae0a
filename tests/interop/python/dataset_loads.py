"""Loads a dataset folder that the product wrote, as consumers do: datasets.load_dataset, the Hub client's card
parser, the web dashboard's regular expressions. Usage: dataset_loads.py FOLDER

Prints one line per check, `pass NAME` or `fail NAME`, also to $INTEROP_RESULTS; exits 1 if one failed."""

import copy
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import traceback

# Before the import: it reads its settings then.
CACHE = tempfile.mkdtemp(prefix="opentraces-datasets-")
os.environ["HF_DATASETS_CACHE"] = CACHE
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

import datasets  # noqa: E402
import huggingface_hub  # noqa: E402

# The web dashboard's, as published.
MACHINE_BLOCK = re.compile(r"<!--\s*opentraces:stats\s*(\{[\s\S]*?\})\s*(?:-->|<!--\s*opentraces:stats-end)")
TABLE_ROW = r"\|\s*{}\s*\|\s*([\d,]+)\s*\|"

checks = []


def check(function):
    checks.append(function)
    return function


def lines_of(folder):
    for path in sorted(folder.glob("data/traces_*.jsonl")):
        for line in path.read_bytes().split(b"\n"):
            if line.strip():
                yield json.loads(line)


def load(folder, streaming):
    data = datasets.load_dataset(str(folder), streaming=streaming, cache_dir=tempfile.mkdtemp(dir=CACHE))
    assert list(data) == ["train"], list(data)
    return list(data["train"])


def both_ways(folder):
    rows = load(folder, streaming=False)
    assert rows == load(folder, streaming=True)
    return rows


@check
def the_folder_loads_whole(folder):
    expected = list(lines_of(folder))
    rows = both_ways(folder)
    assert len(rows) == len(expected) > 0
    by_hash = {row["content_hash"]: row for row in rows}
    for record in expected:
        row = by_hash[record["content_hash"]]
        assert row["task"] == record["task"]
        assert row["metadata"] == record["metadata"]
        assert [s["tool_calls"] for s in row["steps"]] == [s["tool_calls"] for s in record["steps"]]
        assert row["metrics"] == record["metrics"]


@check
def the_index_is_not_data(folder):
    sidecars = sorted(p.name for p in folder.glob("opentraces/*.jsonl"))
    assert sidecars, "the dataset has no index"
    assert all(row["trace_id"] for row in load(folder, streaming=True))


@check
def no_column_set_of_an_agent_session(folder):
    """What makes the Hub take rows for native sessions of an agent."""
    columns = set(next(lines_of(folder)))
    for marker in (
        {"type", "message"},
        {"type", "payload"},
        {"type", "id", "cwd", "version"},
        {"id", "source", "model", "system_prompt", "messages"},
    ):
        assert not marker <= columns, marker


@check
def the_dashboard_finds_the_right_numbers(folder):
    card = (folder / "README.md").read_bytes().decode()
    records = list(lines_of(folder))
    tokens = sum(r["metrics"]["total_input_tokens"] + r["metrics"]["total_output_tokens"] for r in records)
    steps = sum(r["metrics"]["total_steps"] or len(r["steps"]) for r in records)
    found = json.loads(MACHINE_BLOCK.search(card).group(1))
    assert found["total_traces"] == len(records)
    assert found["total_tokens"] == tokens
    assert found["avg_steps_per_session"] == round(steps / len(records))
    agents, models = {}, {}
    for record in records:
        agents[record["agent"]["name"]] = agents.get(record["agent"]["name"], 0) + 1
        model = record["agent"]["model"]
        if model:
            models[model] = models.get(model, 0) + 1
    assert found["agent_counts"] == agents
    assert found["model_counts"] == models
    judged = [r["outcome"]["success"] for r in records if r["outcome"]["success"] is not None]
    assert found["success_rate"] == (round(100 * sum(judged) / len(judged), 1) if judged else None)
    costs = [r["metrics"]["estimated_cost_usd"] for r in records if r["metrics"]["estimated_cost_usd"] is not None]
    if costs:
        assert abs(found["total_cost_usd"] - sum(costs)) <= 0.005
    for label, number in (("Total traces", len(records)), ("Total tokens", tokens)):
        row = re.search(TABLE_ROW.format(label), card, re.IGNORECASE)
        assert int(row.group(1).replace(",", "")) == number, label


@check
def the_hub_client_reads_the_card(folder):
    card = huggingface_hub.DatasetCard.load(folder / "README.md")
    data = card.data.to_dict()
    assert {"opentraces", "agent-traces"} <= set(data["tags"])
    assert "license" not in data or data["license"]
    (default,) = [c for c in data["configs"] if c["config_name"] == "default"]
    assert {"split": "train", "path": "data/traces_*.jsonl"} in default["data_files"]
    count = len(list(lines_of(folder)))
    (bucket,) = data["size_categories"]
    low, high = {"n<1K": (0, 1e3), "1K<n<10K": (1e3, 1e4), "10K<n<100K": (1e4, 1e5)}[bucket]
    assert low <= count < high


@check
def the_features_are_the_declared_ones(folder):
    info = huggingface_hub.DatasetCard.load(folder / "README.md").data.to_dict()["dataset_info"]
    info = info if isinstance(info, dict) else next(i for i in info if i["config_name"] == "default")
    declared = datasets.Features._from_yaml_list(info["features"])
    data = datasets.load_dataset(str(folder), cache_dir=tempfile.mkdtemp(dir=CACHE))
    assert data["train"].features == declared
    assert list(declared) == list(next(lines_of(folder)))


def record_like(folder):
    return copy.deepcopy(max(lines_of(folder), key=lambda r: sum(len(s["tool_calls"]) for s in r["steps"])))


def variant(folder, shards):
    """The folder's card over other shards."""
    root = pathlib.Path(tempfile.mkdtemp(dir=CACHE))
    (root / "data").mkdir()
    shutil.copy(folder / "README.md", root / "README.md")
    if (folder / "opentraces").is_dir():
        shutil.copytree(folder / "opentraces", root / "opentraces")
    for number, records in enumerate(shards):
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (root / f"data/traces_2026010{number}T000000Z_0000000{number}.jsonl").write_text(text)
    return root


def with_call(record, value):
    record = copy.deepcopy(record)
    step = next(s for s in record["steps"] if s["tool_calls"])
    step["tool_calls"] = [{"tool_call_id": "c", "tool_name": "T", "input": value, "duration_ms": None}]
    return record


@check
def null_in_the_first_shard_and_text_in_the_second(folder):
    empty, full = record_like(folder), record_like(folder)
    for record, value in ((empty, None), (full, "text")):
        record["task"] = {key: value for key in record["task"]}
        record["execution_context"] = value and "runtime"
        record["outcome"].update(description=value, reward=value and 0.5, terminal_state=value and "error")
        record["metrics"].update(total_duration_s=value and 1.5, estimated_cost_usd=value and 2)
        record["agent"]["model"] = value
    rows = both_ways(variant(folder, [[empty], [full], [empty]]))
    assert [row["task"]["description"] for row in rows] == [None, "text", None]
    assert [row["outcome"]["reward"] for row in rows] == [None, 0.5, None]
    assert [row["metrics"]["estimated_cost_usd"] for row in rows] == [None, 2.0, None]


@check
def tool_inputs_of_conflicting_types(folder):
    values = [{"a": 1}, {"a": "text", "b": None}, {"a": {"deep": [1, "x", {}]}}, {"a": [1.5]}, {}]
    record = record_like(folder)
    rows = both_ways(variant(folder, [[with_call(record, v) for v in values], [with_call(record, {"a": True})],
                                      [with_call(record, {"": {"a": []}})]]))
    found = [next(s for s in row["steps"] if s["tool_calls"])["tool_calls"][0]["input"] for row in rows]
    assert found == values + [{"a": True}, {"": {"a": []}}], found


@check
def empty_lists_first(folder):
    empty, full = record_like(folder), record_like(folder)
    empty.update(steps=[], dependencies=[], tool_definitions=[], attribution=None, system_prompts={}, metadata={})
    empty["environment"]["language_ecosystem"] = []
    full.update(dependencies=["a"], tool_definitions=[{"name": "T", "schema": {"x": [1, "y"]}}], system_prompts={"h": "p"})
    full["attribution"] = {"experimental": True, "files": [{"path": "a", "conversations": [
        {"contributor": {"type": "ai", "model_id": "m"}, "url": None,
         "ranges": [{"start_line": 1, "end_line": 2, "content_hash": None, "confidence": "high"}]}]}]}
    rows = both_ways(variant(folder, [[empty], [full], [empty, full]]))
    assert [len(row["steps"]) for row in rows] == [0, len(full["steps"]), 0, len(full["steps"])]
    assert rows[1]["tool_definitions"] == full["tool_definitions"]
    assert rows[1]["attribution"] == full["attribution"]
    assert rows[0]["attribution"] is None or rows[0]["attribution"]["files"] is None


@check
def lines_with_every_kind_of_character(folder):
    record = record_like(folder)
    text = "a\u2028b\u2029c\u0085d\u0000e\U0001F600 \" \\ \r\n"
    record["task"]["description"] = text
    record["metadata"] = {text: [text]}
    rows = both_ways(variant(folder, [[record]]))
    assert rows[0]["task"]["description"] == text
    assert rows[0]["metadata"] == {text: [text]}


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1]).resolve()
    results = open(os.environ.get("INTEROP_RESULTS", os.devnull), "a")
    failed = 0
    for function in checks:
        name = function.__name__.replace("_", " ")
        try:
            function(folder)
            line = f"pass dataset: {name}"
        except Exception:
            traceback.print_exc()
            failed += 1
            line = f"fail dataset: {name}"
        print(line)
        print(line, file=results)
    shutil.rmtree(CACHE, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
