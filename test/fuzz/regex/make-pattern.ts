/**
 * Draws patterns: every construct of RE2, nested, with names given once only. All it makes are
 * patterns, but for counted repeats nested beyond what RE2 takes.
 */
import type { Dice } from "#test/support/dice.ts";
import type { ClassPart, GroupOpening, PatternNode } from "./pattern-tree.ts";

/** Also what inputs are drawn from, so that patterns match now and then. */
export const ALPHABET: readonly string[] = [
  ...["a", "b", "c", "A", "B", "0", "1", "9", "_", "-", ".", "/", " ", "\n", "z"],
  ...["ä", "Ä", "λ", "Λ", "ß", "日", "\u{1f600}", "k", "K", "s", "S", "\u212a", "\u017f"],
];
const NESTING_MAX = 4;
const META = /[\\.+*?()|[\]{}^$]/;
const WORD = /^\w$/;

const range = (text: string, low: string, high: string): ClassPart => ({
  text,
  holds: (point) => point >= low.codePointAt(0)! && point <= high.codePointAt(0)!,
  isNegated: false,
});
const described = (text: string, pattern: RegExp, isNegated = false): ClassPart => ({
  text,
  holds: (point) => pattern.test(String.fromCodePoint(point)),
  isNegated,
});

const NAMED_CLASSES: readonly ClassPart[] = [
  described("\\d", /^[0-9]$/),
  described("\\D", /^[0-9]$/, true),
  described("\\w", /^\w$/),
  described("\\W", /^\w$/, true),
  described("\\s", /^[\t\n\f\r ]$/),
  described("\\S", /^[\t\n\f\r ]$/, true),
  described("\\pL", /^\p{L}$/u),
  described("\\p{Greek}", /^\p{Script=Greek}$/u),
  described("\\P{Lu}", /^\p{Lu}$/u, true),
  described("\\pN", /^\p{N}$/u),
];
const BRACKET_CLASSES: readonly ClassPart[] = [
  ...NAMED_CLASSES,
  described("[:alpha:]", /^[A-Za-z]$/),
  described("[:^digit:]", /^[0-9]$/, true),
  described("[:punct:]", /^[!-/:-@[-`{-~]$/),
  described("[:upper:]", /^[A-Z]$/),
  range("a-c", "a", "c"),
  range("0-9", "0", "9"),
  range("a-z", "a", "z"),
  range("A-Z", "A", "Z"),
  range("ä-λ", "ä", "λ"),
  range("\\x41-B", "A", "B"),
  range("日-\u{1f6ff}", "日", "\u{1f6ff}"),
];
const OPENINGS: readonly GroupOpening[] = ["(", "(?:", "(?i:", "(?-s:", "(?m:", "(?U:"];
const EDGES = ["^", "$", "\\A", "\\z", "\\b", "\\B"] as const;

export class PatternMaker {
  readonly #dice: Dice;
  #names = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  next(): PatternNode {
    this.#names = 0;
    return this.#choice(this.#dice.between(1, NESTING_MAX));
  }

  #choice(depth: number): PatternNode {
    const dice = this.#dice;
    if (depth > 0 && dice.chance(0.3)) {
      const items = Array.from({ length: dice.between(2, 4) }, () => this.#sequence(depth - 1));
      return { kind: "choice", items };
    }
    return this.#sequence(depth);
  }

  #sequence(depth: number): PatternNode {
    const dice = this.#dice;
    if (dice.chance(0.04)) return { kind: "empty" };
    const items = Array.from({ length: dice.between(1, 4) }, () => this.#item(depth));
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  #item(depth: number): PatternNode {
    const dice = this.#dice;
    const atom = depth > 0 && dice.chance(0.4) ? this.#group(depth - 1) : this.#atom();
    if (atom.kind === "edge" || !dice.chance(0.35)) return atom;
    return { kind: "repeat", item: atom, ...this.#times(), isLazy: dice.chance(0.15) };
  }

  #times(): { min: number; max: number } {
    const dice = this.#dice;
    const unbounded = Number.POSITIVE_INFINITY;
    if (dice.chance(0.75)) {
      return dice.pick([
        { min: 0, max: unbounded },
        { min: 1, max: unbounded },
        { min: 0, max: 1 },
      ]);
    }
    const min = dice.chance(0.1) ? dice.between(0, 60) : dice.between(0, 4);
    if (dice.chance(0.3)) return { min, max: unbounded };
    return { min, max: dice.chance(0.4) ? min : min + dice.between(1, 5) };
  }

  #group(depth: number): PatternNode {
    const dice = this.#dice;
    let opening = dice.pick(OPENINGS);
    // A name may be given once in a pattern.
    if (this.#names === 0 && dice.chance(0.1)) {
      opening = dice.pick(["(?P<n>", "(?<n>"] as const);
      this.#names++;
    }
    return { kind: "group", opening, item: this.#choice(depth) };
  }

  #atom(): PatternNode {
    const dice = this.#dice;
    const draw = dice.below(100);
    if (draw < 55) return this.#text();
    if (draw < 68) return { kind: "dot" };
    if (draw < 78) return { kind: "lone-class", part: dice.pick(NAMED_CLASSES) };
    if (draw < 94) {
      const parts = Array.from({ length: dice.between(1, 3) }, () => dice.pick(BRACKET_CLASSES));
      return { kind: "class", parts, isNegated: dice.chance(0.3) };
    }
    return { kind: "edge", written: dice.pick(EDGES) };
  }

  #text(): PatternNode {
    const dice = this.#dice;
    const chars = Array.from({ length: dice.scaled(1, 4) }, () => dice.pick(ALPHABET));
    const points = chars.map((char) => char.codePointAt(0)!);
    if (dice.chance(0.04)) return { kind: "text", points, written: `\\Q${chars.join("")}\\E` };
    return { kind: "text", points, written: chars.map((char) => this.#char(char)).join("") };
  }

  #char(char: string): string {
    if (META.test(char)) return `\\${char}`;
    const hex = char.codePointAt(0)!.toString(16);
    if (this.#dice.chance(0.03)) return `\\x{${hex}}`;
    if (char === "\n" && this.#dice.chance(0.5)) return "\\n";
    return !WORD.test(char) && char < "\x7f" && char !== "\n" && this.#dice.chance(0.1)
      ? `\\${char}`
      : char;
  }
}
