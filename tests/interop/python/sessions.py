"""Sessions of every agent that the program reads: where they are, and whether all of them are there."""
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[3]
FIXTURES = SOURCE / "tests/fixtures/sessions"
CORPUS = SOURCE.parent / "shared/corpus"


def folders():
    """Of the fixtures, and of the corpus where it is present; says which."""
    if CORPUS.is_dir():
        return [FIXTURES, CORPUS]
    print("note: ../shared/corpus is not here; the fixtures alone are read")
    return [FIXTURES]


def agents(program):
    """The program's own list: a name that is none is answered with all of them."""
    answer = subprocess.run([program, "parse", "--agent", "no such agent", "-"], capture_output=True, text=True)
    return set(answer.stderr.split("Known agents: ")[1].split("\n")[0].rstrip(".").split(", "))


def missing(program, records):
    """Agents of which none of these records is."""
    return agents(program) - {record["agent"]["name"] for record in records}
