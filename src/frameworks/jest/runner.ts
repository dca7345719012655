import { commands, type Runner } from '../javascript/runner.ts';

export const configNames = ['jest.config.{js,mjs,cjs,ts,mts,cts,json}'];

export const jest: Runner = {
  name: 'jest',
  title: 'Jest',
  package: 'jest',
  oldest: 29,
  configs: configNames,
  manifestKey: 'jest',
  command: commands.jest,
};
