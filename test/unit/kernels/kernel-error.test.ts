import {
  SnappyError,
  WalkError,
  describeKernelCode,
  kernelErrorOf,
} from "#kernels/kernel-error.ts";
import * as codes from "#kernels/layout/kernel-codes.ts";
import { expect, test } from "vitest";

test("every code has one entry", () => {
  const listed = [...WalkError.keys(), ...SnappyError.keys()];
  expect(listed.toSorted((a, b) => b - a)).toEqual(Object.values(codes));
});

test("names are unique and follow the constants", () => {
  for (const [constant, code] of Object.entries(codes)) {
    expect(kernelErrorOf(code).name).toBe(constant.toLowerCase().replaceAll("_", "-"));
  }
});

test("an unknown code is a programmer error", () => {
  expect(describeKernelCode(codes.PROTO_GROUP)).toBe("groups are not supported");
  expect(() => describeKernelCode(-999)).toThrow("kernel code: got -999");
});
