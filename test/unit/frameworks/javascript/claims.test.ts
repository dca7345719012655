import assert from 'node:assert/strict';
import { settleClaims } from '../../../../src/frameworks/javascript/claims.ts';

describe('a file that several folders list', () => {
  const top = { root: '/w', kind: 'configured', files: ['/w/a/1.js', '/w/b/2.js'] } as const;
  const below = { root: '/w/a', kind: 'configured', files: ['/w/a/1.js'] } as const;

  it('belongs to the nearest folder that is configured for it', () => {
    const claims = settleClaims([top, below]);
    assert.deepEqual(claims.get(top), ['/w/b/2.js']);
    assert.deepEqual(claims.get(below), ['/w/a/1.js']);
  });

  it('does not belong to a nearer one that has the framework only among its dependencies', () => {
    const declared = { ...below, kind: 'declared' } as const;
    const claims = settleClaims([declared, top]);
    assert.deepEqual(claims.get(top), top.files);
    assert.deepEqual(claims.get(declared), []);
  });

  it('belongs to the folder whose configuration gathers packages, once for each project of it', () => {
    const one = { ...top, gathers: true };
    const other = { ...one };
    const claims = settleClaims([below, one, other]);
    assert.deepEqual([claims.get(below), claims.get(one), claims.get(other)], [[], top.files, top.files]);
  });
});
