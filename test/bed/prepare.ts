// node test/bed/prepare.ts [layer …]: fetches what these layers install when they need it. It may go on beside the tests: whoever
// needs a thing at that moment waits for its turn, and what cannot be had is told by the tests that miss it.
import { prepareImage } from '../kernels/boot.ts';
import { newestCmake, oldestCmake } from '../unit/frameworks/ctest/versions.ts';
import { newestGo } from '../unit/frameworks/go/versions.ts';
import { installFixture } from '../unit/frameworks/installed.ts';
import { pytestLines } from '../unit/frameworks/pytest/versions.ts';
import { installServer } from './install-server.ts';
import { serverRunsHere } from './places.ts';

const layers = process.argv.slice(2);
const fixtures = ['mocha', 'vitest', 'jest', 'playwright', 'bats', 'node', 'coverage'];
const steps: readonly { readonly of: readonly string[]; readonly take: () => Promise<unknown> }[] = [
  { of: ['ui', 'integration'], take: async () => (serverRunsHere ? installServer() : undefined) },
  { of: ['kernels'], take: prepareImage },
  ...fixtures.map(name => ({ of: ['unit', 'engine'], take: () => installFixture(`${name}-versions`) })),
  { of: ['unit', 'engine'], take: pytestLines },
  { of: ['engine'], take: newestGo },
  { of: ['engine'], take: newestCmake },
  { of: ['engine'], take: oldestCmake },
  { of: ['keeper'], take: () => installFixture('zig') },
];

for (const { of, take } of steps) {
  if (!of.some(layer => layers.includes(layer))) continue;
  await take().catch((error: unknown) => console.log(String(error).split('\n')[0]));
}
