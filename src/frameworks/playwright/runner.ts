import { commands, type Runner } from '../javascript/runner.ts';

export const configNames = ['playwright.config.{ts,js,mts,mjs,cts,cjs}'];

export const playwright: Runner = {
  name: 'playwright',
  title: 'Playwright',
  package: '@playwright/test',
  oldest: 1,
  oldestMinor: 50,
  configs: configNames,
  command: commands.playwright,
};
