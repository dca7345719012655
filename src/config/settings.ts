import { frameworkNames, type FrameworkName, type FrameworkSettings, type Settings } from '../protocol/settings.ts';

export type {
  CommandSettings,
  DestructiveFiles,
  DestructivePreset,
  FrameworkName,
  FrameworkSettings,
  Isolation,
  LeakPolicy,
  LimitSettings,
  Network,
  Override,
  Settings,
  SettingsLayer,
} from '../protocol/settings.ts';

const frameworks = Object.fromEntries(
  frameworkNames.map(name => [name, { enabled: true, args: [], env: {} }]),
) as unknown as Record<FrameworkName, FrameworkSettings>;

export const defaults: Settings = {
  ...frameworks,
  memory: 512 * 1024 ** 2,
  swap: 0,
  processes: 512,
  timeout: 30_000,
  startup: 60_000,
  teardown: 5_000,
  grace: 2_000,
  output: 1024 ** 2,
  outputLimit: null,
  idle: null,
  openFiles: null,
  fileSize: null,
  disk: null,
  stack: null,
  cpu: null,
  network: 'on',
  nice: 0,
  isolation: 'test',
  leaks: 'warn',
  jobs: 0,
  memoryBudget: null,
  runTimeout: null,
  overrides: [],
  destructive: [],
  'destructive.allow': false,
  'cage.require': [],
  'cage.forbid': [],
  node: 'node',
  command: [],
};
