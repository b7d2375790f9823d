/**
 * Samples that are past every age when they come: retention has something to drop in each life. A
 * new series may begin anywhere, so they are taken; nobody asks for them.
 */
import { snappyBody } from "#test/support/remote-write-body.ts";

const DAY_MS = 86_400_000;
/** Longer than the last tier is kept. */
const AGE_DAYS = 400;
const SERIES = 8;

export async function sendExpired(port: number, life: number): Promise<void> {
  const timestampMs = Date.now() - AGE_DAYS * DAY_MS;
  const body = snappyBody(
    Array.from({ length: SERIES }, (_, i) => ({
      labels: [
        ["__name__", "expired"],
        ["life", `${life}-${i}`],
      ],
      samples: [[timestampMs, life]],
    })),
  );
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/write`, {
    method: "POST",
    headers: { "Content-Type": "application/x-protobuf", "Content-Encoding": "snappy" },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 204) throw new Error(`cannot send old samples: ${answer.status} ${text}`);
}
