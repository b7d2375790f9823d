/**
 * The effects every driver performs, and the messages it sends back. Both are plain data: a step can
 * be recorded, compared and replayed. Tags are the actor's own; an outcome carries the tag of the
 * effect that asked for it. Outcomes of one path come in the order of their effects.
 */
import type { EngineError } from "#base/engine-error.ts";
import type { Channel, NodeId } from "../ports/network.ts";

export type StandardEffect =
  /** To another actor of this driver, by name. At most once; refusals come back as `send-failed`. */
  | {
      readonly kind: "send";
      readonly to: string;
      readonly message: unknown;
      /** What the message weighs in the receiver's mailbox. */
      readonly bytes: number;
    }
  /** To another node. Refused by a full queue: comes back as `transmit-failed`. */
  | {
      readonly kind: "transmit";
      readonly to: NodeId;
      readonly channel: Channel;
      readonly payload: Uint8Array;
    }
  /** Answers the `ask` with this number. A second answer to one number is ignored. */
  | { readonly kind: "reply"; readonly to: number; readonly value: unknown }
  | { readonly kind: "reply-error"; readonly to: number; readonly error: EngineError }
  /** Sends `timer` after `delayMs`; replaces a waiting timer of the same name. */
  | { readonly kind: "set-timer"; readonly name: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly name: string }
  | {
      readonly kind: "read-disk";
      readonly path: string;
      readonly offset: number;
      readonly length: number;
      readonly tag: number;
    }
  /** Writes all of `bytes`, creating the file when it is missing. Not durable before a sync. */
  | {
      readonly kind: "write-disk";
      readonly path: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly tag: number;
    }
  /** Makes the file's bytes and, when the driver created it, its folder entry durable. */
  | { readonly kind: "sync-disk"; readonly path: string; readonly tag: number }
  | { readonly kind: "remove-disk"; readonly path: string; readonly tag: number };

export type DiskEffect = Extract<StandardEffect, { readonly tag: number }>;

export type DriverMessage =
  /** The first message after every start and restart. */
  | { readonly kind: "started" }
  | { readonly kind: "timer"; readonly name: string }
  | { readonly kind: "disk-read"; readonly tag: number; readonly bytes: Uint8Array }
  | { readonly kind: "disk-done"; readonly tag: number }
  | { readonly kind: "disk-failed"; readonly tag: number; readonly error: EngineError }
  | { readonly kind: "send-failed"; readonly to: string; readonly reason: "busy" | "gone" }
  | { readonly kind: "transmit-failed"; readonly to: NodeId };

/** A list typed as a record, so that a new effect without an entry does not compile. */
const standardKinds: Readonly<Record<StandardEffect["kind"], true>> = {
  send: true,
  transmit: true,
  reply: true,
  "reply-error": true,
  "set-timer": true,
  "cancel-timer": true,
  "read-disk": true,
  "write-disk": true,
  "sync-disk": true,
  "remove-disk": true,
};

export function isStandardEffect(effect: { readonly kind: string }): effect is StandardEffect {
  return Object.hasOwn(standardKinds, effect.kind);
}
