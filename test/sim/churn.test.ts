/** `npm run campaign:churn` in small: some series, of which a tenth is replaced every hour. */
import { expect, test } from "vitest";
import { runChurn } from "./campaigns/churn.ts";

test("what a node holds does not grow while series come and go", async () => {
  const { lines, faults } = await runChurn({ seed: 1, count: 400, progress: () => {} }, 24);
  expect(faults).toEqual([]);
  expect(lines.at(-1)).toMatch(/^churn: seed 1, 24 hours of 400 live series, 1408 ever/);
});
