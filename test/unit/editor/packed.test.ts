import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Packed } from '../../../src/editor/packed.ts';

describe('packed values', () => {
  it('come back as they were, in the order in which they came', () => {
    const packed = new Packed<{ readonly title: string }>();
    const titles = ['plain', 'quotes " and \\', '"],', 'größer 🚢', '', '\u2028 and \0'];
    for (const title of titles) packed.set(`key of ${title}`, { title });
    assert.deepEqual(
      [...packed.entries()],
      titles.map(title => [`key of ${title}`, { title }]),
    );
    for (const title of titles) assert.deepEqual(packed.get(`key of ${title}`), { title });
    assert.equal(packed.get('key'), undefined);
    assert.equal(packed.get('key of plain"'), undefined);
  });

  it('are found among more of them than a page and the first table take', () => {
    const packed = new Packed<number>();
    const count = 30_000;
    for (let each = 0; each < count; each++) packed.set(`key ${each}`, each);
    assert.equal(packed.size, count);
    for (let each = 0; each < count; each++) if (packed.get(`key ${each}`) !== each) assert.fail(`key ${each} is lost`);
    assert.equal(packed.has(`key ${count}`), false);
  });

  it('may be larger than a page', () => {
    const packed = new Packed<string>();
    packed.set('before', 'small');
    packed.set('large', 'x'.repeat(1_000_000));
    packed.set('after', 'small too');
    assert.equal(packed.get('large')?.length, 1_000_000);
    assert.deepEqual([packed.get('before'), packed.get('after')], ['small', 'small too']);
  });

  it('keep their place when they change, and go to the end when they come again', () => {
    const packed = new Packed<number>();
    for (const key of ['a', 'b', 'c']) packed.set(key, 1);
    packed.set('a', 2);
    packed.delete('b');
    packed.delete('b');
    packed.delete('unknown');
    assert.deepEqual([packed.size, packed.has('b'), packed.get('b')], [2, false, undefined]);
    packed.set('b', 3);
    assert.deepEqual(
      [...packed.entries()],
      [
        ['a', 2],
        ['c', 1],
        ['b', 3],
      ],
    );
  });

  it('give their memory back when they are taken out, the first of them first', () => {
    const packed = new Packed<string>();
    const value = 'x'.repeat(10_000);
    packed.set('first', '');
    packed.set('second', '');
    packed.delete('second');
    assert.ok(packed.deleteFirst());
    assert.equal(packed.deleteFirst(), false);
    assert.equal(packed.bytes, 0);
    const before = process.memoryUsage().arrayBuffers;
    for (let each = 0; each < 20_000; each++) {
      packed.set(`key ${each}`, value);
      if (packed.size > 100) packed.deleteFirst();
    }
    assert.equal(packed.size, 100);
    assert.ok(packed.bytes > 1_000_000 && packed.bytes < 1_010_000, String(packed.bytes));
    assert.deepEqual([packed.has('key 19899'), packed.has('key 19900')], [false, true]);
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    const mebibytes = (process.memoryUsage().arrayBuffers - before) / 1024 ** 2;
    assert.ok(mebibytes < 20, `${mebibytes} MiB of 200 that came are held`);
  });
});
