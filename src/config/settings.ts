import type { Settings } from '../protocol/settings.ts';

export type {
  CommandSettings,
  Isolation,
  LeakPolicy,
  LimitSettings,
  MochaSettings,
  Override,
  Settings,
  SettingsLayer,
} from '../protocol/settings.ts';

export const defaults: Settings = {
  memory: 512 * 1024 ** 2,
  swap: 0,
  processes: 512,
  timeout: 30_000,
  startup: 60_000,
  teardown: 5_000,
  grace: 2_000,
  output: 1024 ** 2,
  isolation: 'test',
  leaks: 'warn',
  jobs: 0,
  memoryBudget: null,
  overrides: [],
  mocha: { enabled: true, env: {} },
  command: [],
};
