import { expect, test } from "vitest";
import { Annotations, renderAnnotations } from "#promql/annotations.ts";

function forced(maxDifference: number): string {
  const annotations = new Annotations();
  const how = { minBound: 1, maxBound: 2, maxDifference };
  annotations.forcedMonotonicity("forced", { start: 0, end: 1 }, 0, how);
  return renderAnnotations(annotations.list(), "info", "q")[0]!;
}

test("a finding is shown where it came up last", () => {
  const annotations = new Annotations();
  annotations.warn("odd", { start: 0, end: 1 });
  annotations.warn("odd", { start: 4, end: 5 });
  const query = "a or b";
  expect(renderAnnotations(annotations.list(), "warning", query)).toEqual([
    "PromQL warning: odd (1:5)",
  ]);
});

// As printf shows them with %.2g: halves go to the even digit when they are exact.
test.each([
  [480, "4.8e+02"],
  [285, "2.8e+02"],
  [275, "2.8e+02"],
  [47, "47"],
  [99.6, "1e+02"],
  [9.96, "10"],
  [0.125, "0.12"],
  [0.265, "0.27"],
  [2.65, "2.6"],
  [0.00012, "0.00012"],
  [1e-5, "1e-05"],
])("%d", (difference, text) => {
  expect(forced(difference)).toContain(`max diff of ${text}, over 1 samples`);
});
