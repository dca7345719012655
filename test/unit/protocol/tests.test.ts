import assert from 'node:assert/strict';
import { testKey } from '../../../src/protocol/tests.ts';

const project = {
  framework: 'mocha',
  folder: { name: 'shop', path: '/home/ann/shop' },
  label: 'shop',
  root: '/home/ann/shop/api',
};
const test = { file: '/home/ann/shop/api/test/a.js', titlePath: ['cart', 'is empty'], ordinal: 0 };

describe('the key of a test', () => {
  it('is the same on another machine', () => {
    const elsewhere = { ...project, folder: { name: 'shop', path: '/srv/ci/shop' }, root: '/srv/ci/shop/api' };
    assert.equal(testKey(elsewhere, { ...test, file: '/srv/ci/shop/api/test/a.js' }), testKey(project, test));
  });

  it('is another for another title, place among namesakes, file, project, framework or folder', () => {
    const keys = [
      testKey(project, test),
      testKey(project, { ...test, titlePath: ['cart is empty'] }),
      testKey(project, { ...test, titlePath: ['cart', 'is', 'empty'] }),
      testKey(project, { ...test, ordinal: 1 }),
      testKey(project, { ...test, file: '/home/ann/shop/api/test/b.js' }),
      testKey({ ...project, root: '/home/ann/shop' }, test),
      testKey({ ...project, label: 'other' }, test),
      testKey({ ...project, framework: 'command' }, test),
      testKey({ ...project, folder: { ...project.folder, name: 'shop (2)' } }, test),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });
});
