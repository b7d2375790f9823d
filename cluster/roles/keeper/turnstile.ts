/** Lets one asynchronous step pass at a time, in the order in which they came. */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve();

  /** What the step gives or throws; a step that failed holds up nobody. */
  pass<T>(step: () => Promise<T>): Promise<T> {
    const passing = this.#last.then(step, step);
    this.#last = passing;
    return passing;
  }
}
