import { TestWorkspace } from './workspace.ts';

export const shell = { name: 'shell', files: ['**/*.sh'], command: ['sh', '${file}'], skipCodes: [77] };

/** A project of shell scripts, with room for a cap to be reached and little grace. */
export const shellConfig = (extra: object = {}) =>
  JSON.stringify({
    memory: '128 MiB',
    timeout: '60s',
    grace: '200ms',
    frameworks: { mocha: false, command: [shell] },
    ...extra,
  });

/** For the tests of the suite that calls it: each makes at most one such project, which is removed after it. */
export function shellProject(): (files: Readonly<Record<string, string>>) => TestWorkspace {
  let made: TestWorkspace | undefined;
  afterEach(async () => {
    await made?.remove();
    made = undefined;
  });
  return files => (made = new TestWorkspace({ 'bulkhead.config.json': shellConfig(), ...files }));
}
