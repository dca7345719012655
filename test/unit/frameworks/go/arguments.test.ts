import assert from 'node:assert/strict';
import { goArguments } from '../../../../src/frameworks/go/arguments.ts';

describe('arguments for go test', () => {
  it('are all there for the build, and of go list and the test program each has those that it knows', () => {
    const build = ['-vet=off', '-tags', 'slow db', '--race', '-short', '-count', '1', '-cpu=1,2', '-coverpkg', './...'];
    assert.deepEqual(goArguments([...build, '-args', '-verbose', '-tags=own']), {
      list: ['-tags=slow db', '-race'],
      build,
      program: ['-test.short', '-test.cpu=1,2', '-verbose', '-tags=own'],
    });
    assert.deepEqual(goArguments([]), { list: [], build: [], program: [] });
  });
});
