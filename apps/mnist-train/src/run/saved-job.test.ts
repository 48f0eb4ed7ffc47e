import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@handgrad/tensor";
import type { Checkpoint } from "@handgrad/training";
import { CheckpointFolder } from "@handgrad/training/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, build } from "../test-built.js";
import { idxFiles, writeIdxFolder } from "../test-idx-folder.js";
import { digitsFor } from "./digits.js";
import { identityOf } from "./saved-job.js";

/** `HANDGRAD_KILLS=100` kills that often, a fifth of them inside the write of a checkpoint. */
const KILLS = Number(process.env.HANDGRAD_KILLS ?? 2);
const KILLS_IN_WRITES = Math.ceil(KILLS / 5);

let built: Built;
const work = mkdtempSync(join(tmpdir(), "saved-job-"));
const rng = new Random(Date.now());

beforeAll(async () => {
  built = build();
  writeIdxFolder(join(work, "data"));
  expect((await ended(start("whole", []))).code).toBe(0);
}, 120_000);
afterAll(() => {
  built.remove();
  rmSync(work, { recursive: true, force: true });
});

/** Fifteen steps a run; wide enough for the write of a checkpoint to take a moment. */
const job = ["--data", "data", "--hidden", "128,32", "--batch-size", "40", "--epochs", "3", "--seed", "3"];
const harder = ["--optimizer", "adam", "--schedule", "plateau", "--lr", "0.001"];

function start(name: string, args: readonly string[]): ChildProcess {
  const paths = ["--out", name, "--checkpoint", join(name, "kept"), "--checkpoint-every", "2", "--quiet"];
  return spawn(process.execPath, [join(built.folder, "cli.js"), ...job, ...harder, ...paths, ...args], {
    cwd: work,
    env: { ...process.env, INIT_CWD: work, HANDGRAD_THREADS: "1" },
  });
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let stderr = "";
  child.stdout?.resume();
  child.stderr?.setEncoding("utf8").on("data", (part) => {
    stderr += part;
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stderr })));
}

const files = (name: string): string[] => {
  const folder = join(work, name, "kept");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

/** Everything that has to be the same, time not counted: curves, what was watched, verdict, metrics, final weights. */
async function outcome(name: string) {
  const read = (file: string) => readFileSync(join(work, name, file), "utf8");
  const { runs, verdict } = JSON.parse(read("report.json"));
  const report = JSON.parse(
    /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(read("report.html"))?.[1] ?? "",
  );
  const folder = join(work, name, "kept");
  const newest = readdirSync(folder).sort().at(-1) ?? "";
  const single = join(work, "single");
  rmSync(single, { recursive: true, force: true });
  mkdirSync(single);
  writeFileSync(join(single, newest), readFileSync(join(folder, newest)));
  const settings = JSON.parse(read("report.json")).settings;
  const identity = identityOf(settings, await digitsFor({ ...settings, data: join(work, "data") }));
  const saved = new CheckpointFolder<readonly Checkpoint[]>(single, { identity }).load()?.value ?? [];
  return {
    curves: runs.map(({ curves }: { curves: unknown }) => curves),
    verdict,
    report,
    metrics: read("metrics.jsonl"),
    weights: saved.map(({ step, model, optimizer }) => ({
      step,
      model: hashes(model),
      adam: hashes(optimizer),
    })),
  };
}

/** To compare hundreds of thousands of elements at once. */
const hashes = (state: Checkpoint["model"]) =>
  Object.entries(state).map(([path, { data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return `${path} ${createHash("sha256").update(bytes).digest("hex")}`;
  });

/** Kills the process when so many milliseconds are over, or in the write of its n-th checkpoint. */
async function kill(child: ChildProcess, name: string, moment: { after: number } | { write: number }) {
  const end = ended(child);
  if ("after" in moment) {
    const timer = setTimeout(() => child.kill("SIGKILL"), moment.after);
    const result = await end;
    clearTimeout(timer);
    return result;
  }
  mkdirSync(join(work, name, "kept"), { recursive: true });
  const seen = new Set<string>();
  const watcher = watch(join(work, name, "kept"), (_, file) => {
    if (!file?.endsWith(".tmp")) return;
    seen.add(file);
    if (seen.size >= moment.write) child.kill("SIGKILL");
  });
  const result = await end;
  watcher.close();
  return result;
}

describe("a job that is killed at any moment", () => {
  it(`${KILLS} times, ${KILLS_IN_WRITES} of them inside a checkpoint's write, ends with the same bits`, async () => {
    const expected = await outcome("whole");
    let kills = 0;
    let inWrites = 0;
    for (let round = 0; kills < KILLS || inWrites < KILLS_IN_WRITES; round++) {
      const name = `killed-${round}`;
      for (;;) {
        const moment =
          inWrites < KILLS_IN_WRITES ? { write: 1 + rng.integer(4) } : { after: 150 + rng.integer(900) };
        const before = files(name);
        const { code, signal, stderr } = await kill(start(name, ["--resume"]), name, moment);
        expect(stderr).toBe("");
        if (signal === null) {
          expect(code).toBe(0);
          break;
        }
        kills++;
        const unfinished = files(name).filter((file) => file.endsWith(".tmp") && !before.includes(file));
        if (unfinished.length > 0) inWrites++;
        if (kills >= KILLS && inWrites >= KILLS_IN_WRITES) {
          expect((await ended(start(name, ["--resume"]))).code).toBe(0);
          break;
        }
      }
      expect(await outcome(name)).toEqual(expected);
      rmSync(join(work, name), { recursive: true });
    }
    if (KILLS > 5) console.log(`${kills} kills, ${inWrites} of them inside the write of a checkpoint`);
  }, 600_000);

  it("and one that is interrupted goes on, too", async () => {
    const child = start("interrupted", []);
    const end = ended(child);
    mkdirSync(join(work, "interrupted", "kept"), { recursive: true });
    const seen = new Set<string>();
    const watcher = watch(join(work, "interrupted", "kept"), (_, file) => {
      seen.add(file ?? "");
      if (seen.size < 20) return;
      child.kill("SIGINT");
      watcher.close();
    });
    const { code, stderr } = await end;
    watcher.close();
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^mnist-train: interrupted at step \d+ of .*; --resume goes on from interrupted.kept\n$/,
    );
    expect((await ended(start("interrupted", ["--resume"]))).code).toBe(0);
    expect(await outcome("interrupted")).toEqual(await outcome("whole"));
  });
});

describe("a folder that takes no checkpoint", () => {
  it("is known before the training", async () => {
    writeFileSync(join(work, "file"), "");
    for (const [folder, code] of [
      [join("file", "in it"), "ENOTDIR"],
      ...(process.platform === "linux" ? [["/proc/none/of/it", "ENOENT"]] : []),
    ]) {
      const child = spawn(
        process.execPath,
        [join(built.folder, "cli.js"), ...job, "--out", "never", "--checkpoint", folder],
        { cwd: work, env: { ...process.env, INIT_CWD: work }, timeout: 10_000 },
      );
      expect(await ended(child)).toMatchObject({
        code: 2,
        stderr: `mnist-train: --checkpoint must be a folder that can be written to, got "${folder}" (${code})\n`,
      });
      expect(existsSync(join(work, "never", "report.json"))).toBe(false);
    }
  });

  it.runIf(KILLS > 5)(
    "where a second process is at work, which ends; the first one is not harmed",
    async () => {
      const first = start("shared", []);
      const end = ended(first);
      while (files("shared").length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const second = await ended(start("shared", ["--resume"]));
      expect((await end).code).toBe(0);
      // Where the first is over before the second begins, that one has nothing to do.
      if (second.code !== 0) {
        expect(second).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(
            /^mnist-train: --checkpoint: .* nor written by this run, and one process at a time/,
          ),
        });
      }
      expect((await ended(start("shared", ["--resume"]))).stderr).toBe("");
      expect(await outcome("shared")).toEqual(await outcome("whole"));
    },
  );
});

describe("a job that is over", () => {
  it("is not begun anew over its checkpoints, and none of other settings is taken", async () => {
    const before = files("whole");
    const fresh = await ended(start("whole", []));
    expect(fresh).toMatchObject({
      code: 2,
      stderr: `mnist-train: --checkpoint ${join("whole", "kept")}: there is a checkpoint already; --resume goes on from it, or choose another folder\n`,
    });
    const other = await ended(start("whole", ["--resume", "--seed", "4"]));
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /^mnist-train: --checkpoint: .*checkpoint-\d+\.bin is of another run: its seed is 3, here it is 4\n$/,
    );
    const images = idxFiles()["train-images-idx3-ubyte"];
    images[images.length - 1] ^= 1;
    writeIdxFolder(join(work, "data"), { "train-images-idx3-ubyte": images });
    const swapped = await ended(start("whole", ["--resume"]));
    writeIdxFolder(join(work, "data"));
    expect(swapped.code).toBe(2);
    expect(swapped.stderr).toMatch(
      /is of another run: its digits' checksum is "\w{16}", here it is "\w{16}"\n$/,
    );
    expect(files("whole")).toEqual(before);
  });

  it("does nothing but report again, from the checkpoint before where the last is damaged, and says so", async () => {
    const before = await outcome("whole");
    const newest = join(work, "whole", "kept", files("whole").at(-1) ?? "");
    truncateSync(newest, 1000);
    const { code, stderr } = await ended(start("whole", ["--resume"]));
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^mnist-train: .*\.bin is damaged: it has \d+ of \d+ bytes behind its first line\nmnist-train: going on from .*\.bin\n$/,
    );
    expect(await outcome("whole")).toEqual(before);
    for (const file of files("whole")) truncateSync(join(work, "whole", "kept", file), 10);
    const lost = await ended(start("whole", ["--resume"]));
    expect(lost.code).toBe(2);
    expect(lost.stderr).toMatch(/^mnist-train: --checkpoint: [^\n]*; there is no other checkpoint\n$/);
  });
});
