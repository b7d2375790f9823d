/** Asks a server over HTTP. */
import type { GeneratedQuery } from "../queries/make-query.ts";
import { answerOf } from "./answer.ts";
import type { Answer } from "./answer.ts";

export async function serverAnswer(
  url: string,
  { text, isInstant, startMs, endMs, stepMs }: Omit<GeneratedQuery, "isOrdered">,
): Promise<Answer> {
  const params = new URLSearchParams({ query: text });
  if (isInstant) {
    params.set("time", seconds(startMs));
  } else {
    params.set("start", seconds(startMs));
    params.set("end", seconds(endMs));
    params.set("step", seconds(stepMs));
  }
  const path = isInstant ? "query" : "query_range";
  const response = await fetch(`${url}/api/v1/${path}`, { method: "POST", body: params });
  return answerOf(await response.text());
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
