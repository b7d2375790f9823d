import { expect, test } from "vitest";
import { unescapeLabelName } from "#http/api-v1/unescape-label-name.ts";

test.each([
  ["job", "job"],
  ["U__http_2e_status", "http.status"],
  ["U__a__b", "a_b"],
  ["U______name____", "__name__"],
  ["U__a_2e___b", "a._b"],
  ["U___1f600_", "\u{1f600}"],
  ["U__a:b", "a:b"],
])("%s means %s", (name, want) => {
  expect(unescapeLabelName(name)).toBe(want);
});

test.each(["U__a_", "U__a_zz_", "U__a_110000_", "U__a_d800_", "U__a.b", "U__a_1234567_"])(
  "%s means itself",
  (name) => {
    expect(unescapeLabelName(name)).toBe(name);
  },
);
