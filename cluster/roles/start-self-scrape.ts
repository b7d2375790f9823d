export function startSelfScrape(_options: unknown): void {}
