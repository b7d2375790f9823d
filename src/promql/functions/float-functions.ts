/** Functions of one float: they change the value of each float sample and drop histograms. */
export type FloatFunction = (value: number) => number;

export const FLOAT_FUNCTIONS: ReadonlyMap<string, FloatFunction> = new Map<string, FloatFunction>([
  ["abs", Math.abs],
  ["acos", Math.acos],
  ["acosh", Math.acosh],
  ["asin", Math.asin],
  ["asinh", Math.asinh],
  ["atan", Math.atan],
  ["atanh", Math.atanh],
  ["ceil", Math.ceil],
  ["cos", Math.cos],
  ["cosh", cosh],
  ["deg", (value) => (value * 180) / Math.PI],
  ["exp", Math.exp],
  ["floor", Math.floor],
  ["ln", Math.log],
  ["log10", Math.log10],
  ["log2", Math.log2],
  ["rad", (value) => (value * Math.PI) / 180],
  ["sgn", sign],
  ["sin", Math.sin],
  ["sinh", sinh],
  ["sqrt", Math.sqrt],
  ["tan", Math.tan],
  ["tanh", Math.tanh],
]);

/** Beyond this e^-x is lost in rounding, and the functions are half of e^x until that overflows. */
const HALF_OF_EXP = 21;

function cosh(value: number): number {
  const size = Math.abs(value);
  return size > HALF_OF_EXP ? Math.exp(size) * 0.5 : Math.cosh(value);
}

function sinh(value: number): number {
  const size = Math.abs(value);
  return size > HALF_OF_EXP ? Math.sign(value) * Math.exp(size) * 0.5 : Math.sinh(value);
}

/** Zeros keep their sign, NaN stays. */
function sign(value: number): number {
  if (value < 0) return -1;
  return value > 0 ? 1 : value;
}
