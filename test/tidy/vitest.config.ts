/**
 * The fast suites: tidy, unit, golden, property and short simulations. No network, no root, no
 * timed tests. System tests have a configuration of their own (`vitest.system.config.ts`).
 */
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const fast: ViteUserConfig = defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  cacheDir: "node_modules/.cache/vite",
  test: {
    include: ["test/{unit,golden,property,sim,fuzz,tidy}/**/*.test.ts", "bench/**/*.test.ts"],
    // A test that needs longer than this is a system test or wants a smaller input.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    passWithNoTests: true,
  },
});

export default fast;
