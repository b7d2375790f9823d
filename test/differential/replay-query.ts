/** Shows one query of a run again: its times, both answers, and what is made of them. */
import type { Answer } from "./answers/answer.ts";
import { seriesOf } from "./answers/answer.ts";
import type { ReferenceKind } from "./references/reference-kinds.ts";
import { Round } from "./round.ts";
import type { RunOptions } from "./run-options.ts";
import type { Say } from "./run-reference.ts";

export async function replayQuery(
  { seed, address }: RunOptions,
  kind: ReferenceKind,
  say: Say,
): Promise<void> {
  const { profile, dataIndex, queryIndex } = address!;
  if (!kind.profiles.includes(profile)) return;
  const plan = { seed, profile, dataIndex, firstQuery: queryIndex, queryCount: 1 };
  await using round = await Round.open(plan, kind);
  for await (const { query, got, want, verdict } of round.outcomes()) {
    say(JSON.stringify(query));
    showAnswer("Gyre", got, say);
    showAnswer(kind.name, want, say);
    say(`${verdict.kind} ${verdict.rules.join(", ")} ${verdict.difference?.text ?? ""}`);
  }
}

function showAnswer(name: string, answer: Answer, say: Say): void {
  if (answer.kind === "error") {
    say(`${name}: ${answer.error}`);
    return;
  }
  say(`${name}: ${answer.data.resultType} ${[...answer.warnings, ...answer.infos].join("; ")}`);
  for (const series of seriesOf(answer.data)) say(`  ${JSON.stringify(series)}`);
}
