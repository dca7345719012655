import type { FrameworkName } from '../config/settings.ts';
import type { Problem } from '../protocol/messages.ts';

const titles: Record<FrameworkName, string> = {
  mocha: 'mocha',
  'node-test': 'node:test',
  jest: 'jest',
  vitest: 'vitest',
  playwright: 'Playwright',
  pytest: 'pytest',
  go: 'go test',
  cargo: 'cargo test',
  ctest: 'ctest (once cmake has configured a build folder)',
  bats: 'bats',
  tap: 'TAP (t/*.t)',
};

/** What whoever expected tests is told: what is looked for, and how to name the rest. */
export function noTestsIn(folder: string): Problem {
  const names = Object.values(titles);
  return {
    severity: 'error',
    message: `no tests were found in ${folder}`,
    fix: `Bulkhead finds those of ${names.slice(0, -1).join(', ')} and ${names.at(-1)} by itself; name others in bulkhead.config.json, "frameworks.command".`,
  };
}
