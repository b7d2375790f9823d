/**
 * Where an actor stands. Transitions:
 *
 *   starting -> running -> backing-off -> starting ...
 *       \           \-> given-up (too many failures)
 *        \-> backing-off | given-up (the open failed)
 *   any -> stopped
 */
export type ActorStatus =
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  | { readonly kind: "backing-off"; readonly error: Error }
  | { readonly kind: "given-up"; readonly error: Error }
  | { readonly kind: "stopped" };
