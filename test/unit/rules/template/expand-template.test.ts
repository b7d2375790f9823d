// Covers: src/rules/template/
import { expect, test } from "vitest";
import { expandTemplate } from "#rules/template/expand-template.ts";
import { stringMap } from "#rules/template/template-value.ts";
import type { SampleValue, TemplateValue } from "#rules/template/template-value.ts";

const samples: readonly SampleValue[] = [
  { type: "sample", labels: { instance: "b", __value__: "b" }, value: 21 },
  { type: "sample", labels: { instance: "a", __value__: "a" }, value: 11 },
];

function expand(text: string, value: TemplateValue = 0): Promise<string> {
  const labels = stringMap({ instance: "host:9090", job: "node" });
  const entries = new Map<string, TemplateValue>([
    ["Labels", labels],
    ["Value", value],
  ]);
  return expandTemplate(
    text,
    { type: "map", entries, missing: null },
    { $labels: labels, $value: value },
    {
      query: async (expression) => (expression === "none" ? [] : samples),
      nowMs: 1_500_000,
      externalUrl: "http://example.com/prom",
      pathPrefix: "/prom",
    },
  );
}

test.for([
  ["plain text", "plain text"],
  ["{{ 1 }}", "1"],
  ["{{ 1.5 }} {{ 1e30 }} {{ .00001 }}", "1.5 1e+30 1e-05"],
  ['{{ "x" }}{{ `raw "x"` }}', 'xraw "x"'],
  ["{{ $labels.instance }} {{ $labels.absent }}|", "host:9090 |"],
  ["{{ .Labels.job }}", "node"],
  ["a {{- /* gone */ -}} b", "ab"],
  ["a {{- 1 -}} b", "a1b"],
  ['{{ query "m" | first | value }}', "21"],
  ['{{ query "m" | sortByLabel "instance" | first | label "instance" }}', "a"],
  ['{{ query "m" | first | strvalue }}', "b"],
  [
    '{{ range query "m" | sortByLabel "instance" }}{{ .Labels.instance }}:{{ .Value }};{{ end }}',
    "a:11;b:21;",
  ],
  ['{{ range query "none" }}x{{ else }}empty{{ end }}', "empty"],
  ["{{ range $i, $s := query `m` }}{{ $i }}={{ $s.Value }} {{ end }}", "0=21 1=11 "],
  ["{{ range 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "02"],
  ["{{ with $x := 5 }}{{ $x }}{{ end }}", "5"],
  ["{{ if false }}a{{ else if true }}b{{ else }}c{{ end }}", "b"],
  ["{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"],
  ['{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" 7 }}', "<7>"],
  ['{{ define "t" }}{{ .arg0 }}-{{ .arg1 }}{{ end }}{{ tmpl "t" (args 1 "x") }}', "1-x"],
  ["{{ and 1 0 }} {{ or 0 `x` }} {{ not 0 }}", "0 x true"],
  ["{{ lt 1 2 }} {{ ge 2 2 }} {{ ne `a` `b` }} {{ eq 1 2 1 }}", "true true true true"],
  [
    '{{ printf "%.2f %d %s %q %5s|%-4s|%v" 1.239 7 "a" "b" "c" "d" 2.5 }}',
    '1.24 7 a "b"     c|d   |2.5',
  ],
  ["{{ len `abc` }} {{ index $labels `job` }}", "3 node"],
  ['{{ "aa bb" | title }} {{ toUpper "x" }} {{ toLower "X" }}', "Aa Bb X x"],
  ['{{ reReplaceAll "(a)b" "$1-" "abab" }} {{ match "b+$" "abb" }}', "a-a- true"],
  ['{{ graphLink "up == 1" }}', "/graph?g0.expr=up+%3D%3D+1&g0.tab=0"],
  ['{{ stripPort $labels.instance }} {{ stripPort "[::1]:90" }}', "host ::1"],
  ['{{ stripDomain "a.example.com:80" }} {{ stripDomain "10.0.0.1:80" }}', "a:80 10.0.0.1:80"],
  ["{{ externalURL }}{{ pathPrefix }} {{ now }}", "http://example.com/prom/prom 1500"],
  ['{{ parseDuration "1h2m" }} {{ "3600" | humanizeDuration }}', "3720 1h 0m 0s"],
  ["{{ humanizePercentage 0.123456 }} {{ humanizePercentage 1.5 }}", "12.35% 150%"],
  ["{{ 1435065584.128 | humanizeTimestamp }}", "2015-06-23 13:19:44.128 +0000 UTC"],
] as const)("%s", async ([text, want]) => {
  expect(await expand(text)).toBe(want);
});

test.for([
  [0, "0 0 0s"],
  [1, "1 1 1s"],
  [12_345_600, "12.35M 11.77Mi 142d 21h 20m 0s"],
  [0.12, "120m 0.12 120ms"],
  [-899, "-899 -899 -14m 59s"],
  [Number.NaN, "NaN NaN NaN"],
  [Infinity, "+Inf +Inf +Inf"],
] as const)("humanizes %s", async ([value, want]) => {
  const text = "{{ humanize $value }} {{ humanize1024 $value }} {{ humanizeDuration $value }}";
  expect(await expand(text, value)).toBe(want);
});

test.for([
  ["{{ if true }}", "unexpected EOF"],
  ["{{ end }}", "unexpected {{end}}"],
  ["{{ missing }}", "not defined"],
  ["{{ $nope }}", "undefined variable"],
  ["{{ ", "unclosed action"],
  ['{{ "x', "unterminated quoted string"],
  ['{{ query "none" | first }}', "no elements"],
  ["{{ $value.x }}", "can't evaluate field"],
  ["{{ 1 2 }}", "can't give argument"],
  ['{{ define "t" }}{{ template "t" . }}{{ end }}{{ template "t" 1 }}', "too deeply"],
  ["{{ range 200000 }}x{{ end }}", "steps"],
  ["{{ lt 1 `x` }}", "incompatible types"],
  ['{{ printf "%9999d" 1 }}', "printf width"],
] as const)("refuses %s", async ([text, want]) => {
  await expect(expand(text)).rejects.toThrow(want);
});

test("deep nesting is an error, not a crash", async () => {
  const deep = "{{ if true }}".repeat(5000);
  await expect(expand(deep)).rejects.toThrow("nested deeper");
  await expect(expand(`{{ ${"(".repeat(5000)} }}`)).rejects.toThrow("nested deeper");
});

test("a label called __proto__ is a label", async () => {
  const labels = stringMap(JSON.parse('{"__proto__": "x"}') as Record<string, string>);
  const context = { query: async () => [], nowMs: 0, externalUrl: "", pathPrefix: "" };
  expect(await expandTemplate("{{ .__proto__ }}", labels, {}, context)).toBe("x");
});
