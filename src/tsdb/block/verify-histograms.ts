/**
 * Reads all histograms of a block, in order. In a raw block it holds each against its sample: the
 * sample's value must be the tag of the bytes. Samples are vouched for by the digest, so then the
 * histograms are too; the digest of a tier has their tags.
 */
import { blockDamage, naming } from "./block-errors.ts";
import { COLUMN_SAMPLES } from "./block-columns.ts";
import { BlockFile } from "./block-file.ts";
import type { BlockIndex } from "./block-reader.ts";
import { eachHistogram } from "./each-histogram.ts";
import { HistogramList } from "./histogram-list.ts";
import { PageColumnReader } from "./page-column-reader.ts";
import type { PageTable } from "./page-table.ts";
import type { PageTools } from "./page-tools.ts";
import { TIER_RAW } from "./tier.ts";
import { RowColumns } from "./row-columns.ts";

/**
 * Their number; widens `span` to their times. Throws `storage.corruption` naming the first thing
 * that is not as it should be.
 */
export async function verifyHistograms(
  file: BlockFile,
  index: BlockIndex,
  tools: PageTools,
  span: TimeSpan,
): Promise<number> {
  const { histogramPages } = index;
  if (histogramPages === null) return 0;
  const isRaw = file.meta.tier === TIER_RAW;
  const samples = isRaw ? samplesOf(file, index, tools) : null;
  try {
    const { seriesCount } = index.series;
    return await verifyPages(file, histogramPages, seriesCount, samples, tools, span);
  } finally {
    samples?.close();
  }
}

interface TimeSpan {
  minMs: number;
  maxMs: number;
}

function samplesOf(file: BlockFile, index: BlockIndex, tools: PageTools): PageColumnReader {
  const { pages, clocks } = index;
  return new PageColumnReader(file, pages[COLUMN_SAMPLES]!, tools, undefined, undefined, clocks);
}

async function verifyPages(
  file: BlockFile,
  pages: PageTable,
  seriesCount: number,
  samples: PageColumnReader | null,
  tools: PageTools,
  span: TimeSpan,
): Promise<number> {
  const { path } = file;
  const decoder = tools.lendDecoder(null);
  const buffer = BlockFile.pageBuffer();
  const items = new HistogramList();
  let count = 0;
  let series = -1;
  let lastMs = -Infinity;
  try {
    for (let page = 0; page < pages.pageCount; page++) {
      const bytes = await file.page(pages, page, buffer);
      naming(path, pages.offset(page), () => decoder.open(bytes, 0, bytes.length));
      for (let column = 0; column < decoder.columnCount; column++) {
        items.clear();
        naming(path, pages.offset(page), () => {
          items.takeColumn(decoder, column, -Infinity, Infinity);
        });
        const number = decoder.seriesAt(column);
        const isBehind = number > series || (number === series && items.timestamps[0]! > lastMs);
        if (!isBehind || number >= seriesCount) {
          throw blockDamage(path, `histograms of series ${number} behind series ${series}`);
        }
        series = number;
        lastMs = items.timestamps[items.length - 1]!;
        count += items.length;
        span.minMs = Math.min(span.minMs, items.timestamps[0]!);
        span.maxMs = Math.max(span.maxMs, lastMs);
        if (samples !== null) await verifyItems(path, series, items, samples);
      }
      const want = pages.lastSeries(page);
      if (series === want) continue;
      throw blockDamage(
        path,
        `last series with histograms of page ${page} got ${series}, want ${want}`,
      );
    }
    return count;
  } finally {
    tools.takeBack(decoder);
  }
}

async function verifyItems(
  path: string,
  series: number,
  items: HistogramList,
  samples: PageColumnReader,
): Promise<void> {
  const rows = new RowColumns();
  const count = items.length;
  await samples.read(series, items.timestamps[0]!, items.timestamps[count - 1]!, rows);
  const { timestamps, values, length } = rows;
  let found = 0;
  eachHistogram({ timestamps, values, start: 0, end: length, histograms: items }, () => found++);
  if (found === count) return;
  const cause = `series ${series}: ${count - found} histograms are of no sample`;
  throw blockDamage(path, cause);
}
