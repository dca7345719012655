import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Choice, circumstancesHere, DetectionCache } from '../../../src/cages/detection-cache.ts';

const here = { boot: 'b-1', kernel: '6.1', bulkhead: '0.1.0', user: '1000', keeper: 'abc', forbidden: '' };
const choice: Choice = {
  mechanism: 'namespaces',
  passedOver: [
    { mechanism: 'cgroup2', because: 'no controller' },
    { mechanism: 'cgroup1', because: 'no rights' },
  ],
};

describe('the remembered choice of a cage', () => {
  let storage: string;
  let file: string;

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-cache-'));
    file = join(storage, 'detection.json');
  });
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  const recall = (circumstances: Readonly<Record<string, string>> = here) =>
    new DetectionCache(storage, circumstances).recall();
  const kept = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const write = (content: unknown) => writeFileSync(file, JSON.stringify(content), { mode: 0o600 });

  it('comes back as it was, in a file for this user alone', () => {
    assert.equal(recall(), null);
    new DetectionCache(storage, here).keep(choice);
    assert.deepEqual(recall(), choice);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(storage), ['detection.json']);
  });

  it('is replaced by the next one', () => {
    const cache = new DetectionCache(storage, here);
    cache.keep(choice);
    const better: Choice = { mechanism: 'cgroup2', passedOver: [] };
    cache.keep(better);
    assert.deepEqual(cache.recall(), better);
  });

  for (const name of Object.keys(here)) {
    it(`is not believed with another ${name}`, () => {
      new DetectionCache(storage, here).keep(choice);
      assert.equal(recall({ ...here, [name]: 'another' }), null);
    });
  }

  it('is not believed when a circumstance is missing or unknown', () => {
    new DetectionCache(storage, here).keep(choice);
    assert.equal(recall({ ...here, more: 'x' }), null);
    assert.equal(recall(Object.fromEntries(Object.entries(here).slice(1))), null);
  });

  for (const [how, text] of [
    ['empty', ''],
    ['cut off', '{"format": 1, "circum'],
    ['of another kind', '[1, 2]'],
    ['null', 'null'],
    ['huge', JSON.stringify({ padding: 'x'.repeat(100_000) })],
  ] as const) {
    it(`is not believed when the file is ${how}, and is mended by the next one`, () => {
      writeFileSync(file, text, { mode: 0o600 });
      const cache = new DetectionCache(storage, here);
      assert.equal(cache.recall(), null);
      cache.keep(choice);
      assert.deepEqual(cache.recall(), choice);
    });
  }

  for (const [what, change] of Object.entries({
    'an unknown mechanism': { mechanism: 'prayer' },
    'another format': { format: 2 },
    'a stronger mechanism left out': { passedOver: choice.passedOver.slice(1) },
    'a reason that is no text': { passedOver: choice.passedOver.map(each => ({ ...each, because: 1 })) },
    'no reasons': { passedOver: null },
  })) {
    it(`is not believed with ${what}`, () => {
      new DetectionCache(storage, here).keep(choice);
      write({ ...kept(), ...change });
      assert.equal(recall(), null);
    });
  }

  it('is not believed when others may write it', () => {
    new DetectionCache(storage, here).keep(choice);
    chmodSync(file, 0o660);
    assert.equal(recall(), null);
  });

  it('is not read through a link, nor from a folder in its place', () => {
    const elsewhere = join(storage, 'elsewhere');
    new DetectionCache(elsewhere, here).keep(choice);
    symlinkSync(join(elsewhere, 'detection.json'), file);
    assert.equal(recall(), null);
    rmSync(file);
    mkdirSync(file);
    assert.equal(recall(), null);
  });

  it('is not kept where nothing can be written, and nobody is troubled', () => {
    writeFileSync(join(storage, 'a-file'), '');
    const nowhere = new DetectionCache(join(storage, 'a-file', 'below'), here);
    nowhere.keep(choice);
    assert.equal(nowhere.recall(), null);
    mkdirSync(file);
    new DetectionCache(storage, here).keep(choice);
    assert.deepEqual(readdirSync(storage).sort(), ['a-file', 'detection.json']);
  });
});

describe('the circumstances of a choice', () => {
  it('are the same twice, and others with another keeper', function () {
    if (process.platform !== 'linux') this.skip(); // only Linux names its boot in a file
    const first = circumstancesHere('1', process.execPath, null);
    assert.deepEqual(first, circumstancesHere('1', process.execPath, null));
    assert.match(first?.['boot'] ?? '', /^[0-9a-f-]{36}$/);
    assert.notEqual(circumstancesHere('1', process.execPath, import.meta.filename)?.['keeper'], first?.['keeper']);
  });
});
