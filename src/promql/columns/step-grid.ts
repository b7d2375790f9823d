/** The times an expression is evaluated at: `count` steps from `startMs`. Count 0 is legal. */
export interface StepGrid {
  readonly startMs: number;
  /** Positive, also for a single step. */
  readonly stepMs: number;
  readonly count: number;
}

export function gridOf(startMs: number, endMs: number, stepMs: number): StepGrid {
  const count = endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1;
  return { startMs, stepMs, count };
}

export function singleStep(timeMs: number): StepGrid {
  return { startMs: timeMs, stepMs: 1, count: 1 };
}

export function timeAt(grid: StepGrid, step: number): number {
  return grid.startMs + step * grid.stepMs;
}

/** Time of the last step; meaningless for an empty grid. */
export function lastTime(grid: StepGrid): number {
  return grid.startMs + (grid.count - 1) * grid.stepMs;
}
