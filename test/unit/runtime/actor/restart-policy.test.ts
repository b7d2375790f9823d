import { expect, test } from "vitest";
import { RestartPolicy } from "#runtime/actor/restart-policy.ts";

const limits = { failuresMax: 4, windowMs: 1000, backoffMsFirst: 10, backoffMsMax: 30 };

test("the pause doubles up to its cap, then the actor is given up", () => {
  const policy = new RestartPolicy(limits);
  expect(policy.onFailure(0)).toEqual({ kind: "restart", afterMs: 10 });
  expect(policy.onFailure(1)).toEqual({ kind: "restart", afterMs: 20 });
  expect(policy.onFailure(2)).toEqual({ kind: "restart", afterMs: 30 });
  expect(policy.onFailure(3)).toEqual({ kind: "give-up" });
});

test("failures outside the window are forgotten", () => {
  const policy = new RestartPolicy(limits);
  for (let at = 0; at < 100; at++) {
    expect(policy.onFailure(at * 1000)).toEqual({ kind: "restart", afterMs: 10 });
  }
});
