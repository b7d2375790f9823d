/**
 * System tests start real processes, so they run one file after another and may take minutes each.
 */
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const system: ViteUserConfig = defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  cacheDir: "node_modules/.cache/vite",
  test: {
    include: ["test/system/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
  },
});

export default system;
