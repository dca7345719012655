import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/load.ts';
import { findings, starterConfig } from '../../../src/config/starter.ts';
import type { Project } from '../../../src/protocol/tests.ts';

function project(framework: string, root: string, files: number): Project {
  return {
    id: `${framework} ${root}`,
    framework,
    folder: { name: 'work', path: '/work' },
    root,
    label: framework,
    files: Array.from({ length: files }, (_, index) => `${root}/${index}.js`),
    watch: [],
  };
}

const found = [
  project('mocha', '/work/packages/a', 2),
  project('mocha', '/work', 1),
  project('pytest', '/work/"odd" \\ name', 1),
  project('command', '/work', 3),
];

describe('the first configuration', () => {
  it('is valid as it is and changes nothing', () => {
    const { layer, problems } = readConfig('c', starterConfig(found));
    assert.deepEqual(problems, []);
    assert.deepEqual(layer, readConfig('c', '{ "frameworks": {} }').layer);
  });

  it('stays valid whichever of its lines is uncommented, and with all of them', () => {
    const lines = starterConfig(found).split('\n');
    const isValue = (line: string) => /^ *\/\/ "[\w-]+": /.test(line);
    const values = lines.flatMap((line, index) => (isValue(line) ? [index] : []));
    assert.ok(values.length > 9, lines.join('\n'));
    for (const which of [...values.map(value => [value]), values]) {
      const text = lines.map((line, index) => (which.includes(index) ? line.replace('// ', '') : line)).join('\n');
      assert.deepEqual(readConfig('c', text).problems, [], text);
    }
  });

  it('names what was found and where', () => {
    const text = starterConfig(found);
    assert.match(
      text,
      /3 files in packages\/a, this folder\n *\/\/ "mocha": \{ "folders": \["packages\/a", "\."\] \},\n/,
    );
    assert.match(text, /\/\/ command: 3 files in this folder\n/);
    assert.match(text, /"pytest": \{ "folders": \["\\"odd\\" \\\\ name"\] \},/);
  });

  it('says when nothing was found', () => {
    assert.match(starterConfig([]), /No framework was found here\./);
    assert.deepEqual(findings([]), []);
  });
});
