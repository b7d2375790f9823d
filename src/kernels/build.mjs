/**
 * Builds the kernel modules from AssemblyScript with the pinned compiler. The results are committed;
 * a test rebuilds them and compares every byte.
 *
 *   node src/kernels/build.mjs              write every module
 *   node src/kernels/build.mjs gyre.wasm    write this one only
 *   node src/kernels/build.mjs --check      fail unless the files are what the sources give
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** File written, and the entry file of its sources. */
export const MODULES = [
  { file: "gyre.wasm", entry: "wasm/index.ts" },
  { file: "head.wasm", entry: "wasm/head/index.ts" },
  { file: "page.wasm", entry: "wasm/page/index.ts" },
];

/**
 * Memory is imported, so one module serves many memories; it is new, hence zero-filled. SIMD is on;
 * relaxed SIMD and threads stay off, because their results or availability differ by machine.
 */
const OPTIONS =
  "--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert --runtime stub --importMemory " +
  "--zeroFilledMemory --initialMemory 1 --maximumMemory 65536 --enable simd";

/** Compiles one module in memory; rejects with the compiler's own messages. */
export async function buildModule({ file, entry }) {
  const outputs = new Map();
  const options = [entry, "--outFile", file, "--baseDir", FOLDER, ...OPTIONS.split(" ")];
  const { error, stderr } = await asc.main(options, {
    writeFile: (name, contents) => {
      outputs.set(name, contents);
    },
  });
  // A warning is a cast that was not meant; a last optimiser round in vain is none.
  const messages = stderr
    .toString()
    .replace(/^Last converge was suboptimal\.$/m, "")
    .trim();
  if (error !== null || messages !== "") {
    throw new Error(`cannot build ${file}: ${error?.message ?? "warnings"}\n${messages}`);
  }
  return outputs.get(file);
}

async function main() {
  const wanted = process.argv.slice(2).filter((argument) => argument !== "--check");
  for (const module of MODULES) {
    if (wanted.length > 0 && !wanted.includes(module.file)) continue;
    const built = await buildModule(module);
    const target = new URL(module.file, import.meta.url);
    if (!process.argv.includes("--check")) {
      await writeFile(target, built);
      process.stdout.write(`${module.file}: ${built.length} bytes\n`);
    } else if (!(await readFile(target)).equals(built)) {
      process.stderr.write(`${module.file} is stale: run node src/kernels/build.mjs\n`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
