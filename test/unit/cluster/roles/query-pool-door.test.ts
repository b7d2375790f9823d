// Covers: cluster/roles/serve-api.ts
import { expect, test } from "vitest";
import { QueryPoolDoor } from "#cluster/roles/query-pool-door.ts";
import { serveApi } from "#cluster/roles/serve-api.ts";
import type { AnswerRest, ApiAnswer, ApiDoor, ApiRequest } from "#http/doors.ts";
import { tenantId } from "#model/refs.ts";
import { Admission } from "#query/admission.ts";
import { linkedPair } from "#test/support/linked-pair.ts";

const REQUEST: ApiRequest = { tenant: tenantId(0), method: "GET", path: "/x", params: "" };
const FOREVER = new AbortController().signal;

function rig(answer: (signal: AbortSignal) => Promise<ApiAnswer>): ApiDoor {
  const [near, far] = linkedPair();
  serveApi(far, { handle: (_request, signal) => answer(signal) }, new Admission(4));
  return new QueryPoolDoor([near]);
}

interface Life {
  ended: string;
  signal: AbortSignal | null;
}

function counting(life: Life): (signal: AbortSignal) => Promise<ApiAnswer> {
  let part = 0;
  const rest: AnswerRest = {
    next: async () => (++part <= 3 ? Uint8Array.of(part) : null),
    close: () => (life.ended = part > 3 ? "whole" : "cut"),
  };
  return async (signal) => {
    life.signal = signal;
    return { status: 200, headers: {}, body: Uint8Array.of(0), rest };
  };
}

test("a streamed answer crosses part by part", async () => {
  const life: Life = { ended: "", signal: null };
  const answer = await rig(counting(life)).handle(REQUEST, FOREVER);
  expect([...answer.body]).toEqual([0]);
  const parts: number[] = [];
  const rest = answer.rest!;
  for (let part = await rest.next(); part !== null; part = await rest.next()) parts.push(...part);
  expect(parts).toEqual([1, 2, 3]);
  expect(life.ended).toBe("whole");
});

test("who stops reading, or goes away, ends it there", async () => {
  for (const how of ["stops", "goes"]) {
    const life: Life = { ended: "", signal: null };
    const client = new AbortController();
    const answer = await rig(counting(life)).handle(REQUEST, client.signal);
    await answer.rest!.next();
    if (how === "stops") answer.rest!.close();
    else client.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(life.ended).toBe("cut");
    expect(life.signal?.aborted).toBe(true);
    expect(await answer.rest!.next()).toBeNull();
  }
});

test("a plain answer has no rest, and streams have a bound", async () => {
  const plain = rig(async () => ({ status: 200, headers: {}, body: Uint8Array.of(7) }));
  expect((await plain.handle(REQUEST, FOREVER)).rest).toBeUndefined();

  const door = rig(counting({ ended: "", signal: null }));
  const answers: ApiAnswer[] = [];
  for (let i = 0; i < 17; i++) answers.push(await door.handle(REQUEST, FOREVER));
  expect(answers.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 16 }, () => 200),
    503,
  ]);
  answers[0]!.rest!.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect((await door.handle(REQUEST, FOREVER)).status).toBe(200);
});
