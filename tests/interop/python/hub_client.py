"""Drives the official Python client, unmodified, through everything the product's users do with it."""

import hashlib
import os
import pathlib
import sys
import traceback
import urllib.parse
import urllib.request

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    hf_hub_download,
    snapshot_download,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

ENDPOINT = os.environ["HF_ENDPOINT"]
WORK = pathlib.Path(os.environ["INTEROP_WORK"])
TOKEN = "hf_test_write"
REPO = "alice/python-traces"
KIND = {"repo_type": "dataset"}

api = HfApi(token=TOKEN)
checks = []


def check(function):
    checks.append(function)
    return function


def noise(size, seed=b"x"):
    out = b""
    while len(out) < size:
        seed = hashlib.sha256(seed).digest()
        out += seed.hex().encode() + b"\n"
    return out[:size]


REGULAR = b"# A dataset\n"
BASIC = noise(10_000, b"basic")
MULTIPART = noise(50_001, b"multipart")


def stored(path, revision="main", repo=REPO):
    query = urllib.parse.urlencode({"repo": repo, "path": path, "rev": revision})
    with urllib.request.urlopen(f"{ENDPOINT}/_emulator/file?{query}") as answer:
        return answer.read()


def head():
    return api.dataset_info(REPO).sha


def raises(error, function, status=None):
    try:
        function()
    except error as caught:
        if status is not None:
            assert caught.response.status_code == status, caught.response.status_code
        return caught
    raise AssertionError(f"{error.__name__} expected")


@check
def whoami():
    me = api.whoami()
    assert me["name"] == "alice" and me["orgs"][0]["name"] == "acme"
    assert me["auth"]["accessToken"]["role"] == "write"


@check
def bad_token():
    raises(HfHubHTTPError, lambda: HfApi(token="hf_nobody").whoami(), 401)


@check
def create():
    url = api.create_repo(REPO, private=True, **KIND)
    assert url.repo_id == REPO, url
    assert api.dataset_info(REPO).private is True


@check
def create_exist_ok():
    assert api.create_repo(REPO, exist_ok=True, **KIND).repo_id == REPO
    raises(HfHubHTTPError, lambda: api.create_repo(REPO, **KIND), 409)


@check
def create_without_rights():
    raises(HfHubHTTPError, lambda: api.create_repo("bob/not-mine", **KIND), 403)
    raises(HfHubHTTPError, lambda: HfApi(token="hf_test_read").create_repo("alice/read-only", **KIND), 403)


@check
def create_in_organisation():
    assert api.create_repo("acme/shared", private=True, **KIND).repo_id == "acme/shared"


@check
def missing_repo():
    raises(RepositoryNotFoundError, lambda: api.dataset_info("alice/nothing"), 404)
    assert not api.repo_exists("alice/nothing", **KIND)
    assert api.repo_exists(REPO, **KIND)


@check
def private_repo_is_hidden():
    raises(RepositoryNotFoundError, lambda: HfApi(token="hf_test_bob").dataset_info(REPO), 404)
    raises(HfHubHTTPError, lambda: HfApi(token=False).dataset_info(REPO), 401)


@check
def upload_regular():
    done = api.upload_file(path_or_fileobj=REGULAR, path_in_repo="README.md", repo_id=REPO, **KIND)
    assert done.oid == head()
    assert stored("README.md") == REGULAR


@check
def upload_lfs_basic():
    api.upload_file(path_or_fileobj=BASIC, path_in_repo="data/basic.jsonl", repo_id=REPO, **KIND)
    assert stored("data/basic.jsonl") == BASIC
    assert b"data/basic.jsonl filter=lfs" in stored(".gitattributes")


@check
def upload_lfs_multipart():
    api.upload_file(path_or_fileobj=MULTIPART, path_in_repo="data/multi part.bin", repo_id=REPO, **KIND)
    assert stored("data/multi part.bin") == MULTIPART


@check
def upload_unchanged():
    before = head()
    for path, content in [("README.md", REGULAR), ("data/basic.jsonl", BASIC)]:
        done = api.upload_file(path_or_fileobj=content, path_in_repo=path, repo_id=REPO, **KIND)
        assert done.oid == before
    assert head() == before


@check
def upload_folder():
    folder = WORK / "folder"
    (folder / "data" / "nested").mkdir(parents=True)
    for i in range(7):
        (folder / "data" / "nested" / f"small-{i}.txt").write_bytes(noise(100 + i, b"%d" % i))
    (folder / "data" / "large.jsonl").write_bytes(noise(30_000, b"large"))
    (folder / "empty.txt").write_bytes(b"")
    api.upload_folder(folder_path=folder, repo_id=REPO, commit_message="A folder", **KIND)
    for file in folder.rglob("*"):
        if file.is_file():
            assert stored(file.relative_to(folder).as_posix()) == file.read_bytes(), file


@check
def commit_with_parent():
    operations = [
        CommitOperationAdd("a.txt", b"first\n"),
        CommitOperationAdd("with space & ü.txt", "größe\n".encode()),
    ]
    old = head()
    done = api.create_commit(REPO, operations, commit_message="Two", parent_commit=old, **KIND)
    assert head() == done.oid != old
    stale = lambda: api.create_commit(
        REPO, [CommitOperationAdd("a.txt", b"late\n")], commit_message="Late", parent_commit=old, **KIND
    )
    raises(HfHubHTTPError, stale, 412)
    assert stored("a.txt") == b"first\n"
    assert stored("with space & ü.txt") == "größe\n".encode()


@check
def delete_files():
    api.create_commit(REPO, [CommitOperationDelete("a.txt")], commit_message="Away", **KIND)
    assert not api.file_exists(REPO, "a.txt", **KIND)
    raises(EntryNotFoundError, lambda: api.delete_file("a.txt", REPO, **KIND), 404)
    api.create_commit(REPO, [CommitOperationAdd("old/x.txt", b"x")], commit_message="Old", **KIND)
    api.delete_folder("old", REPO, **KIND)
    assert "old/x.txt" not in api.list_repo_files(REPO, **KIND)


@check
def tree_in_pages():
    entries = list(api.list_repo_tree(REPO, recursive=True, expand=True, **KIND))
    files = {e.path: e for e in entries if hasattr(e, "blob_id")}
    assert len(entries) > 10 and "data/nested/small-6.txt" in files
    assert files["data/basic.jsonl"].lfs.sha256 == hashlib.sha256(BASIC).hexdigest()
    assert files["README.md"].blob_id == hashlib.sha1(b"blob %d\0" % len(REGULAR) + REGULAR).hexdigest()
    nested = list(api.list_repo_tree(REPO, "data/nested", **KIND))
    assert len(nested) == 7
    raises(EntryNotFoundError, lambda: list(api.list_repo_tree(REPO, "nowhere", **KIND)), 404)
    raises(RevisionNotFoundError, lambda: list(api.list_repo_tree(REPO, revision="nowhere", **KIND)), 404)


@check
def paths_info():
    many = [f"missing/{i}-{'x' * 40}.txt" for i in range(400)]
    found = api.get_paths_info(REPO, ["README.md", "data", *many], expand=True, **KIND)
    assert sorted(e.path for e in found) == ["README.md", "data"]


@check
def blobs_info():
    info = api.dataset_info(REPO, files_metadata=True)
    siblings = {s.rfilename: s for s in info.siblings}
    assert siblings["data/basic.jsonl"].size == len(BASIC)
    assert siblings["data/basic.jsonl"].lfs["sha256"] == hashlib.sha256(BASIC).hexdigest()


@check
def expand():
    info = api.dataset_info(REPO, expand=["sha", "private"])
    assert info.sha == head() and info.private is True and info.siblings is None


@check
def settings():
    api.update_repo_settings(REPO, gated="auto", **KIND)
    assert api.dataset_info(REPO).gated == "auto"
    api.update_repo_settings(REPO, gated=False, private=False, **KIND)
    info = api.dataset_info(REPO)
    assert info.gated is False and info.private is False


@check
def refs():
    api.create_branch(REPO, branch="feature/one", **KIND)
    api.create_tag(REPO, tag="v1", tag_message="first", **KIND)
    raises(HfHubHTTPError, lambda: api.create_branch(REPO, branch="feature/one", **KIND), 409)
    found = api.list_repo_refs(REPO, include_pull_requests=True, **KIND)
    assert {b.name for b in found.branches} == {"main", "feature/one"}
    assert [t.target_commit for t in found.tags] == [head()]
    assert api.dataset_info(REPO, revision="feature/one").sha == head()
    api.delete_branch(REPO, branch="feature/one", **KIND)
    api.delete_tag(REPO, tag="v1", **KIND)


@check
def commits():
    history = api.list_repo_commits(REPO, **KIND)
    assert history[0].commit_id == head() and history[-1].title == "initial commit"
    assert history[0].authors == ["alice"]


@check
def list_datasets():
    assert [d.id for d in api.list_datasets(author="acme")] == ["acme/shared"]
    assert REPO in {d.id for d in api.list_datasets(search="python-tra")}
    assert list(HfApi(token=False).list_datasets(author="acme")) == []


@check
def auth_check():
    api.auth_check(REPO, **KIND)
    raises(RepositoryNotFoundError, lambda: api.auth_check("alice/nothing", **KIND), 404)


@check
def download_regular():
    path = hf_hub_download(REPO, "README.md", token=TOKEN, **KIND)
    assert pathlib.Path(path).read_bytes() == REGULAR
    path = hf_hub_download(REPO, "with space & ü.txt", token=TOKEN, **KIND)
    assert pathlib.Path(path).read_bytes() == "größe\n".encode()
    raises(EntryNotFoundError, lambda: hf_hub_download(REPO, "missing", token=TOKEN, **KIND))


@check
def download_lfs_from_other_origin():
    for name, content in [("data/basic.jsonl", BASIC), ("data/multi part.bin", MULTIPART)]:
        path = hf_hub_download(REPO, name, token=TOKEN, **KIND)
        assert pathlib.Path(path).read_bytes() == content


@check
def snapshot():
    folder = pathlib.Path(snapshot_download(REPO, token=TOKEN, **KIND))
    names = api.list_repo_files(REPO, **KIND)
    assert len(names) > 12
    for name in names:
        assert (folder / name).read_bytes() == stored(name), name


@check
def pull_request():
    before = head()
    done = api.create_commit(
        REPO, [CommitOperationAdd("pr.txt", b"pr\n")], commit_message="Please", create_pr=True, **KIND
    )
    assert done.pr_num and head() == before
    assert stored("pr.txt", done.pr_revision) == b"pr\n"
    more = [CommitOperationAdd("pr.txt", b"again\n")]
    api.create_commit(REPO, more, commit_message="More", revision=done.pr_revision, **KIND)
    assert stored("pr.txt", done.pr_revision) == b"again\n"
    assert "pr.txt" in {e.path for e in api.list_repo_tree(REPO, revision=done.pr_revision, **KIND)}
    opened = api.create_pull_request(REPO, title="By hand", **KIND)
    assert opened.git_reference == f"refs/pr/{done.pr_num + 1}"


@check
def card_metadata():
    text = b"---\nlicense: mit\nsize_categories:\n- n<1K\ntags:\n- agent-traces\n---\n# Card\n"
    api.upload_file(path_or_fileobj=text, path_in_repo="README.md", repo_id=REPO, **KIND)
    info = api.dataset_info(REPO)
    assert info.card_data.license == "mit" and "license:mit" in info.tags
    wrong = text.replace(b"license: mit", b"license: not-a-licence")
    upload = lambda: api.upload_file(path_or_fileobj=wrong, path_in_repo="README.md", repo_id=REPO, **KIND)
    raises(Exception, upload)
    assert stored("README.md") == text
    assert REPO in {d.id for d in api.list_datasets(filter="agent-traces")}


@check
def move_and_redirect():
    api.create_repo("alice/before", private=True, **KIND)
    api.move_repo("alice/before", "alice/after", **KIND)
    assert api.dataset_info("alice/before").id == "alice/after"
    assert api.dataset_info("ALICE/After").id == "alice/after"
    api.delete_repo("alice/after", **KIND)


@check
def squash():
    api.super_squash_history(REPO, **KIND)
    assert len(api.list_repo_commits(REPO, **KIND)) == 1


@check
def delete_repo():
    api.delete_repo("acme/shared", **KIND)
    raises(RepositoryNotFoundError, lambda: api.delete_repo("acme/shared", **KIND), 404)
    api.delete_repo("acme/shared", missing_ok=True, **KIND)
    api.delete_repo(REPO, **KIND)
    assert not api.repo_exists(REPO, **KIND)


@check
def load_dataset():
    from datasets import load_dataset as load

    repo = "alice/python-rows"
    api.create_repo(repo, private=True, **KIND)
    rows = b"".join(b'{"id": %d, "text": "row %d"}\n' % (i, i) for i in range(500))
    card = b"---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/*.jsonl\n---\n"
    operations = [CommitOperationAdd("data/a.jsonl", rows), CommitOperationAdd("README.md", card)]
    api.create_commit(repo, operations, commit_message="Rows", **KIND)
    dataset = load(repo, split="train", token=TOKEN, cache_dir=str(WORK / "datasets"))
    assert dataset.num_rows == 500 and dataset[499]["text"] == "row 499"


@check
def no_credential_reached_storage():
    with urllib.request.urlopen(f"{ENDPOINT}/_emulator/stats") as answer:
        assert b'"credentialLeaks":0' in answer.read()


def main():
    failed = 0
    with open(os.environ["INTEROP_RESULTS"], "a") as results:
        for function in checks:
            try:
                function()
                verdict = "pass"
            except Exception:
                traceback.print_exc()
                verdict = "fail"
                failed += 1
            print(f"{verdict} python: {function.__name__}", flush=True)
            results.write(f"{verdict} python: {function.__name__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
