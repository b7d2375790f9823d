// Covers: src/rules/yaml-reader.ts
import { expect, test } from "vitest";
import { parseRuleFile } from "#rules/parse-rule-file.ts";

const GOOD = `groups:
  - name: g
    interval: 30s
    limit: 5
    labels: { team: infra, tier: 1 }
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { tier: two }
      - alert: Down
        expr: up == 0
        for: 5m
        keep_firing_for: 1m
        annotations: { summary: "{{ $labels.instance }}" }
`;

test("reads groups with their defaults", () => {
  const [group] = parseRuleFile("r.yml", GOOD);
  expect(group).toMatchObject({ name: "g", intervalMs: 30_000, limit: 5, queryOffsetMs: 0 });
  expect(group!.rules[0]).toMatchObject({
    kind: "recording",
    labels: { team: "infra", tier: "two" },
    place: "r.yml:7",
  });
  expect(group!.rules[1]).toMatchObject({
    kind: "alerting",
    forMs: 300_000,
    keepFiringForMs: 60_000,
    labels: { team: "infra", tier: "1" },
  });
  expect(parseRuleFile("empty.yml", "")).toEqual([]);
});

test.for([
  ["groups:\n  - rules: []", "r.yml:2: group without a name"],
  ["groups:\n  - name: a\n  - name: a", 'r.yml:3: group name "a" is there twice'],
  ["group: []", "unknown field"],
  ["groups:\n  - name: a\n    rules:\n      - expr: up", "either record or alert"],
  ["groups:\n  - name: a\n    rules:\n      - record: x", "field expr must be set"],
  [
    "groups:\n  - name: a\n    rules:\n      - record: x\n        expr: sum(",
    "r.yml:5: could not parse",
  ],
  [
    "groups:\n  - name: a\n    rules:\n      - record: x\n        expr: up\n        for: 1m",
    "invalid field for",
  ],
  [
    "groups:\n  - name: a\n    rules:\n      - alert: x\n        expr: up\n        for: soon",
    "want a duration",
  ],
  [
    "groups:\n  - name: a\n    rules:\n      - alert: x\n        expr: up\n        labels: { __name__: y }",
    "invalid label name",
  ],
  [
    'groups:\n  - name: a\n    rules:\n      - alert: x\n        expr: up\n        annotations: { s: "{{ if }}" }',
    "could not parse template",
  ],
  ["groups: [", "r.yml:1"],
] as const)("says what is wrong with %j", ([text, want]) => {
  expect(() => parseRuleFile("r.yml", text)).toThrow(want);
});
