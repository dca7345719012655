import assert from 'node:assert/strict';
import { mechanismsOf } from '../../../src/cages/order.ts';

describe('what is tried on a system', () => {
  const ofLinux = ['cgroup2', 'cgroup1', 'namespaces', 'subreaper', 'node-keeper'];

  it('is its own first, then what Linux has, for what that says, and the weakest last', () => {
    assert.deepEqual(mechanismsOf('linux'), [...ofLinux, 'process-group']);
    assert.deepEqual(mechanismsOf('win32'), ['job-object', ...ofLinux, 'process-group']);
    assert.deepEqual(mechanismsOf('darwin'), ['watched-tree', ...ofLinux, 'process-group']);
  });
});
