const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
  tib: 1024 ** 4,
};

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };

const quantity = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i;

/** `512 MiB`, `1.5G`, `64m` or a number of bytes. Decimal and binary names mean the same here: powers of 1024. */
export function parseBytes(value: unknown): Parsed<number> {
  const expected = 'a size such as "512 MiB" or "2 GiB"';
  if (typeof value === 'number') return amount(value, expected);
  const match = typeof value === 'string' ? quantity.exec(value) : null;
  const unit = match ? byteUnits[(match[2] ?? '').toLowerCase()] : undefined;
  return match && unit !== undefined ? amount(Number(match[1]) * unit, expected) : { ok: false, expected };
}

/** `30s`, `2 min`, `500ms` or a number of milliseconds. */
export function parseDuration(value: unknown): Parsed<number> {
  const expected = 'a time such as "30s", "500ms" or "2 min"';
  if (typeof value === 'number') return amount(value, expected);
  const match = typeof value === 'string' ? quantity.exec(value) : null;
  const unit = match ? durationUnits[(match[2] ?? '').toLowerCase()] : undefined;
  return match && unit !== undefined ? amount(Number(match[1]) * unit, expected) : { ok: false, expected };
}

function amount(value: number, expected: string): Parsed<number> {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && rounded >= 0 ? { ok: true, value: rounded } : { ok: false, expected };
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  for (const unit of ['KiB', 'MiB', 'GiB']) {
    if (value < 1023.5) return `${value < 10 ? trim(value.toFixed(1)) : value.toFixed(0)} ${unit}`;
    value /= 1024;
  }
  return `${trim(value.toFixed(1))} TiB`;
}

export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trim((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function trim(number: string): string {
  return number.replace(/\.?0+$/, '');
}
