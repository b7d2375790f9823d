/** Gathers `# HELP` and `# TYPE` of a page. Other comments mean nothing. */
import type { EngineError } from "#base/engine-error.ts";
import { expositionError } from "./exposition-errors.ts";
import type { ExpositionType, FamilyMetadata } from "./exposition-page.ts";
import type { LineScanner } from "./line-scanner.ts";

const TYPES: ReadonlyMap<string, ExpositionType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["summary", "summary"],
  ["untyped", "untyped"],
  // What OpenMetrics calls it; exporters mix them up.
  ["unknown", "untyped"],
]);

interface Draft {
  type: ExpositionType | null;
  help: string | null;
}

export class FamilyList {
  readonly #drafts: Map<string, Draft> = new Map();

  /** `scanner` stands behind the `#`. */
  readComment(scanner: LineScanner, line: number): void {
    const keyword = scanner.blanks().word();
    if (keyword !== "HELP" && keyword !== "TYPE") return;
    const name = scanner.blanks().metricName();
    const draft = this.#drafts.get(name) ?? { type: null, help: null };
    this.#drafts.set(name, draft);
    scanner.blanks();
    if (keyword === "HELP") {
      if (draft.help !== null) throw repeated(keyword, name, line);
      draft.help = unescapeHelp(scanner.rest);
      return;
    }
    if (draft.type !== null) throw repeated(keyword, name, line);
    const type = TYPES.get(scanner.rest.trim());
    if (type === undefined) throw scanner.fail(`one of ${[...TYPES.keys()].join(", ")}`);
    draft.type = type;
  }

  list(): readonly FamilyMetadata[] {
    return [...this.#drafts].map(([name, draft]) => ({
      name,
      type: draft.type ?? "untyped",
      help: draft.help ?? "",
    }));
  }
}

function repeated(keyword: string, name: string, line: number): EngineError {
  return expositionError(line, `got ${keyword} of ${name} twice, want it once`);
}

function unescapeHelp(text: string): string {
  return text.replaceAll(/\\([\\n])/g, (_whole, letter) => (letter === "n" ? "\n" : "\\"));
}
