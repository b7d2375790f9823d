/**
 * Reads a coded stream. Twin of `wasm/page/coded-decode.ts`: the same bytes give the same
 * residuals, which here the caller sums up; damaged bytes give undefined.
 */
import { SYMBOLS_MAX, TABLE_BITS_MAX, TABLE_BITS_MIN } from "../layout/page-layout.ts";
import { BitReader, signed, unzigzag } from "./bits64.ts";
import { describeSymbol, spreadSymbols } from "./coded-symbols.ts";

const EXTRA_BITS_MAX = 63;

/** `count` residuals, the reader behind them; undefined when it stands at no stream. */
export function decodeCoded(
  u8: Uint8Array,
  reader: BitReader,
  limit: number,
  count: number,
): bigint[] | undefined {
  const flags = reader.byte();
  const parts = flags & 3;
  const bits = (flags >> 3) + TABLE_BITS_MIN;
  if (parts === 3 || bits > TABLE_BITS_MAX) return undefined;
  const center = unzigzag(reader.varint());
  const shares = readShares(reader, 1 << bits, (flags & 4) === 0 ? 1 : 2);
  if (shares === undefined || reader.at > limit) return undefined;
  const stateBytes = reader.varint();
  if (stateBytes > limit - reader.at) return undefined;
  const states = new BitReader(u8, reader.at);
  reader.at += Number(stateBytes);
  const seen = Uint32Array.from(shares);
  const entries = Array.from(spreadSymbols(shares, bits), (symbol) => {
    const rank = seen[symbol]!++;
    const shed = bits - 31 + Math.clz32(rank);
    return { ...describeSymbol(symbol, parts), shed, next: (rank << shed) - (1 << bits) };
  });
  if (entries.some(({ extra }) => extra > EXTRA_BITS_MAX)) return undefined;
  const lanes = [Number(states.bits(bits)), Number(states.bits(bits))];
  const residuals = Array.from({ length: count }, (_, i) => {
    const { base, extra, shed, next } = entries[lanes[i & 1]!]!;
    lanes[i & 1] = next + Number(states.bits(shed));
    return signed(center + base + reader.bits(extra));
  });
  states.align();
  const extrasAt = reader.at;
  reader.align();
  return lanes[0] === 0 && lanes[1] === 0 && states.at === extrasAt ? residuals : undefined;
}

function readShares(reader: BitReader, size: number, step: number): Uint32Array | undefined {
  const first = reader.varint();
  const symbols = reader.varint();
  if (first >= SYMBOLS_MAX || symbols > SYMBOLS_MAX) return undefined;
  const end = Number(first) + Number(symbols) * step;
  if (end > SYMBOLS_MAX + 1) return undefined;
  const shares = new Uint32Array(SYMBOLS_MAX + 1);
  let left = size;
  for (let symbol = Number(first); symbol < end; symbol += step) {
    let share = 0;
    let digit = 8;
    for (let shift = 0; digit >= 8 && shift < 12; shift += 3) {
      digit = Number(reader.bits(4));
      share |= (digit & 7) << shift;
    }
    left -= share;
    if (left < 0) return undefined;
    shares[symbol] = share;
  }
  reader.align();
  return left === 0 ? shares : undefined;
}
