import assert from 'node:assert/strict';
import { watchedPlace } from '../../../src/editor/watched-place.ts';

describe('the place of a watched glob', () => {
  it('is the root of its project, or what the glob climbs to', () => {
    assert.deepEqual(watchedPlace('/p', 'src/**/*.ts'), { root: '/p', glob: 'src/**/*.ts' });
    assert.deepEqual(watchedPlace('/p/build', '../**/CMakeLists.txt'), { root: '/p', glob: '**/CMakeLists.txt' });
    assert.deepEqual(watchedPlace('/p/b/c', '../../source/**/*.txt'), { root: '/p/source', glob: '**/*.txt' });
  });
});
