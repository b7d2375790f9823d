import { expect, test } from "vitest";
import { ScrapeGrid } from "#collect/scrape-grid.ts";

test("delays lead to the next point of the grid, skipping missed ones", () => {
  const grid = new ScrapeGrid(5000, 100, 0);
  expect(grid.delayMs(100)).toBe(5000);
  expect(grid.delayMs(101.5)).toBe(4998.5);
  expect(grid.delayMs(5100)).toBe(5000);
  expect(grid.delayMs(17_100)).toBe(3000);
});

test("timestamps within a hair of the grid are put onto it", () => {
  const grid = new ScrapeGrid(5000, 0, 1_000_000);
  expect(grid.timestampMs(1_005_001)).toBe(1_005_000);
  expect(grid.timestampMs(1_009_998)).toBe(1_010_000);
});

test("a stepped clock starts a grid of its own", () => {
  const grid = new ScrapeGrid(5000, 0, 1_000_000);
  expect(grid.timestampMs(1_007_000)).toBe(1_007_000);
  expect(grid.timestampMs(1_012_001)).toBe(1_012_000);
});

test("the tolerance is at most a hundredth of the interval", () => {
  const grid = new ScrapeGrid(100, 0, 0);
  expect(grid.timestampMs(101)).toBe(100);
  expect(grid.timestampMs(202)).toBe(202);
});
