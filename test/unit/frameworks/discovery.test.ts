import assert from 'node:assert/strict';
import { discoveryOf } from '../../../src/frameworks/discovery.ts';
import type { Project } from '../../../src/protocol/tests.ts';

const project: Project = {
  id: 'mocha:w',
  framework: 'mocha',
  folder: { name: 'w', path: '/w' },
  root: '/w',
  label: 'mocha',
  files: ['/w/a.test.ts'],
  watch: [],
};

function fixFor(failure: string | null): string {
  const outcome = { events: [], stdout: '', stderr: '', failure };
  return discoveryOf(project, '/w/a.test.ts', outcome).problem?.fix ?? '';
}

describe('a file that tells nothing of its tests', () => {
  it('is given more time to start by a setting that its problem names', () => {
    assert.match(fixFor('was still running after 1 min 0 s'), /^Raise "startup" in bulkhead\.config\.json/);
  });

  it('is given no limit to raise where it ended by itself', () => {
    assert.equal(fixFor('ended with code 1'), 'See what the file does when it is loaded.');
    assert.equal(fixFor(null), 'See what the file does when it is loaded.');
  });
});
