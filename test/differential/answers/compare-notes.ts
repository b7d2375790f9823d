/**
 * Holds what two answers say besides their values against each other: warnings and infos, their
 * places and counts aside (Prometheus forgets where a subquery stood, and counts merged findings
 * twice over), or the text of an error up to the series it names, which come in any order.
 */
import type { Answer } from "./answer.ts";
import type { Difference } from "./compare-answers.ts";

/** Which of two faults of a join is met first follows from the order of series and steps. */
const JOIN_REFUSED =
  /^(?:multiple matches for labels|found duplicate series for the match group).*/;
/** Whether these are found out follows from the order of series. */
const BY_CHANCE = [
  "vector contains a mix of histograms with exponential and custom buckets",
  "mismatched custom buckets were reconciled during aggregation",
];
/** Of the pairs of a join, Prometheus keeps what it finds about the last. */
const PAIR_TYPES = /(incompatible sample types encountered for binary operator "[^"]*"): .*/;
/** Digits of a number that all ways of computing it agree on. */
const DIGITS = 9;

/** The API shows no more of either kind, and which is a matter of chance. */
const NOTES_MAX = 10;

export function compareNotes(got: Answer, want: Answer): Difference | null {
  const [a, b] = [notesOf(got), notesOf(want)];
  if (Math.max(a.length, b.length) >= NOTES_MAX) return null;
  const missing = b.filter((note) => !a.includes(note));
  const surplus = a.filter((note) => !b.includes(note));
  if (missing.length === 0 && surplus.length === 0) return null;
  return {
    kind: "notes",
    text: `missing [${missing.join("; ")}], surplus [${surplus.join("; ")}]`,
  };
}

function notesOf(answer: Answer): string[] {
  if (answer.kind === "error") {
    return [answer.error.replace(/\{.*/s, "").replace(JOIN_REFUSED, "join refused")];
  }
  return [...answer.warnings, ...answer.infos]
    .filter((note) => !BY_CHANCE.some((text) => note.includes(text)))
    .map((note) =>
      note
        .replace(/ \(\d+:\d+\)$/, "")
        .replace(/over -?\d+ samples/, "over some samples")
        .replace(PAIR_TYPES, "$1")
        .replace(/got (-?\d[\d.e+-]*)$/, (_, text) => `got ${Number(text).toPrecision(DIGITS)}`),
    );
}
