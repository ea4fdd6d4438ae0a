"""SARIF logs of `scan` against the official schema of OASIS. Usage: sarif.py OPENTRACES"""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

SOURCE = pathlib.Path(__file__).resolve().parents[3]
SCHEMA = json.loads((SOURCE / "tests/fixtures/sarif/sarif-schema-2.1.0.json").read_text())

program = sys.argv[1]
validator = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
failures = []
checks = 0


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        failures.append(what)
        print("FAIL", what, flush=True)


def token(number):
    return "ghp" + "_" + "".join(chr(97 + (number * 7 + i * 11) % 26) + str(i % 10) for i in range(18))


def sarif(folder, *options, status, stdin=None):
    run = subprocess.run([program, "scan", *options, "--format", "sarif"], cwd=folder, capture_output=True, input=stdin)
    check(run.returncode == status, f"{options}: {run.returncode} {run.stderr.decode()[-300:]}")
    log = json.loads(run.stdout)
    for error in validator.iter_errors(log):
        check(False, f"{options}: {error.json_path}: {error.message[:200]}")
    for number in range(10):
        check(token(number)[8:] not in run.stdout.decode(), f"{options}: quotes a secret")
    return log["runs"][0]


def git(folder, *words):
    subprocess.run(["git", "-c", "user.name=me", "-c", "user.email=me@example.org", *words], cwd=folder, check=True,
                   capture_output=True)


check(not validator.is_valid({"version": "2.1.0", "runs": [{}]}), "a run has a tool")
jsonschema.Draft7Validator.check_schema(SCHEMA)
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    check(sarif(folder, ".", status=0)["results"] == [], "nothing is found in nothing")
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + ("Ab1/" * 16 + "\n") * 5 + "-----END RSA " + "PRIVATE KEY-----\n"
    (folder / "a ä#?%:.txt").write_text(f"x ä {token(1)}\n{key}{token(2)} # opentraces:allow sample\nme@corp-mail.net\n")
    (folder / "b.jsonl").write_text(json.dumps({"k": token(3)}) + "\n" + json.dumps({"k": token(4)}) + "\n")
    run = sarif(folder, ".", "no-such-file", status=8)
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    check(len(regions) == 6, f"6 results: {len(regions)}")
    check(all("byteOffset" in region for region in regions), "bytes of every place")
    check(sum("suppressions" in result for result in run["results"]) == 1, "one is suppressed")
    check({rule["id"] for rule in run["tool"]["driver"]["rules"]} == {result["ruleId"] for result in run["results"]},
          "the rules of the results")
    check(not run["invocations"][0]["executionSuccessful"], "a file that is not there is told")
    sarif(folder, "-", status=8, stdin=token(5).encode())
    sarif(folder, ".", "--baseline", "none.json", status=6)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    check(len(sarif(folder, "--staged", status=8)["results"]) == 6, "staged")
    git(folder, "commit", "-q", "-m", "say " + token(6))
    run = sarif(folder, "--commits", "HEAD", status=8)
    check(len(run["results"]) == 7, "and the message of the commit")
print(f"{checks} checks, {len(failures)} failed")
sys.exit(1 if failures else 0)
