/**
 * `partial_response=abort|warn`: what becomes of an answer when a shard cannot be read. `abort` fails
 * the request; `warn` answers without it, with a warning that names it and the header `X-Partial`.
 */
import { MissingParts } from "#storage/missing-parts.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiParams } from "./api-params.ts";

export type PartialResponse = "abort" | "warn";

/** Null stands for abort. */
export function missingPartsOf(params: ApiParams, absent: PartialResponse): MissingParts | null {
  const text = params.text("partial_response");
  const word = text === "" ? absent : text;
  if (word === "warn") return new MissingParts();
  if (word === "abort") return null;
  throw badParameter("partial_response", `got ${JSON.stringify(text)}, want abort or warn`);
}
