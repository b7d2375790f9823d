/**
 * Patterns as trees: what the generator draws, the printer writes as RE2 syntax and the dumb twin
 * matches. Flags are carried by the nodes they apply to, so the twin needs no parser.
 */
export interface ClassPart {
  /** As written inside brackets or, when it stands alone, by itself. */
  readonly text: string;
  /** What it takes or, negated, what it does not; a folded class is folded before it is negated. */
  readonly holds: (point: number) => boolean;
  readonly isNegated: boolean;
}

export type PatternNode =
  | { readonly kind: "empty" }
  | { readonly kind: "text"; readonly points: readonly number[]; readonly written: string }
  | { readonly kind: "class"; readonly parts: readonly ClassPart[]; readonly isNegated: boolean }
  | { readonly kind: "lone-class"; readonly part: ClassPart }
  | { readonly kind: "dot" }
  | { readonly kind: "edge"; readonly written: "^" | "$" | "\\A" | "\\z" | "\\b" | "\\B" }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly items: readonly PatternNode[] }
  | {
      readonly kind: "repeat";
      readonly item: PatternNode;
      readonly min: number;
      /** Infinity: no upper bound. */
      readonly max: number;
      readonly isLazy: boolean;
    }
  | { readonly kind: "group"; readonly item: PatternNode; readonly opening: GroupOpening };

/** Groups that change flags: `(?i:` folds case, `(?-s:` lets the dot stop at a newline, ... */
export type GroupOpening = "(" | "(?:" | "(?P<n>" | "(?<n>" | "(?i:" | "(?-s:" | "(?m:" | "(?U:";

export function printPattern(node: PatternNode): string {
  switch (node.kind) {
    case "empty":
      return "";
    case "text":
    case "edge":
      return node.written;
    case "class":
      return `[${node.isNegated ? "^" : ""}${node.parts.map(({ text }) => text).join("")}]`;
    case "lone-class":
      return node.part.text;
    case "dot":
      return ".";
    case "sequence":
      return node.items.map((item) => inSequence(item)).join("");
    case "choice":
      return node.items.map(printPattern).join("|");
    case "repeat":
      return repeated(node);
    case "group":
      return `${node.opening}${printPattern(node.item)})`;
  }
}

function inSequence(node: PatternNode): string {
  return node.kind === "choice" ? `(?:${printPattern(node)})` : printPattern(node);
}

function repeated({ item, min, max, isLazy }: PatternNode & { kind: "repeat" }): string {
  const isWhole =
    item.kind === "group" ||
    item.kind === "class" ||
    item.kind === "lone-class" ||
    item.kind === "dot" ||
    (item.kind === "text" && item.points.length === 1);
  const body = isWhole ? printPattern(item) : `(?:${printPattern(item)})`;
  return body + timesText(min, max) + (isLazy ? "?" : "");
}

function timesText(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) {
    if (min < 2) return min === 0 ? "*" : "+";
    return `{${min},}`;
  }
  if (min === 0 && max === 1) return "?";
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

/** Repeats along one path, multiplied, that RE2 still takes. */
const REPEATS_MAX = 1000;

/** Whether counted repeats are nested too far. */
export function repeatsTooOften(node: PatternNode, left: number = REPEATS_MAX): boolean {
  switch (node.kind) {
    case "repeat": {
      const times = countOf(node);
      if (times > left) return true;
      return repeatsTooOften(node.item, times > 0 ? Math.floor(left / times) : left);
    }
    case "sequence":
    case "choice":
      return node.items.some((item) => repeatsTooOften(item, left));
    case "group":
      return repeatsTooOften(node.item, left);
    default:
      return false;
  }
}

/** Stars, plusses and question marks do not count. */
function countOf({ min, max }: PatternNode & { kind: "repeat" }): number {
  if (max === 1 && min === 0) return 1;
  return max === Number.POSITIVE_INFINITY ? Math.max(min, 1) : max;
}
