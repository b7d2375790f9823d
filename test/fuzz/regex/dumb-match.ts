/**
 * The dumb twin of the engine: walks the tree with the set of all positions reached so far. Slow,
 * and plainly right: a repeat tries again until nothing new is reached.
 */
import type { ClassPart, PatternNode } from "./pattern-tree.ts";

interface Flags {
  readonly foldsCase: boolean;
  readonly dotTakesNewline: boolean;
  readonly isMultiline: boolean;
}

const OUTER: Flags = { foldsCase: false, dotTakesNewline: true, isMultiline: false };
const NEWLINE = 10;

/** Whether the pattern, dot matching newlines, takes all of the input. */
export function dumbMatch(node: PatternNode, input: string): boolean {
  const points = Array.from(input, (char) => char.codePointAt(0)!);
  return walk(node, points, new Set([0]), OUTER).has(points.length);
}

type Positions = ReadonlySet<number>;

function walk(
  node: PatternNode,
  input: readonly number[],
  from: Positions,
  flags: Flags,
): Positions {
  switch (node.kind) {
    case "empty":
      return from;
    case "text": {
      let at = from;
      for (const point of node.points) {
        at = stepped(input, at, (one) => accepts((other) => other === point, one, flags));
      }
      return at;
    }
    case "class":
      return stepped(
        input,
        from,
        (one) => node.parts.some((part) => acceptsPart(part, one, flags)) !== node.isNegated,
      );
    case "lone-class":
      return stepped(input, from, (one) => acceptsPart(node.part, one, flags));
    case "dot":
      return stepped(input, from, (one) => flags.dotTakesNewline || one !== NEWLINE);
    case "edge":
      return new Set([...from].filter((at) => isEdge(node.written, input, at, flags)));
    case "sequence":
      return node.items.reduce((at, item) => walk(item, input, at, flags), from);
    case "choice":
      return new Set(node.items.flatMap((item) => [...walk(item, input, from, flags)]));
    case "repeat":
      return repeated(node, input, from, flags);
    case "group":
      return walk(node.item, input, from, flagsInside(node.opening, flags));
  }
}

function stepped(
  input: readonly number[],
  from: Positions,
  takes: (point: number) => boolean,
): Positions {
  const reached = new Set<number>();
  for (const at of from) if (at < input.length && takes(input[at]!)) reached.add(at + 1);
  return reached;
}

function acceptsPart({ holds, isNegated }: ClassPart, point: number, flags: Flags): boolean {
  return accepts(holds, point, flags) !== isNegated;
}

/** Folded, a character stands for every other that has its lower or upper case. */
function accepts(holds: (point: number) => boolean, point: number, flags: Flags): boolean {
  if (holds(point)) return true;
  return flags.foldsCase && foldsOf(point).some(holds);
}

/** Two letters have a third form beside upper and lower case: K (kelvin sign) and s (long s). */
const EXTRA_FOLDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["k", ["\u212a"]],
  ["s", ["\u017f"]],
  ["ß", ["\u1e9e"]],
]);

function foldsOf(point: number): number[] {
  const lower = String.fromCodePoint(point).toUpperCase().toLowerCase();
  const base = [...lower].length === 1 ? lower : String.fromCodePoint(point).toLowerCase();
  const forms = [base, base.toUpperCase(), ...(EXTRA_FOLDS.get(base) ?? [])];
  return forms.filter((form) => [...form].length === 1).map((form) => form.codePointAt(0)!);
}

function isEdge(written: string, input: readonly number[], at: number, flags: Flags): boolean {
  switch (written) {
    case "^":
      return at === 0 || (flags.isMultiline && input[at - 1] === NEWLINE);
    case "$":
      return at === input.length || (flags.isMultiline && input[at] === NEWLINE);
    case "\\A":
      return at === 0;
    case "\\z":
      return at === input.length;
    default:
      return (isWord(input[at - 1]) !== isWord(input[at])) === (written === "\\b");
  }
}

function isWord(point: number | undefined): boolean {
  return point !== undefined && /^\w$/.test(String.fromCodePoint(point));
}

function repeated(
  { item, min, max }: PatternNode & { kind: "repeat" },
  input: readonly number[],
  from: Positions,
  flags: Flags,
): Positions {
  let at = from;
  for (let count = 0; count < min; count++) at = walk(item, input, at, flags);
  const reached = new Set(at);
  for (let count = min; count < max && at.size > 0; count++) {
    at = new Set([...walk(item, input, at, flags)].filter((position) => !reached.has(position)));
    for (const position of at) reached.add(position);
  }
  return reached;
}

function flagsInside(opening: string, flags: Flags): Flags {
  if (opening === "(?i:") return { ...flags, foldsCase: true };
  if (opening === "(?-s:") return { ...flags, dotTakesNewline: false };
  return opening === "(?m:" ? { ...flags, isMultiline: true } : flags;
}
