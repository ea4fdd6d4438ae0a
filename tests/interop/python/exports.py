"""Official validators and loaders over exports of every session of every agent. Usage: exports.py OPENTRACES"""
import base64
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jinja2.sandbox
import jsonschema
from google.protobuf import json_format
from harbor.utils.trajectory_validator import TrajectoryValidator
from opentelemetry.proto.trace.v1 import trace_pb2

import sessions

FIXTURES = sessions.SOURCE / "tests/fixtures"
ADP_ITEMS = {
    "api_action": {"function", "kwargs"},
    "code_action": {"language", "content", "description"},
    "message_action": {"content"},
    "text_observation": {"content", "source"},
}
ADP_OPTIONAL = {"class_", "description", "reasoning_content", "reward", "tool_call_id"}
# As transformers makes the environment for chat templates.
JINJA = jinja2.sandbox.ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
TEMPLATES = ["qwen3", "qwen2_5", "qwen3_6", "glm4moe", "nemotron_3"]

program = sys.argv[1]
checks = 0
failures = []


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        failures.append(what)
        print("FAIL", what, flush=True)


def export(records, *options, status=(0,)):
    run = subprocess.run([program, "export", "--input", records, *options], capture_output=True)
    check(run.returncode in status, f"export {options}: {run.returncode} {run.stderr.decode()[-300:]}")
    return [json.loads(line) for line in run.stdout.decode().split("\n") if line]


def refuse_constant(name):
    raise ValueError(name)


# --- The records themselves: the JSON Schema that the program prints --------------------------------
def check_schema(records):
    document = json.loads(subprocess.run([program, "schema"], capture_output=True, check=True).stdout)
    jsonschema.Draft202012Validator.check_schema(document)
    validator = jsonschema.Draft202012Validator(document)
    for line in records.read_text().split("\n")[:-1]:
        errors = list(validator.iter_errors(json.loads(line)))
        check(not errors, f"schema: {[(e.json_path, e.validator) for e in errors[:2]]}")
    check(not validator.is_valid({"trace_id": 1, "session_id": "s", "agent": {"name": "a"}}), "schema: a number is no id")
    check(not validator.is_valid({"trace_id": "t", "session_id": "s"}), "schema: a record has an agent")


# --- ATIF: Harbor's own validator ----------------------------------------------------------------
def agent_trees(trajectory):
    yield trajectory
    for below in trajectory.get("subagent_trajectories", []):
        yield from agent_trees(below)


def strict_atif(trajectory, who):
    """What readers outside of Harbor add: unique call ids, references that resolve, a session id."""
    check(trajectory["session_id"], f"{who}: no session_id")
    below = [t["trajectory_id"] for t in trajectory.get("subagent_trajectories", [])]
    for step in trajectory["steps"]:
        ids = [call["tool_call_id"] for call in step.get("tool_calls", [])]
        check(len(ids) == len(set(ids)), f"{who}: call ids of step {step['step_id']}")
        for result in step.get("observation", {}).get("results", []):
            check("content" in result, f"{who}: a result without content")
            for ref in result.get("subagent_trajectory_ref", []):
                check("trajectory_path" in ref or ref["trajectory_id"] in below, f"{who}: dangling reference")


def check_atif(records, count, work):
    for version in ["1.7", "1.6", "1.8"]:
        folder = work / f"atif-{version}"
        subprocess.run([program, "export", "--format", "atif", "--format-version", version, "--input", records,
                        "-o", folder, "--split-by", "trace", "-q"], check=True)
        files = sorted(folder.iterdir())
        check(len(files) >= count, f"atif {version}: {len(files)} files of {count}")
        for file in files:
            validator = TrajectoryValidator()
            document = json.loads(file.read_text().replace('"ATIF-v1.8"', '"ATIF-v1.7"'))  # 0.22 ends at 1.7
            check(validator.validate(document), f"atif {version} {file.name}: {validator.errors[:3]}")
            for tree in agent_trees(document):
                strict_atif(tree, f"atif {version} {file.name}")


# --- OTLP: the protobuf-JSON mapping, and the schemas of the message attributes --------------------
def schema(name):
    text = (FIXTURES / "export/otel-genai-schemas" / f"gen-ai-{name}.schema.json").read_text()
    return jsonschema.validators.validator_for(json.loads(text))(json.loads(text))


SCHEMAS = {f"gen_ai.{name.replace('-', '.', 1) if name != 'tool-definitions' else 'tool.definitions'}": schema(name)
           for name in ["input-messages", "output-messages", "tool-definitions"]}
SCHEMAS["gen_ai.system_instructions"] = schema("system-instructions")


def to_base64_ids(span):
    for key in ["traceId", "spanId", "parentSpanId"]:
        if key in span:
            span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()


def plain(value):
    [(kind, content)] = value.items() if value else [("none", None)]
    if kind == "kvlistValue":
        return {item["key"]: plain(item["value"]) for item in content["values"]}
    if kind == "arrayValue":
        return [plain(item) for item in content["values"]]
    return int(content) if kind == "intValue" else content


def check_span(span, by_id, who):
    check(re.fullmatch("[0-9a-f]{32}", span["traceId"]) and int(span["traceId"], 16), f"{who}: traceId")
    check(re.fullmatch("[0-9a-f]{16}", span["spanId"]) and int(span["spanId"], 16), f"{who}: spanId")
    check("parentSpanId" not in span or span["parentSpanId"] in by_id, f"{who}: parent of {span['name']}")
    check(span["name"] and int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), f"{who}: times")
    check(isinstance(span["kind"], int), f"{who}: kind")
    keys = [attribute["key"] for attribute in span["attributes"]]
    check(len(keys) == len(set(keys)), f"{who}: attribute written twice")
    for attribute in span["attributes"]:
        if attribute["key"] in SCHEMAS:
            value = plain(attribute["value"])
            value = json.loads(value) if isinstance(value, str) else value
            errors = list(SCHEMAS[attribute["key"]].iter_errors(value))
            check(not errors, f"{who}: {attribute['key']}: {[e.message[:80] for e in errors[:2]]}")


def check_otlp(records, count):
    variants = [[], ["--otel-content", "full"], ["--otel-content", "none"], ["--otel-structured"],
                ["--otel-dialect", "openinference"], ["--otel-dialect", "langfuse"]]
    for options in variants:
        lines = export(records, "--format", "otlp", *options)
        check(len(lines) == count, f"otlp {options}: {len(lines)} lines of {count}")
        for number, line in enumerate(lines):
            who = f"otlp {options} line {number + 1}"
            spans = [s for r in line["resourceSpans"] for scope in r["scopeSpans"] for s in scope["spans"]]
            by_id = {span["spanId"]: span for span in spans}
            check(len(by_id) == len(spans), f"{who}: span ids")
            check(sum("parentSpanId" not in span for span in spans) == 1, f"{who}: one root")
            for span in spans:
                check_span(span, by_id, who)
                to_base64_ids(span)
            message = trace_pb2.TracesData()
            json_format.ParseDict(line, message)  # unknown fields are errors
            check(sum(len(s.spans) for r in message.resource_spans for s in r.scope_spans) == len(spans), who)


# --- ADP: classic models (section of the published schema) and the rules of the versioned one ------
def check_adp(records, count):
    lines = export(records, "--format", "adp")
    check(len(lines) >= count, f"adp: {len(lines)} of {count}")
    for line in lines:
        who = f"adp {line['id']}"
        check(isinstance(line["id"], str) and all(isinstance(v, str) for v in line["details"].values()), who)
        asked, answered = [], []
        for item in line["content"]:
            kind = item["class_"]
            check(ADP_ITEMS[kind] <= set(item) <= ADP_ITEMS[kind] | ADP_OPTIONAL, f"{who}: keys of {kind}")
            check(kind != "api_action" or isinstance(item["kwargs"], dict), who)
            call = item.get("tool_call_id")
            if kind in ("api_action", "code_action"):
                check(call is not None and call not in asked, f"{who}: call ids")
                asked.append(call)
            elif kind == "text_observation":
                check(item["source"] in ("user", "agent", "environment"), who)
                check(call is None or (call in asked and call not in answered), f"{who}: answer {call}")
                answered += [call] if call is not None else []
            else:
                check(call is None, who)
        check(sorted(asked) == sorted(answered), f"{who}: unanswered calls")


# --- Agent Trace: its JSON Schema -----------------------------------------------------------------
def check_agent_trace(records):
    text = json.loads((FIXTURES / "export/agent-trace/trace-record.schema.json").read_text())
    validator = jsonschema.validators.validator_for(text)(text, format_checker=jsonschema.FormatChecker())
    lines = export(records, "--format", "agent-trace", status=(0, 8))
    check(lines, "agent-trace: nothing")
    for line in lines:
        errors = list(validator.iter_errors(line))
        check(not errors, f"agent-trace {line['id']}: {[e.message[:100] for e in errors[:2]]}")
        check(all(not f["path"].startswith(("/", "..")) for f in line["files"]), f"agent-trace {line['id']}: path")


# --- Training rows: datasets, chat templates, LLaMA-Factory's order -------------------------------
def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


JINJA.filters["tojson"] = to_json


def raise_exception(message):
    raise ValueError(message)


def templates():
    folder = pathlib.Path(importlib.util.find_spec("trl").submodule_search_locations[0]) / "chat_templates"
    for name in TEMPLATES:
        file = folder / f"{name}.jinja"
        if file.exists():
            yield name, JINJA.from_string(file.read_text(), globals={"raise_exception": raise_exception})


def check_pairing(row, arguments, who):
    open_calls, last = {}, None
    for message in row["messages"]:
        check(isinstance(message["content"], str), f"{who}: content")
        if message["role"] == "tool":
            check(message["tool_call_id"] in open_calls, f"{who}: answer without call")
            open_calls.pop(message["tool_call_id"], None)
        else:
            check(not open_calls, f"{who}: unanswered call")
            open_calls = {call["id"]: call for call in message.get("tool_calls", [])}
            check(all(isinstance(c["function"]["arguments"], arguments) for c in open_calls.values()), who)
            check(message["role"] != "user" or last != "user", f"{who}: two user turns")
            last = message["role"]
    check(last == "assistant" and not open_calls, f"{who}: end")


def check_chat(records, count, work):
    import datasets
    made = list(templates())
    check(len(made) >= 3, f"chat templates: {[name for name, _ in made]}")
    for flavor, arguments in [("hf", dict), ("mistral", dict), ("openai", str)]:
        for more in [[], ["--split-parallel", "--mask", "loss", "--mask-errors"], ["--no-subagents"]]:
            rows = export(records, "--format", "chat", "--flavor", flavor, *more, status=(0, 8))
            check(len(rows) >= count * 9 // 10, f"chat {flavor}: {len(rows)} rows of {count}")
            for number, row in enumerate(rows):
                check_pairing(row, arguments, f"chat {flavor} {more} row {number + 1}")
    file = work / "chat.jsonl"
    subprocess.run([program, "export", "--format", "chat", "--input", records, "-o", file, "--keep-going", "-q"],
                   check=True)
    loaded = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(work / "cache"))
    check(loaded.num_rows == sum(1 for _ in file.open()), "datasets: rows")
    written = [json.loads(line) for line in file.open()]
    check(any("tools" in row for row in written), "chat: no row has tools")
    for row, as_written in zip(loaded, written):
        check((row["tools"] or None) == as_written.get("tools"), "chat: tools are not as they were written")
    texts = export(records, "--format", "chat", "--tools-as", "text", status=(0, 8))
    check([json.loads(row["tools"]) if "tools" in row else None for row in texts]
          == [row.get("tools") for row in written], "chat: tools as text")
    for row in loaded:
        messages = [{k: v for k, v in m.items() if v is not None} for m in row["messages"]]
        for message in messages:
            for call in message.get("tool_calls", []):
                if isinstance(call["function"]["arguments"], str):
                    call["function"]["arguments"] = json.loads(call["function"]["arguments"])
        for name, template in made:
            text = template.render(messages=messages, tools=row["tools"] or None,
                                   add_generation_prompt=False, bos_token="", eos_token="")
            check(messages[-1]["content"].strip() in text or messages[-1]["role"] == "tool", f"{name}: last answer")
            for message in messages:
                for call in message.get("tool_calls", []):
                    check(call["function"]["name"] in text, f"{name}: call left out")


def check_sharegpt(records, work):
    import datasets
    rows = export(records, "--format", "sharegpt", status=(0, 8))
    check(rows, "sharegpt: nothing")
    for number, row in enumerate(rows):
        who = f"sharegpt row {number + 1}"
        check(len(row["conversations"]) % 2 == 0, f"{who}: odd number of turns")
        for place, turn in enumerate(row["conversations"]):
            sides = ("human", "observation") if place % 2 == 0 else ("gpt", "function_call")
            check(turn["from"] in sides, f"{who}: turn {place}")
            if turn["from"] == "function_call":
                calls = json.loads(re.sub(r"(?s)^<think>.*?</think>\s*(?=\[)", "", turn["value"]))
                check(all(set(call) == {"name", "arguments"} for call in calls), f"{who}: calls")
        check(row["tools"] == "" or json.loads(row["tools"]), f"{who}: tools")
    file = work / "sharegpt.jsonl"
    subprocess.run([program, "export", "--format", "sharegpt", "--input", records, "-o", file, "--keep-going", "-q"],
                   check=True)
    loaded = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(work / "cache"))
    check(loaded.num_rows == len(rows), "sharegpt: rows")


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        records = work / "records.jsonl"
        parsed = subprocess.run([program, "parse", *sessions.folders()], capture_output=True).stdout.decode()
        worked = json.loads((FIXTURES / "export/worked/trace-record.json").read_text())
        lines = [line for line in parsed.split("\n") if line] + [json.dumps(worked)]
        records.write_text("\n".join(lines) + "\n")
        print(len(lines), "records", flush=True)
        absent = sessions.missing(program, map(json.loads, lines))
        check(not absent, f"no session of {sorted(absent)}")
        check_schema(records)
        check_atif(records, len(lines), work)
        check_otlp(records, len(lines))
        check_adp(records, len(lines))
        check_agent_trace(records)
        check_chat(records, len(lines), work)
        check_sharegpt(records, work)
    print(f"{checks - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
