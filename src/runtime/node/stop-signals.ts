/**
 * SIGTERM and SIGINT: the first asks for an orderly stop, the second ends the process at once with
 * the shell's code for that signal. Data is safe either way; the orderly stop only saves the others
 * a time-out.
 */
const EXIT_CODE_OF_SIGNAL = { SIGTERM: 143, SIGINT: 130 } as const;

export type StopSignal = keyof typeof EXIT_CODE_OF_SIGNAL;

/** The part of `process` that is used; tests pass their own. */
export interface SignalSource {
  on(signal: StopSignal, handle: () => void): unknown;
  off(signal: StopSignal, handle: () => void): unknown;
  exit(code: number): void;
}

export function onStopSignals(
  stop: (signal: StopSignal) => void,
  source: SignalSource = process,
): { close(): void } {
  let stopping = false;
  const handlers = (Object.keys(EXIT_CODE_OF_SIGNAL) as StopSignal[]).map((signal) => {
    const handle = (): void => {
      if (stopping) {
        source.exit(EXIT_CODE_OF_SIGNAL[signal]);
        return;
      }
      stopping = true;
      stop(signal);
    };
    source.on(signal, handle);
    return { signal, handle };
  });
  return {
    close: () => {
      for (const { signal, handle } of handlers) source.off(signal, handle);
    },
  };
}
