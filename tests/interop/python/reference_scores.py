"""The scores of the Python implementation and of --rubric 0.2 on the same traces: every persona, check and total.

Usage: reference_scores.py OPENTRACES TRACES.jsonl... Needs opentraces 0.2.1 with opentraces-schema 0.2.0.
The last line is `N passed, N failed`; also prints how long each side took.
"""
import json
import subprocess
import sys
import time

from opentraces.quality.engine import assess_batch
from opentraces_schema import TraceRecord


def ours(program, path):
    started = time.perf_counter()
    answer = subprocess.run(
        [program, "assess", "--rubric", "0.2", "--input", path, "--checks", "--json"], capture_output=True, check=False
    )
    seconds = time.perf_counter() - started
    return json.loads(answer.stdout), seconds


def theirs(path):
    started = time.perf_counter()
    with open(path, encoding="utf-8") as lines:
        # Only "\n" ends a line: texts may hold other separators.
        records = [TraceRecord.model_validate_json(line) for line in lines.read().split("\n") if line]
    batch = assess_batch(records)
    return batch, time.perf_counter() - started


def differences(mine, reference):
    if mine["overall_utility"] != reference.overall_utility:
        yield f"overall {mine['overall_utility']} != {reference.overall_utility}"
    if set(mine["personas"]) != set(reference.persona_scores):
        yield f"personas {sorted(mine['personas'])} != {sorted(reference.persona_scores)}"
        return
    for name, score in reference.persona_scores.items():
        persona = mine["personas"][name]
        for field in ("total_score", "pass_rate", "skipped", "category_scores"):
            if persona[field] != getattr(score, field):
                yield f"{name}.{field} {persona[field]} != {getattr(score, field)}"
        checks = [(c["name"], c["passed"], c["skipped"], c["score"], c["weight"]) for c in persona["checks"]]
        items = [(i.name, i.passed, i.skipped, i.score, i.weight) for i in score.items]
        for check, item in zip(checks, items):
            if check != item:
                yield f"{name}: {check} != {item}"
        if len(checks) != len(items):
            yield f"{name}: {len(checks)} checks != {len(items)}"


def main():
    program, paths = sys.argv[1], sys.argv[2:]
    passed = failed = 0
    for path in paths:
        answer, our_seconds = ours(program, path)
        batch, their_seconds = theirs(path)
        if len(answer["assessments"]) != len(batch.assessments):
            print(f"{path}: {len(answer['assessments'])} traces != {len(batch.assessments)}")
            failed += 1
        reference = {}  # copies of a session share their id, and keep their order
        for assessment in batch.assessments:
            reference.setdefault(assessment.trace_id, []).append(assessment)
        for mine in answer["assessments"]:
            found = list(differences(mine, reference[mine["trace_id"]].pop(0)))
            for difference in found:
                print(f"{mine['trace_id']}: {difference}")
            passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
        averages = {name: value["average"] for name, value in answer["quality"]["persona_scores"].items()}
        if averages == batch.persona_averages:
            passed += 1
        else:
            print(f"averages {averages} != {batch.persona_averages}")
            failed += 1
        print(f"{path}: {len(batch.assessments)} traces; this program {our_seconds:.3f} s, the Python one {their_seconds:.3f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
