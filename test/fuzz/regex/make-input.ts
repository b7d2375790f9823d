/**
 * Draws inputs for a pattern: texts it most likely matches (edges may forbid them), the same with a
 * change, and any text at all.
 */
import type { Dice } from "#test/support/dice.ts";
import { ALPHABET } from "./make-pattern.ts";
import type { ClassPart, PatternNode } from "./pattern-tree.ts";

/** Longest text drawn from a tree: nested repeats would give any length. */
const SAMPLE_UNITS_MAX = 400;
/** Times a repeat without an upper bound is taken beyond its least. */
const SURPLUS_MAX = 4;

export function makeInput(dice: Dice, tree: PatternNode): string {
  const draw = dice.below(10);
  if (draw < 2) return anyText(dice, dice.scaled(1, 200));
  const sample = sampleOf(dice, tree).slice(0, SAMPLE_UNITS_MAX);
  if (draw < 6) return sample;
  const at = dice.below(sample.length + 1);
  const gone = dice.below(3);
  return sample.slice(0, at) + anyText(dice, dice.below(3)) + sample.slice(at + gone);
}

/** A long text of a few repeated pieces: what shows whether time grows with length alone. */
export function makeLongInput(dice: Dice, tree: PatternNode, units: number): string {
  const piece = sampleOf(dice, tree).slice(0, SAMPLE_UNITS_MAX) + anyText(dice, dice.below(2));
  const whole = (piece === "" ? "a" : piece).repeat(Math.ceil(units / Math.max(piece.length, 1)));
  return whole.slice(0, units);
}

function anyText(dice: Dice, length: number): string {
  return Array.from({ length }, () => dice.pick(ALPHABET)).join("");
}

function sampleOf(dice: Dice, node: PatternNode): string {
  switch (node.kind) {
    case "empty":
    case "edge":
      return "";
    case "text":
      return String.fromCodePoint(...node.points);
    case "class":
      return charOf(
        dice,
        (point) => node.parts.some((part) => holds(part, point)) !== node.isNegated,
      );
    case "lone-class":
      return charOf(dice, (point) => holds(node.part, point));
    case "dot":
      return dice.pick(ALPHABET);
    case "sequence":
      return node.items.map((item) => sampleOf(dice, item)).join("");
    case "choice":
      return sampleOf(dice, dice.pick(node.items));
    case "repeat": {
      const { item, min, max } = node;
      const times = min + dice.below(Math.min(max - min, SURPLUS_MAX) + 1);
      let text = "";
      for (let i = 0; i < times && text.length < SAMPLE_UNITS_MAX; i++)
        text += sampleOf(dice, item);
      return text;
    }
    case "group":
      return sampleOf(dice, node.item);
  }
}

function holds(part: ClassPart, point: number): boolean {
  return part.holds(point) !== part.isNegated;
}

function charOf(dice: Dice, takes: (point: number) => boolean): string {
  const fitting = ALPHABET.filter((char) => takes(char.codePointAt(0)!));
  return fitting.length === 0 ? dice.pick(ALPHABET) : dice.pick(fitting);
}
