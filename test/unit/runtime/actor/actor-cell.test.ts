import { expect, test } from "vitest";
import { ActorCell } from "#runtime/actor/actor-cell.ts";
import { Mailbox } from "#runtime/actor/mailbox.ts";

const now = (): { wallMs: number; monoMs: number } => ({ wallMs: 1, monoMs: 2 });

test("steps run to completion: an effect that runs the cell again only queues", () => {
  const order: string[] = [];
  const mailbox = new Mailbox<number>(100);
  const cell: ActorCell<null, number, number> = new ActorCell({
    actor: {
      step(_state, message) {
        order.push(`step ${message}`);
        return message < 3 ? [message + 1] : [];
      },
    },
    state: null,
    mailbox,
    now,
    perform(effect) {
      mailbox.offer(effect, 1);
      expect(cell.run(10)).toBe(false);
      order.push(`performed ${effect}`);
    },
    failed: () => expect.unreachable(),
  });
  mailbox.offer(1, 1);
  expect(cell.run(10)).toBe(false);
  expect(order).toEqual(["step 1", "performed 2", "step 2", "performed 3", "step 3"]);
});

test("a budget of steps leaves the rest for the next turn", () => {
  const mailbox = new Mailbox<number>(100);
  const state = { sum: 0 };
  const cell = new ActorCell<{ sum: number }, number, never>({
    actor: {
      step(own, message) {
        own.sum += message;
        return [];
      },
    },
    state,
    mailbox,
    now,
    perform: () => undefined,
    failed: () => expect.unreachable(),
  });
  for (let message = 1; message <= 5; message++) mailbox.offer(message, 1);
  expect(cell.run(2)).toBe(true);
  expect(state.sum).toBe(3);
  expect(cell.run(10)).toBe(false);
  expect(state.sum).toBe(15);
});

test("a step that throws ends the life once, effects of it are not performed", () => {
  const failures: unknown[] = [];
  const performed: string[] = [];
  const mailbox = new Mailbox<string>(100);
  const cell = new ActorCell<null, string, string>({
    actor: {
      step(_state, message) {
        if (message === "bad") throw new Error("bad");
        return [message];
      },
    },
    state: null,
    mailbox,
    now,
    perform: (effect) => void performed.push(effect),
    failed: (error) => failures.push(error),
  });
  for (const message of ["good", "bad", "late"]) mailbox.offer(message, 1);
  expect(cell.run(10)).toBe(false);
  expect(performed).toEqual(["good"]);
  expect(failures.length).toBe(1);
  expect(cell.isAlive).toBe(false);
  cell.run(10);
  expect(performed).toEqual(["good"]);
});
