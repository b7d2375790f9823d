/** Forgets what lay in generations that leave the memory. */
import { freeGenerations } from "./arena";
import { forgetRead } from "./chunk";

/** No view sees samples of generations up to `number` any more. */
export function freeUpTo(number: u32): void {
  forgetRead();
  freeGenerations(number);
}
