import fc from "fast-check";
import { expect, test } from "vitest";
import { Mailbox } from "#runtime/actor/mailbox.ts";

/** Positive: offer a message of that weight; zero: force one; null: take. */
const step = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(null));

test("bytes in the mailbox are the sum of what is queued, and never beyond the limit", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const mailbox = new Mailbox<number>(100);
      const queue: { id: number; bytes: number }[] = [];
      for (const [id, bytes] of steps.entries()) {
        const used = queue.reduce((sum, envelope) => sum + envelope.bytes, 0);
        expect(mailbox.usedBytes).toBe(used);
        expect(mailbox.count).toBe(queue.length);
        if (bytes === null) {
          expect(mailbox.take()).toBe(queue.shift()?.id);
        } else if (bytes === 0) {
          mailbox.force(id);
          queue.push({ id, bytes: 0 });
        } else {
          const fits = used + bytes <= 100;
          expect(mailbox.offer(id, bytes)).toBe(fits ? "accepted" : "busy");
          if (fits) queue.push({ id, bytes });
          expect(mailbox.usedBytes).toBeLessThanOrEqual(100);
        }
      }
    }),
  );
});
