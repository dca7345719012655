import { commands, type Runner } from '../javascript/runner.ts';

/** A configuration of Vite says nothing of tests by its name; `vitest` in a script or among the dependencies does. */
export const configNames = ['vitest.config.{js,mjs,cjs,ts,mts,cts}', 'vitest.workspace.{js,mjs,cjs,ts,mts,cts,json}'];

export const vitest: Runner = {
  name: 'vitest',
  title: 'Vitest',
  package: 'vitest',
  oldest: 3,
  configs: configNames,
  command: commands.vitest,
};
