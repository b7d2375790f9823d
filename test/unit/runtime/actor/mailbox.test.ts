import { expect, test } from "vitest";
import { Mailbox } from "#runtime/actor/mailbox.ts";

test("a mailbox takes messages up to its bytes and gives them out in order", () => {
  const mailbox = new Mailbox<string>(10);
  expect(mailbox.offer("a", 6)).toBe("accepted");
  expect(mailbox.offer("b", 5)).toBe("busy");
  expect(mailbox.offer("c", 4)).toBe("accepted");
  expect([mailbox.take(), mailbox.usedBytes]).toEqual(["a", 4]);
  expect([mailbox.take(), mailbox.usedBytes]).toEqual(["c", 0]);
  expect(mailbox.take()).toBeUndefined();
});

test("one message larger than the mailbox passes when it is alone", () => {
  const mailbox = new Mailbox<string>(10);
  expect(mailbox.offer("huge", 100)).toBe("accepted");
  expect(mailbox.offer("x", 0)).toBe("busy");
  mailbox.take();
  expect(mailbox.offer("x", 0)).toBe("accepted");
});

test("the driver's messages are taken even when it is full", () => {
  const mailbox = new Mailbox<string>(1);
  mailbox.offer("full", 1);
  mailbox.force("timer");
  expect([mailbox.take(), mailbox.take()]).toEqual(["full", "timer"]);
});
