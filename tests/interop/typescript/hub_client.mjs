// Drives the official JavaScript client, unmodified, against the emulator.
import * as hub from "@huggingface/hub";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";

const hubUrl = process.env.HF_ENDPOINT;
const accessToken = "hf_test_write";
const repo = { type: "dataset", name: "alice/js-traces" };
const common = { hubUrl, accessToken };
const checks = [];
const check = (name, run) => checks.push({ name, run });

function noise(size, seed) {
    let out = "";
    let state = seed;
    while (out.length < size) {
        state = createHash("sha256").update(state).digest("hex");
        out += state + "\n";
    }
    return Buffer.from(out.slice(0, size));
}

const regular = Buffer.from("# A dataset\n");
const basic = noise(10_000, "basic");
const multipart = noise(50_001, "multipart");

async function stored(path, revision = "main") {
    const query = new URLSearchParams({ repo: repo.name, path, rev: revision });
    const answer = await fetch(`${hubUrl}/_emulator/file?${query}`);
    assert.equal(answer.status, 200, path);
    return Buffer.from(await answer.arrayBuffer());
}

async function statusOf(promise) {
    try {
        await promise;
    } catch (error) {
        return error.statusCode;
    }
    return 200;
}

async function all(iterable) {
    const items = [];
    for await (const item of iterable) {
        items.push(item);
    }
    return items;
}

check("whoAmI", async () => {
    const me = await hub.whoAmI(common);
    assert.equal(me.name, "alice");
    assert.equal(me.orgs[0].name, "acme");
});

check("createRepo", async () => {
    assert.equal(await hub.repoExists({ ...common, repo }), false);
    const made = await hub.createRepo({ ...common, repo, private: true });
    assert.equal(made.repoUrl, `${hubUrl}/datasets/${repo.name}`);
    assert.equal(await hub.repoExists({ ...common, repo }), true);
    assert.equal(await statusOf(hub.createRepo({ ...common, repo })), 409);
});

check("commit regular", async () => {
    await hub.commit({
        ...common,
        repo,
        title: "A card",
        useXet: false,
        operations: [{ operation: "addOrUpdate", path: "README.md", content: new Blob([regular]) }],
    });
    assert.deepEqual(await stored("README.md"), regular);
});

for (const useXet of [false, true]) {
    check(`commit basic and multipart, useXet ${useXet}`, async () => {
        const folder = useXet ? "data/x" : "data";
        await hub.commit({
            ...common,
            repo,
            title: "Shards",
            useXet,
            operations: [
                { operation: "addOrUpdate", path: `${folder}/basic.jsonl`, content: new Blob([basic]) },
                { operation: "addOrUpdate", path: `${folder}/multipart.jsonl`, content: new Blob([multipart]) },
            ],
        });
        assert.deepEqual(await stored(`${folder}/basic.jsonl`), basic);
        assert.deepEqual(await stored(`${folder}/multipart.jsonl`), multipart);
    });
}

check("commit with a stale parent", async () => {
    const [newest, older] = await all(hub.listCommits({ ...common, repo }));
    const operations = [{ operation: "addOrUpdate", path: "late.txt", content: new Blob(["late\n"]) }];
    const late = hub.commit({ ...common, repo, title: "Late", parentCommit: older.oid, operations, useXet: false });
    assert.equal(await statusOf(late), 412);
    await hub.commit({ ...common, repo, title: "In time", parentCommit: newest.oid, operations, useXet: false });
    assert.equal((await stored("late.txt")).toString(), "late\n");
});

check("listFiles in pages", async () => {
    const files = await all(hub.listFiles({ ...common, repo, recursive: true, expand: true }));
    const paths = files.map((file) => file.path);
    assert.ok(paths.length > 5 && paths.includes("data/multipart.jsonl"), paths.join());
    const shard = files.find((file) => file.path === "data/basic.jsonl");
    assert.equal(shard.lfs.oid, createHash("sha256").update(basic).digest("hex"));
    assert.equal((await all(hub.listFiles({ ...common, repo, path: "data/x" }))).length, 2);
});

check("fileDownloadInfo", async () => {
    const text = await hub.fileDownloadInfo({ ...common, repo, path: "README.md" });
    assert.equal(text.size, regular.length);
    const shard = await hub.fileDownloadInfo({ ...common, repo, path: "data/basic.jsonl" });
    assert.equal(shard.size, basic.length);
    assert.equal(await hub.fileDownloadInfo({ ...common, repo, path: "missing" }), null);
});

check("downloadFile", async () => {
    for (const [path, content] of [["README.md", regular], ["data/basic.jsonl", basic], ["data/multipart.jsonl", multipart]]) {
        const blob = await hub.downloadFile({ ...common, repo, path });
        assert.deepEqual(Buffer.from(await blob.arrayBuffer()), content, path);
    }
});

check("pathsInfo", async () => {
    const found = await hub.pathsInfo({ ...common, repo, paths: ["README.md", "data", "missing"], expand: true });
    assert.deepEqual(found.map((entry) => entry.path).sort(), ["README.md", "data"]);
});

check("datasetInfo", async () => {
    const info = await hub.datasetInfo({ ...common, name: repo.name, additionalFields: ["sha", "author"] });
    assert.equal(info.name, repo.name);
    assert.equal(info.private, true);
});

check("listDatasets", async () => {
    const found = await all(hub.listDatasets({ ...common, search: { owner: "alice" } }));
    assert.ok(found.some((entry) => entry.name === repo.name));
    const public_only = await all(hub.listDatasets({ hubUrl, search: { owner: "alice" } }));
    assert.ok(!public_only.some((entry) => entry.name === repo.name));
});

check("listCommits in pages", async () => {
    for (let i = 0; i < 6; ++i) {
        const content = new Blob([`${i}\n`]);
        await hub.uploadFile({ ...common, repo, file: { path: `n/${i}.txt`, content }, useXet: false });
    }
    const commits = await all(hub.listCommits({ ...common, repo, batchSize: 2 }));
    assert.ok(commits.length >= 10);
    assert.equal(commits.at(-1).title, "initial commit");
});

check("branches and pull request", async () => {
    await hub.createBranch({ ...common, repo, branch: "next" });
    assert.equal(await statusOf(hub.createBranch({ ...common, repo, branch: "next" })), 409);
    await hub.deleteBranch({ ...common, repo, branch: "next" });
    const done = await hub.commit({
        ...common,
        repo,
        title: "Please",
        isPullRequest: true,
        useXet: false,
        operations: [{ operation: "addOrUpdate", path: "pr.txt", content: new Blob(["pr\n"]) }],
    });
    assert.match(done.pullRequestUrl, /\/discussions\/1$/);
    assert.equal((await stored("pr.txt", "refs/pr/1")).toString(), "pr\n");
    const files = await all(hub.listFiles({ ...common, repo, revision: "refs/pr/1" }));
    assert.ok(files.some((file) => file.path === "pr.txt"));
});

check("deleteFile", async () => {
    await hub.deleteFile({ ...common, repo, path: "late.txt" });
    assert.equal(await hub.fileExists({ ...common, repo, path: "late.txt" }), false);
});

check("deleteRepo", async () => {
    await hub.deleteRepo({ ...common, repo });
    assert.equal(await hub.repoExists({ ...common, repo }), false);
    assert.equal(await statusOf(hub.deleteRepo({ ...common, repo })), 404);
});

check("no credential reached storage", async () => {
    const stats = await (await fetch(`${hubUrl}/_emulator/stats`)).json();
    assert.equal(stats.credentialLeaks, 0);
});

for (const { name, run } of checks) {
    let verdict = "pass";
    try {
        await run();
    } catch (error) {
        console.error(error);
        verdict = "fail";
    }
    console.log(`${verdict} typescript: ${name}`);
    appendFileSync(process.env.INTEROP_RESULTS, `${verdict} typescript: ${name}\n`);
}
process.exit(0);
