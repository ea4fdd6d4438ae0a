"""Exports of every session of every agent as native sessions, rows and pages, read by those who read them: the `datasets` library
with its trace reader (what the Hub's dataset viewer runs), DuckDB, pandas, pyarrow, an HTML parser in strict mode and a
Markdown parser.

Usage: export_native.py OPENTRACES. Reads tests/fixtures and, where it is present, ../shared/corpus; the
worked example, the golden records and a hostile record come on top. Prints one line per check; exits 1 if one failed."""

import collections
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

CACHE = tempfile.mkdtemp(prefix="opentraces-datasets-")
os.environ["HF_DATASETS_CACHE"] = CACHE
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

import datasets  # noqa: E402
import duckdb  # noqa: E402
import html5lib  # noqa: E402
import markdown_it  # noqa: E402
import pandas  # noqa: E402
import pyarrow  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.json  # noqa: E402

import sessions  # noqa: E402

SOURCE = sessions.SOURCE
AGENT_TRACES_COLUMNS = {"harness", "session_id", "prompt", "messages", "tools", "metadata", "sent_at",
                        "num_user_messages", "num_tool_calls", "trace", "file_path"}

csv.field_size_limit(1 << 28)  # texts of some sessions are longer than it takes
opentraces = str(pathlib.Path(sys.argv[1]).resolve())
work = pathlib.Path(tempfile.mkdtemp(prefix="opentraces-export-native-"))
passed = failed = 0


def check(name, wrong):
    global passed, failed
    wrong = list(wrong)
    passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{'FAIL' if wrong else 'ok  '} {name}" + (f": {len(wrong)} wrong, first: {wrong[0]}" if wrong else ""))


def run(*arguments, statuses=(0,), **options):
    done = subprocess.run([opentraces, *map(str, arguments)], capture_output=True, **options)
    if done.returncode not in statuses:
        sys.exit(f"opentraces {arguments}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def hostile(record):
    """Every text of the record tries to be markup, to end what it stands in, and to break a reader of rows."""
    text = ("<script>alert(1)</script><img src=x onerror=alert(1)>\n```\n~~~\n</details></pre>\n\n<b>\n# x\n````\n"
            "- <i>\n    <u>\n[a](javascript:1) ![b](http://c/d) `e <s>`\r\n\0\x1b[31m\u0085\u2028\ufffe,\",'| $x$ \\<q> &lt;")

    def change(value, key=""):
        if isinstance(value, dict):
            return {k: change(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [change(v, key) for v in value]
        keep = {"role", "call_type", "source_call_id", "tool_call_id", "schema_version", "timestamp", "type",
                "execution_context", "signal_confidence", "confidence", "terminal_state"}
        return text if isinstance(value, str) and key not in keep else value

    return change(record)


def all_records():
    lines = run("parse", *sessions.folders(), statuses=(0, 5)).split(b"\n")
    records = [json.loads(line) for line in lines if line]
    check("every agent has a session", [f"none of {name}" for name in sorted(sessions.missing(opentraces, records))])
    worked = json.loads((SOURCE / "tests/fixtures/export/worked/trace-record.json").read_bytes())
    records += [worked, hostile(worked)]
    golden = sorted((SOURCE / "tests/fixtures/golden/content-hash").glob("*.json"))
    for path in golden:
        line = json.loads(path.read_bytes())["input_line"]
        done = subprocess.run([opentraces, "export", "--format", "steps", "--input", "-", "--dry-run"],
                              input=line.encode(), capture_output=True)
        if done.returncode == 0:
            records.append(json.loads(line))
    return records


def steps_of(record):
    return record.get("steps", [])


def native_files(form):
    """By record: its files, the session first."""
    for number, record in enumerate(records):
        folder = work / form / str(number)
        (work / "one.jsonl").write_text(json.dumps(record) + "\n")
        run("export", "--format", form, "--input", work / "one.jsonl", "-o", f"{folder}/", "-q")
        yield record, [(path, [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]])
                       for path in sorted(folder.iterdir(), key=lambda path: len(path.name))]


def wrong_messages(name, lines, form):
    sts = form == "sts"
    calls, seen = set(), set()
    header, parent = lines[0], None
    if header["type"] != "session" or not header["harness"] or not isinstance(header["id"], str):
        yield f"{name}: header"
    if not sts and (header["version"] != 3 or "cwd" not in header):
        yield f"{name}: header of Pi"
    for line in lines[1:]:
        if not sts:
            if line["parentId"] != parent or not re.fullmatch("[0-9a-f]{8}", line["id"]) or line["id"] in seen:
                yield f"{name}: chain of entries"
            parent = line["id"]
            seen.add(parent)
        if line["type"] != "message":
            if sts or line["type"] not in ("compaction", "custom_message"):
                yield f"{name}: a line of type {line['type']}"
            continue
        message = line["message"]
        if message["role"] not in (("user", "assistant", "system", "tool") if sts else ("user", "assistant", "toolResult")):
            yield f"{name}: role {message['role']}"
        if isinstance(message["content"], str) != sts:
            yield f"{name}: content"
        if "timestamp" in message and (message["timestamp"] < 10**12 or not isinstance(line["timestamp"], str)):
            yield f"{name}: timestamp"
        new = [(c["id"], json.loads(c["function"]["arguments"])) for c in message.get("toolCalls", [])] if sts else [
            (block["id"], block["arguments"]) for block in message["content"] if block["type"] == "toolCall"]
        for call, arguments in new:
            if call in calls or not isinstance(arguments, dict):
                yield f"{name}: call {call}"
            calls.add(call)
        if message["role"] in ("tool", "toolResult") and message["toolCallId"] not in calls:
            yield f"{name}: answer to no earlier call"


def wrong_as_trace(name, path, lines):
    keys = {frozenset(line["message"]) for line in lines if "message" in line}
    if len(keys) < 2:
        return  # said by the exporter: the library tells such a file from no other
    data = datasets.load_dataset("json", data_files=[str(path)], split="train", cache_dir=tempfile.mkdtemp(dir=CACHE))
    if set(data.column_names) != AGENT_TRACES_COLUMNS or len(data) != 1:
        yield f"{name}: not taken for a session: {data.column_names}, {len(data)} rows"
        return
    row = data[0]
    users = [line for line in lines if line.get("message", {}).get("role") == "user"]
    calls = [block for line in lines if isinstance(line.get("message", {}).get("content"), list)
             for block in line["message"]["content"] if block["type"] == "toolCall"]
    expected = {"harness": "pi", "session_id": lines[0]["id"], "num_user_messages": len(users), "num_tool_calls": len(calls)}
    if users:
        expected["sent_at"] = users[0].get("timestamp")
    wrong = {key: (row[key], value) for key, value in expected.items() if row[key] != value}
    if wrong:
        yield f"{name}: {wrong}"
    if not row["messages"]:
        yield f"{name}: no messages"


def check_native(form):
    messages, traces, lost = [], [], []
    for record, files in native_files(form):
        shown = sum(step.get("call_type") != "warmup" for step in steps_of(record))
        for path, lines in files:
            messages += wrong_messages(path.name, lines, form)
            traces += wrong_as_trace(path.name, path, lines)
        answers = ("tool", "toolResult")
        written = sum(line.get("message", {}).get("role") not in answers and line["type"] != "session"
                      for _, lines in files for line in lines)
        prompts = sum(line.get("message", {}).get("role") == "system" for _, lines in files for line in lines)
        if not shown <= written <= shown + prompts + len(steps_of(record)):
            lost.append(f"{record['trace_id']}: {shown} steps, {written} messages")
    check(f"{form}: messages keep the format's rules", messages)
    check(f"{form}: the datasets library takes every file for a session", traces)
    check(f"{form}: every step is there", lost)


def columns_of_the_page():
    page = (SOURCE / "docs/export-steps.md").read_text()
    return re.findall(r"^\| `(\w+)` \| (\w+) \| (yes)? ?\|", page, re.M), re.search(r"```sql\n(.*?)```", page, re.S)[1]


def check_steps():
    columns, statement = columns_of_the_page()
    duck = re.search(r"columns = (\{.*?\})", statement, re.S)[1]
    arrow = {"text": pyarrow.string(), "json": pyarrow.string(), "int64": pyarrow.int64(), "double": pyarrow.float64(),
             "bool": pyarrow.bool_(), "timestamp": pyarrow.timestamp("us", "UTC")}
    pandas_types = {"text": "string", "json": "string", "int64": "Int64", "double": "Float64", "bool": "boolean",
                    "timestamp": "datetime64[us, UTC]"}
    schema = pyarrow.schema([(name, arrow[kind]) for name, kind, _ in columns])
    frame_types = {name: pandas_types[kind] for name, kind, _ in columns}
    wrong = collections.defaultdict(list)
    described = set()
    for number, record in enumerate(records):
        if not steps_of(record):
            continue
        (work / "one.jsonl").write_text(json.dumps(record) + "\n")
        rows, table = work / "steps.jsonl", work / "steps.csv"
        run("export", "--format", "steps", "--input", work / "one.jsonl", "-o", rows, "-q")
        run("export", "--format", "steps", "--steps-as", "csv", "--input", work / "one.jsonl", "-o", table, "-q")
        count = len(steps_of(record))
        connection = duckdb.connect()
        connection.execute(f"create table j as select * from read_json('{rows}', format = 'newline_delimited', columns = {duck})")
        connection.execute(f"create table c as select * from read_csv('{table}', header = true, nullstr = '', "
                           f"allow_quoted_nulls = false, columns = {duck})")
        for name in "jc":
            described.add(str(connection.execute(f"describe {name}").fetchall()))
            if connection.execute(f"select count(*) from {name}").fetchone()[0] != count:
                wrong["duckdb"].append(f"{number}: rows of {name}")
        if connection.execute("select count(*) from ((from j except from c) union all (from c except from j))").fetchone()[0]:
            wrong["duckdb"].append(f"{number}: CSV and JSON differ")
        connection.execute(f"copy j to '{work}/steps.parquet'")
        options = pyarrow.json.ReadOptions(block_size=1 << 28)
        read = pyarrow.json.read_json(rows, read_options=options, parse_options=pyarrow.json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="error"))
        again = pyarrow.csv.read_csv(
            table, read_options=pyarrow.csv.ReadOptions(block_size=1 << 28),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=True,
                                                       quoted_strings_can_be_null=False))
        if read.schema != schema or read.num_rows != count or not read.equals(again):
            wrong["pyarrow"].append(f"{number}: {read.num_rows} rows of {count}")
        nullable = {name for name, _, null in columns if null}
        wrong["pyarrow"] += [f"{number}: null in {name}" for name in schema.names
                             if name not in nullable and read[name].null_count]
        if read["content"].to_pylist() != [step.get("content") for step in steps_of(record)]:
            wrong["values"].append(f"{number}: content")
        calls = [[call["tool_call_id"] for call in step.get("tool_calls", [])] for step in steps_of(record)]
        if [[call["tool_call_id"] for call in json.loads(cell)] for cell in read["tool_calls"].to_pylist()] != calls:
            wrong["values"].append(f"{number}: tool calls")
        outputs = [[o.get("content") for o in step.get("observations", [])] for step in steps_of(record)]
        if [[o["content"] for o in json.loads(cell)] for cell in read["observations"].to_pylist()] != outputs:
            wrong["values"].append(f"{number}: observations")
        if json.loads(read["trace"][0].as_py())["metadata"] != record.get("metadata", {}):
            wrong["values"].append(f"{number}: metadata")
        with open(table, newline="") as file:
            if [row["content"] for row in csv.DictReader(file)] != [s.get("content") or "" for s in steps_of(record)]:
                wrong["csv module"].append(f"{number}: content")
        frame = pandas.read_json(rows, lines=True, dtype=False).astype(frame_types)
        if {name: str(kind) for name, kind in frame.dtypes.items()} != frame_types or len(frame) != count:
            wrong["pandas"].append(f"{number}: {frame.dtypes}")
        frame = pandas.read_csv(table, dtype={n: t for n, t in frame_types.items() if n != "timestamp"},
                                parse_dates=["timestamp"], keep_default_na=False, na_values=[""])
        if len(frame) != count:
            wrong["pandas"].append(f"{number}: rows of CSV")
    for reader in ("duckdb", "pyarrow", "pandas", "csv module", "values"):
        check(f"steps: {reader}", wrong[reader])
    check("steps: one schema for every trace", sorted(described)[1:])
    connection.execute(statement.replace("'steps.jsonl'", f"'{rows}'"))
    check("steps: the statement of the page", [] if connection.execute("select count(*) from steps").fetchone()[0] else ["no rows"])


def transcripts(form):
    for number, record in enumerate(records):
        (work / "one.jsonl").write_text(json.dumps(record) + "\n")
        target = work / f"one.{form}"
        run("export", "--format", form, "--input", work / "one.jsonl", "-o", target, "-q")
        yield number, record, target.read_text()


def check_html():
    wrong = []
    for number, record, page in transcripts("html"):
        try:
            tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
        except Exception as error:  # the parser has one class for each thing that can be wrong
            wrong.append(f"{number}: {type(error).__name__} {error}")
            continue
        tags = collections.Counter(element.tag for element in tree.iter() if isinstance(element.tag, str))
        if tags["article"] != len(steps_of(record)):
            wrong.append(f"{number}: {tags['article']} articles")
        if tags["script"] != 1 or tags["style"] != 1 or tags["main"] != 1 or tags["h1"] != 1:
            wrong.append(f"{number}: {dict(tags)}")
        ids = [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]
        if len(ids) != len(set(ids)):
            wrong.append(f"{number}: an id twice")
        for element in tree.iter():
            for name, value in getattr(element, "attrib", {}).items():
                if name in ("src", "style", "srcset", "action") or name.startswith("on"):
                    wrong.append(f"{number}: attribute {name}")
                if name == "href" and value[1:] not in ids:
                    wrong.append(f"{number}: link to {value[:40]}")
        shown = "".join(tree.itertext())
        for step in steps_of(record):
            for observation in step.get("observations", []):
                words = re.findall(r"[A-Za-z]{4,}", observation.get("content") or "")
                wrong += [f"{number}: output misses words" for word in words[:1] + words[-1:] if word not in shown][:1]
    check("html: a strict parser reads every page, which loads nothing", wrong)


def check_markdown():
    parser = markdown_it.MarkdownIt("gfm-like", {"linkify": False})
    summary = r"<summary>[^<>\n]*(<b>[^<>\n]*</b>)?[^<>\n]*(<code>[^<>\n]*</code>)?[^<>\n]*</summary>"
    allowed = re.compile(rf"(<details>({summary})|</details>)\n*|</?sub>")
    wrong = []
    for number, record, page in transcripts("markdown"):
        tokens = parser.parse(page)
        every = tokens + [child for token in tokens for child in token.children or []]
        for token in every:
            if token.type in ("html_block", "html_inline") and not allowed.fullmatch(token.content):
                wrong.append(f"{number}: HTML of the trace: {token.content[:80]!r}")
            if token.type in ("image", "link_open"):
                wrong.append(f"{number}: a link or picture of the trace")
        headings = sum(token.type == "heading_open" for token in tokens)
        if headings != len(steps_of(record)) + 1:
            wrong.append(f"{number}: {headings} headings for {len(steps_of(record))} steps")
    check("markdown: trace text is no HTML, link or heading", wrong)


records = all_records()
print(f"{len(records)} records")
check_native("sts")
check_native("pi")
check_steps()
check_html()
check_markdown()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
