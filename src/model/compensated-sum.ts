/**
 * Compensated (Kahan-Babuska, Neumaier's variant) summation. A running sum is a pair: the rounded
 * sum and what rounding lost so far; the result is their sum. Hot loops inline the same steps; this
 * is the form for everything else and the reference for the tests.
 */
export class CompensatedSum {
  sum: number;
  lost: number;

  constructor(sum: number = 0, lost: number = 0) {
    this.sum = sum;
    this.lost = lost;
  }

  add(value: number): void {
    const total = this.sum + value;
    // An infinite total has no error term; keeping one would turn it into NaN.
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) this.lost = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.lost += this.sum - total + value;
    else this.lost += value - total + this.sum;
    this.sum = total;
  }

  result(): number {
    return this.sum + this.lost;
  }
}
