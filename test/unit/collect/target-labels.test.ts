import { expect, test } from "vitest";
import { withTargetLabels } from "#collect/target-labels.ts";
import { labelsOf } from "#model/labels.ts";

const TARGET = labelsOf([
  ["instance", "here:1"],
  ["job", "gyre"],
]);

test("the target's labels join those of the page", () => {
  const scraped = labelsOf([
    ["__name__", "m"],
    ["z", "1"],
  ]);
  expect(withTargetLabels(scraped, TARGET)).toEqual([
    ...["__name__", "m", "instance", "here:1", "job", "gyre", "z", "1"],
  ]);
});

test("what they cover is kept under another name", () => {
  const scraped = labelsOf([
    ["exported_job", "old"],
    ["job", "other"],
  ]);
  expect(withTargetLabels(scraped, TARGET)).toEqual([
    ...["exported_exported_job", "other", "exported_job", "old", "instance", "here:1"],
    ...["job", "gyre"],
  ]);
});
