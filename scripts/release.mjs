// Packs every public package, checks the tarballs as strangers use them, and says what would be published.
// With --publish it publishes those very tarballs, each with its provenance. CONTRIBUTING.md says how.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const publish = process.argv.includes("--publish");
const unknown = process.argv.slice(2).filter((argument) => argument !== "--publish");
if (unknown.length > 0) fail(`release: takes --publish or nothing, got ${unknown.join(" ")}`);

const tarballs = join(process.cwd(), "tarballs");
const show = (command, args, env = {}) =>
  execFileSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
const read = (command, args) => execFileSync(command, args, { encoding: "utf8" }).trim();

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (publish) {
  if (read("git", ["status", "--porcelain"]) !== "")
    fail("release: there are changes that are not committed");
  const pending = readdirSync(".changeset").filter((file) => file.endsWith(".md") && file !== "README.md");
  if (pending.length > 0) fail(`release: run pnpm changeset version first, for ${pending.join(", ")}`);
}

rmSync(tarballs, { recursive: true, force: true });
mkdirSync(tarballs);
show("pnpm", ["build"]);
read("pnpm", ["-r", "--filter", "@handgrad/*", "pack", "--pack-destination", tarballs]);
show("pnpm", ["unit", "--project", "tests", "packed", "package-arrows"], { HANDGRAD_TARBALLS: tarballs });

// In the order in which they depend on one another, so that nobody can install half a release.
const folders = read("pnpm", ["-r", "--filter", "@handgrad/*", "exec", "pwd"]).split("\n");
for (const folder of folders) {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = join(tarballs, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
  if (publish) show("npm", ["publish", file, "--access", "public", "--provenance"]);
  else console.log(`would publish ${name} ${version} from ${basename(file)}`);
}
