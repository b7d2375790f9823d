/** Says by its line what storage would say later by its series: labels over a limit. */
import type { Labels } from "#model/labels.ts";
import { LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX, LABELS_MAX } from "./import-limits.ts";
import { LineFault } from "./line-fault.ts";

export function checkLabels(labels: Labels): void {
  if (labels.length === 0) throw new LineFault("got no labels, want at least one");
  const count = labels.length / 2;
  if (count > LABELS_MAX) throw new LineFault(`got ${count} labels, want at most ${LABELS_MAX}`);
  for (let i = 0; i < labels.length; i += 2) {
    checkText("label name", labels[i]!, LABEL_NAME_BYTES_MAX);
    checkText(`value of label ${labels[i]!}`, labels[i + 1]!, LABEL_VALUE_BYTES_MAX);
  }
}

function checkText(what: string, text: string, bytesMax: number): void {
  // A UTF-16 unit is at most three bytes: most texts need no count.
  if (text.length * 3 <= bytesMax) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) throw new LineFault(`got a ${what} of ${bytes} bytes, want ${bytesMax}`);
}
