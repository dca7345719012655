import assert from 'node:assert/strict';
import { formatBytes, formatDuration, parseBytes, parseDuration } from '../../../src/config/quantities.ts';

describe('sizes', () => {
  for (const [written, bytes] of [
    ['512 MiB', 512 * 1024 ** 2],
    ['512M', 512 * 1024 ** 2],
    ['1.5g', 1.5 * 1024 ** 3],
    [' 64 kb ', 65_536],
    ['100', 100],
    [4096, 4096],
    [0, 0],
  ] as const) {
    it(`reads ${JSON.stringify(written)}`, () => assert.deepEqual(parseBytes(written), { ok: true, value: bytes }));
  }

  for (const written of [
    'lots',
    '',
    '-1',
    -1,
    NaN,
    Infinity,
    '1e9',
    '9999999 TiB',
    '5 apples',
    true,
    null,
    [512],
    {},
  ]) {
    it(`refuses ${JSON.stringify(written)}`, () => assert.equal(parseBytes(written).ok, false));
  }

  for (const [bytes, written] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [128 * 1024 ** 2, '128 MiB'],
    [100 * 1024 ** 2, '100 MiB'],
    [1.25 * 1024 ** 3, '1.3 GiB'],
    [1024 ** 3 - 1, '1 GiB'],
    [5 * 1024 ** 4, '5 TiB'],
  ] as const) {
    it(`shows ${bytes} as ${written}`, () => assert.equal(formatBytes(bytes), written));
  }
});

describe('times', () => {
  for (const [written, ms] of [
    ['30s', 30_000],
    ['500 ms', 500],
    ['2 min', 120_000],
    ['1h', 3_600_000],
    ['0.5s', 500],
    [250, 250],
  ] as const) {
    it(`reads ${JSON.stringify(written)}`, () => assert.deepEqual(parseDuration(written), { ok: true, value: ms }));
  }

  for (const written of ['30', 'soon', '-1s', -5, '5 days', false, null]) {
    it(`refuses ${JSON.stringify(written)}`, () => assert.equal(parseDuration(written).ok, false));
  }

  for (const [ms, written] of [
    [0.4, '0 ms'],
    [12, '12 ms'],
    [999.6, '1000 ms'],
    [1000, '1 s'],
    [1234, '1.23 s'],
    [30_000, '30 s'],
    [90_000, '1 min 30 s'],
  ] as const) {
    it(`shows ${ms} ms as ${written}`, () => assert.equal(formatDuration(ms), written));
  }
});
