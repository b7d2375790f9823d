/**
 * Findings of a query that do not stop it: warnings (the answer may not be what was meant) and
 * infos. One text at one place is kept once, in order of discovery.
 */
export type AnnotationLevel = "warning" | "info";

/** Half-open range of character offsets in the query's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface Annotation {
  readonly level: AnnotationLevel;
  /** Full text without the place, starting `PromQL warning: ` or `PromQL info: `. */
  readonly message: string;
  readonly range: TextRange | null;
}

export class Annotations {
  readonly #byKey: Map<string, Annotation> = new Map();

  warn(text: string, range: TextRange | null): void {
    this.#add({ level: "warning", message: `PromQL warning: ${text}`, range });
  }

  info(text: string, range: TextRange | null): void {
    this.#add({ level: "info", message: `PromQL info: ${text}`, range });
  }

  /** A warning that storage gave; it keeps its own words. */
  foreign(message: string): void {
    this.#add({ level: "warning", message, range: null });
  }

  list(): readonly Annotation[] {
    return [...this.#byKey.values()];
  }

  #add(annotation: Annotation): void {
    const key = `${annotation.message}\n${annotation.range?.start ?? -1}`;
    if (!this.#byKey.has(key)) this.#byKey.set(key, annotation);
  }
}

/** The texts of one level as the API shows them: with ` (line:col)`, both from 1. */
export function renderAnnotations(
  annotations: readonly Annotation[],
  level: AnnotationLevel,
  query: string,
): string[] {
  const texts: string[] = [];
  for (const annotation of annotations) {
    if (annotation.level !== level) continue;
    const { message, range } = annotation;
    texts.push(range === null ? message : `${message} (${lineAndColumn(query, range.start)})`);
  }
  return texts;
}

function lineAndColumn(query: string, offset: number): string {
  const before = query.slice(0, offset);
  const line = before.split("\n").length;
  return `${line}:${offset - before.lastIndexOf("\n")}`;
}
