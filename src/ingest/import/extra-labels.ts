/** Labels that a client puts on everything it imports: `extra_label=name=value`. */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import { type Labels, labelsOf } from "#model/labels.ts";

export const EXTRA_LABEL_MALFORMED: ErrorCode = {
  code: "ingest.extra-label-malformed",
  http: 400,
  retryable: false,
  description: "a parameter `extra_label` is not of the form name=value",
};

/** Of one name the last wins. Throws `ingest.extra-label-malformed`. */
export function parseExtraLabels(texts: readonly string[]): Labels {
  const values = new Map<string, string>();
  for (const text of texts) {
    const mark = text.indexOf("=");
    if (mark < 1) {
      const cause = `got ${JSON.stringify(text)}, want <name>=<value>`;
      throw new EngineError(EXTRA_LABEL_MALFORMED, `cannot read extra_label: ${cause}`);
    }
    values.set(text.slice(0, mark), text.slice(mark + 1));
  }
  return labelsOf(values);
}

/** `extra` replaces labels of the same name. */
export function mergeLabels(labels: Labels, extra: Labels): Labels {
  const values = new Map<string, string>();
  for (const list of [labels, extra]) {
    for (let i = 0; i < list.length; i += 2) values.set(list[i]!, list[i + 1]!);
  }
  return labelsOf(values);
}
