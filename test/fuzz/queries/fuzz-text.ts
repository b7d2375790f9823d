/**
 * Query texts of every sort: right ones from the generator of the differential run, the same with
 * tokens or characters changed, tokens strung together, nesting, and plain noise.
 */
import { FUNCTIONS } from "#promql/parse/function-table.ts";
import type { DataSet } from "#test/differential/data/data-set.ts";
import { LANGUAGE_3_14 } from "#test/differential/queries/language.ts";
import { makeQuery } from "#test/differential/queries/make-query.ts";
import type { QueryTimes } from "#test/differential/queries/scope.ts";
import type { Dice } from "#test/support/dice.ts";
import { OBJECT_WORDS } from "./query-fixture.ts";

export interface FuzzQuery extends QueryTimes {
  readonly text: string;
  readonly sort: TextSort;
}

export type TextSort = "whole" | "tokens" | "characters" | "soup" | "nested" | "noise";

const SORTS: readonly TextSort[] = [
  ...["whole", "whole", "tokens", "tokens", "tokens", "tokens"],
  ...["characters", "characters", "soup", "soup", "noise"],
] as TextSort[];
/** One text in so many is nested deeply: each of them costs as much as hundreds of others. */
const NESTED_EVERY = 500;
const LONG_SHARE = 0.01;
const LONG_STEP_MS = 1000;
const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[\w:.]+|[=!<>]=|=~|!~|<\/|>\/|\s+|./gsu;
const WORDS: readonly string[] = [
  ...OBJECT_WORDS.flatMap((word) => [word, `{${word}="${word}"}`, `by (${word})`, `"${word}"`]),
  ...[...FUNCTIONS.keys()].map((name) => `${name}(`),
  ...LANGUAGE_3_14.aggregations,
  ...["by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "and"],
  ...["or", "unless", "fill", "fill_left", "fill_right", "anchored", "smoothed", "atan2"],
  ...["(", ")", "[", "]", "{", "}", ",", ":", "@", "+", "-", "*", "/", "%", "^", "==", "!="],
  ...[">", "<", ">=", "<=", "=", "=~", "!~", "</", ">/", "start()", "end()", "step()", "range()"],
  ...["[5m]", "[1h:1m]", "[5m:]", "[0s]", "[1y]", "[1ms:1ms]", "[10w:1ms]", "offset -1y"],
  ...["@ 0", "@ 1e300", "@ -1", "@ NaN", "0", "1", "-0", "NaN", "Inf", "1e308", "5e-324", "0x1F"],
  ...["9007199254740993", "1e400", "0b1", "1_000", "08", "1h30m", "292y", "1000000000y", "5m"],
  ...['""', '"a"', "'\\''", "`\n`", '"\\xff"', '"\\u00e9"', '"(a|b)+"', '"[[:alpha:]]*"', '"("'],
  ...["up", "http_requests_total", "memory_bytes", "native_seconds", "latency_seconds_bucket"],
  ...["hostile_total", "mixed_seconds", "# end", "\n", " ", "\0", "é", "\u{1f600}", "\ud800"],
];
const CHARACTERS: readonly string[] = [
  ...["(", ")", "[", "]", "{", "}", '"', "'", "`", "\\", "-", "+", ".", ",", ":", "@", "#", "\n"],
  ...["0", "9", "e", "x", "_", "\0", "\x7f", "\u2028", "\u{10ffff}", "é", " "],
];
const NESTINGS: readonly (readonly [open: string, close: string])[] = [
  ["(", ")"],
  ["-", ""],
  ["abs(", ")"],
  ["sum(", ")"],
  ["1+", ""],
  ["2^", ""],
  ["", "[5m:1m]"],
  ["max_over_time(", "[2m:1m])"],
  ["label_replace(", ', "a", "$1", "b", "(.*)")'],
  ["up or ", ""],
  ["{", ""],
  ["[", ""],
];

export class TextMaker {
  readonly #seed: number;
  readonly #data: DataSet;

  constructor(seed: number, data: DataSet) {
    this.#seed = seed;
    this.#data = data;
  }

  next(dice: Dice, index: number): FuzzQuery {
    const seed = { seed: this.#seed, dataIndex: 0, queryIndex: index };
    const whole = makeQuery(seed, this.#data, LANGUAGE_3_14);
    const sort = index % NESTED_EVERY === 0 ? "nested" : dice.pick(SORTS);
    const { isInstant, startMs, endMs } = whole;
    // Long ranges are rare too: a thousand steps cost as much as a thousand instant queries.
    const stepMs = isInstant || !dice.chance(LONG_SHARE) ? whole.stepMs : LONG_STEP_MS;
    return { sort, text: textOf(dice, sort, whole.text), isInstant, startMs, endMs, stepMs };
  }
}

function textOf(dice: Dice, sort: TextSort, whole: string): string {
  switch (sort) {
    case "whole":
      return whole;
    case "tokens":
      return changedTokens(dice, whole);
    case "characters":
      return changedCharacters(dice, whole);
    case "soup":
      return Array.from({ length: dice.scaled(1, 24) }, () => dice.pick(WORDS)).join(
        dice.pick(["", " "]),
      );
    case "nested":
      return nested(dice, dice.chance(0.5) ? "up" : whole);
    case "noise":
      return String.fromCodePoint(
        ...Array.from({ length: dice.scaled(1, 60) }, () => dice.scaled(1, 0x10_ffff)),
      );
  }
}

function changedTokens(dice: Dice, whole: string): string {
  const tokens = whole.match(TOKEN) ?? [];
  for (let edits = dice.scaled(1, 6); edits > 0; edits--) {
    const at = dice.below(tokens.length + 1);
    const other = dice.chance(0.5) ? dice.pick(WORDS) : (tokens[dice.below(tokens.length)] ?? "");
    const draw = dice.below(4);
    if (draw === 0) tokens.splice(at, 1);
    else if (draw === 1) tokens.splice(at, 0, other);
    else if (draw === 2) tokens.splice(at, 1, other);
    else tokens.splice(at, 0, ...tokens.slice(at, at + dice.between(1, 6)));
  }
  return tokens.join("");
}

function changedCharacters(dice: Dice, whole: string): string {
  let text = whole;
  for (let edits = dice.scaled(1, 4); edits > 0; edits--) {
    const at = dice.below(text.length + 1);
    const gone = dice.below(3);
    text =
      text.slice(0, at) + (dice.chance(0.6) ? dice.pick(CHARACTERS) : "") + text.slice(at + gone);
  }
  return text;
}

function nested(dice: Dice, inner: string): string {
  const [open, close] = dice.pick(NESTINGS);
  const levels = dice.scaled(2, 3000);
  return open.repeat(levels) + inner + close.repeat(levels);
}
