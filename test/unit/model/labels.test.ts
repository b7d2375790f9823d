import { expect, test } from "vitest";
import { decodeLabels, encodeLabels } from "#model/canonical-labels.ts";
import { labelsKey, labelsOf } from "#model/labels.ts";

test("a key is equal for equal label sets only, whatever their texts contain", () => {
  // The last code points of the plane, surrogates' neighbours, and texts that look like separators.
  for (const text of ["\u{ffff}", "\u{fffe}", "\u{d7ff}", "\u{e000}", "\u{0}", ",", '"']) {
    const joined = labelsOf([["a", `1${text}b${text}2`]]);
    const apart = labelsOf([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(labelsKey(joined)).not.toBe(labelsKey(apart));
    expect(labelsKey(decodeLabels(encodeLabels(joined)))).toBe(labelsKey(joined));
  }
});
