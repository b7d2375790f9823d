/**
 * Times written as an example, as Go programs do: the layout shows how Monday, 2 January 2006,
 * 15:04:05 -0700 would look. Compiled once into a matcher that walks the text from left to right.
 */
import type { CsvTime } from "./csv-time.ts";

interface Moment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  isAfternoon: boolean | null;
  offsetMinutes: number;
}

/** Reads its part at `at`; the position behind it, or -1. */
type Step = (text: string, at: number, into: Moment) => number;

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July"],
  ...["August", "September", "October", "November", "December"],
];
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const SHORT = 3;
/** Two digits from here on belong to the last century, as in Go. */
const CENTURY_TURN = 69;
const FRACTION = /[.,](?:0+|9+)(?!\d)/y;

/** Longer patterns first: `2006` before `2`. */
const PARTS: readonly (readonly [pattern: string, step: Step])[] = [
  ["January", oneOf(MONTHS, (into, index) => (into.month = index + 1))],
  ["Jan", oneOf(MONTHS.map(cut), (into, index) => (into.month = index + 1))],
  ["Monday", oneOf(DAYS, () => {})],
  ["Mon", oneOf(DAYS.map(cut), () => {})],
  ["2006", digits(4, 4, (into, value) => (into.year = value))],
  ["Z07:00", zone(":", true)],
  ["-07:00", zone(":", false)],
  ["Z0700", zone("", true)],
  ["-0700", zone("", false)],
  ["-07", zone(null, false)],
  ["_2", padded((into, value) => (into.day = value))],
  ["15", digits(2, 2, (into, value) => (into.hour = value))],
  ["PM", oneOf(["AM", "PM"], (into, index) => (into.isAfternoon = index === 1))],
  ["pm", oneOf(["am", "pm"], (into, index) => (into.isAfternoon = index === 1))],
  ["01", digits(2, 2, (into, value) => (into.month = value))],
  ["02", digits(2, 2, (into, value) => (into.day = value))],
  ["03", digits(2, 2, (into, value) => (into.hour = value))],
  ["04", digits(2, 2, (into, value) => (into.minute = value))],
  ["05", digits(2, 2, (into, value) => (into.second = value))],
  ["06", digits(2, 2, (into, value) => (into.year = value + (value < CENTURY_TURN ? 2000 : 1900)))],
  ["1", digits(1, 2, (into, value) => (into.month = value))],
  ["2", digits(1, 2, (into, value) => (into.day = value))],
  ["3", digits(1, 2, (into, value) => (into.hour = value))],
  ["4", digits(1, 2, (into, value) => (into.minute = value))],
  ["5", digits(1, 2, (into, value) => (into.second = value))],
];

/** Null when the layout shows no time at all. */
export function compileTimeLayout(layout: string): CsvTime | null {
  const steps: Step[] = [];
  let parts = 0;
  for (let at = 0; at < layout.length;) {
    const length = fractionLength(layout, at);
    const part = PARTS.find(([pattern]) => layout.startsWith(pattern, at));
    if (length > 0) steps.push(readFraction);
    else if (part !== undefined) steps.push(part[1]);
    else steps.push(literal(layout[at]!));
    if (part !== undefined) parts++;
    at += length > 0 ? length : (part?.[0].length ?? 1);
  }
  return parts === 0 ? null : (text) => readMoment(text, steps);
}

function readMoment(text: string, steps: readonly Step[]): number | null {
  const into: Moment = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    ms: 0,
    isAfternoon: null,
    offsetMinutes: 0,
  };
  let at = 0;
  for (const step of steps) {
    at = step(text, at, into);
    if (at < 0) return null;
  }
  return at === text.length ? millisecondsOf(into) : null;
}

function millisecondsOf(moment: Moment): number | null {
  const { year, month, day, minute, second, ms, isAfternoon, offsetMinutes } = moment;
  let { hour } = moment;
  if (isAfternoon !== null) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (isAfternoon ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + ms;
}

function digits(min: number, max: number, set: (into: Moment, value: number) => void): Step {
  return (text, at, into) => {
    let end = at;
    while (end < at + max && isDigit(text, end)) end++;
    if (end - at < min) return -1;
    set(into, Number(text.slice(at, end)));
    return end;
  };
}

/** One digit with a blank before it, or two. */
function padded(set: (into: Moment, value: number) => void): Step {
  const read = digits(1, 2, set);
  return (text, at, into) => read(text, text[at] === " " ? at + 1 : at, into);
}

function oneOf(words: readonly string[], set: (into: Moment, index: number) => void): Step {
  return (text, at, into) => {
    const index = words.findIndex((word) => text.startsWith(word, at));
    if (index < 0) return -1;
    set(into, index);
    return at + words[index]!.length;
  };
}

function zone(separator: string | null, takesZ: boolean): Step {
  return (text, at, into) => {
    if (takesZ && text[at] === "Z") return at + 1;
    const sign = text[at] === "-" ? -1 : 1;
    if (text[at] !== "+" && text[at] !== "-") return -1;
    const length = separator === null ? 3 : 5 + separator.length;
    const hours = Number(text.slice(at + 1, at + 3));
    const minutes = separator === null ? 0 : Number(text.slice(at + length - 2, at + length));
    if (at + length > text.length || Number.isNaN(hours + minutes)) return -1;
    if (separator === ":" && text[at + 3] !== ":") return -1;
    into.offsetMinutes = sign * (hours * 60 + minutes);
    return at + length;
  };
}

function literal(character: string): Step {
  return (text, at) => (text[at] === character ? at + 1 : -1);
}

/** `.000` and `,999` show a fraction of a second; so long is the one at `at`, or 0. */
function fractionLength(layout: string, at: number): number {
  FRACTION.lastIndex = at;
  return FRACTION.exec(layout)?.[0].length ?? 0;
}

/** Any number of digits, also none: writers drop trailing zeros. */
function readFraction(text: string, at: number, into: Moment): number {
  if (text[at] !== "." && text[at] !== ",") return at;
  let end = at + 1;
  while (isDigit(text, end)) end++;
  into.ms = Number(
    text
      .slice(at + 1, end)
      .padEnd(3, "0")
      .slice(0, 3),
  );
  return end;
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0x30 && unit <= 0x39;
}

function cut(name: string): string {
  return name.slice(0, SHORT);
}
