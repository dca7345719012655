import { commands, type Runner } from '../javascript/runner.ts';

export const configNames = '.mocharc.{cjs,mjs,js,json,jsonc,yaml,yml}';

export const mocha: Runner = {
  name: 'mocha',
  title: 'Mocha',
  package: 'mocha',
  oldest: 9,
  configs: [configNames],
  manifestKey: 'mocha',
  command: commands.mocha,
};
