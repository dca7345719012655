import assert from 'node:assert/strict';
import { readFacts } from '../../../src/cages/facts.ts';
import type { Diagnosis } from '../../../src/protocol/diagnosis.ts';
import type { CageProperties } from '../../../src/protocol/limits.ts';
import { doctorMarkdown, doctorText } from '../../../src/reports/doctor.ts';
import { desktop, machineOf } from '../cages/machines.ts';

const properties: CageProperties = {
  memory: { level: 'watched', how: 'every 5 ms' },
  processes: { level: 'unavailable', because: 'nothing counts them' },
  cleanup: { level: 'enforced', by: 'the kernel' },
  peak: { level: 'watched', how: 'sampled' },
  cpu: { level: 'enforced', by: 'the kernel' },
};
const diagnosis: Diagnosis = {
  bulkhead: '0.1.0',
  machine: readFacts({ state: 'works', path: '/dist/keeper' }, machineOf(desktop)),
  mechanisms: [
    { mechanism: 'cgroup2', outcome: 'fails', because: 'the group is `shared`', remedy: 'Start it elsewhere.', ms: 1 },
    { mechanism: 'cgroup1', outcome: 'fails', because: 'no hierarchy is mounted', remedy: null, ms: 1 },
    { mechanism: 'namespaces', outcome: 'forbidden', by: 'it is forbidden by the settings' },
    { mechanism: 'subreaper', outcome: 'works', label: 'keeper, with a watch on memory', properties, ms: 9 },
    { mechanism: 'process-group', outcome: 'works', label: 'process group', properties, ms: 0 },
  ],
  cage: { mechanism: 'subreaper', label: 'keeper, with a watch on memory', properties, passedOver: [] },
  inUse: null,
  requirements: [{ requirement: 'hard-memory', folder: 'app', unmet: 'memory cap is only watched' }],
};

describe('the page of the doctor', () => {
  it('has its sections in order', () => {
    const titles = doctorText(diagnosis, title => `# ${title}`).match(/^# .*$/gm);
    assert.deepEqual(titles, [
      '# This machine',
      '# The cage of each test',
      '# Stronger cages',
      '# Weaker cages',
      '# What no cage holds',
    ]);
  });

  it('says of each property how far it holds', () => {
    const text = doctorText(diagnosis);
    assert.match(text, /Memory cap +watched, every 5 ms/);
    assert.match(text, /Process limit +not available here, because nothing counts them/);
    assert.match(text, /Clean-up +enforced by the kernel/);
  });

  it('says of each stronger cage why not, and what would give it', () => {
    const text = doctorText(diagnosis);
    assert.match(text, /cgroup v2 +cannot be had, because the group is `shared`\n +→ Start it elsewhere\./);
    assert.match(text, /cgroup v1 +cannot .*\n +→ Bulkhead knows of nothing/);
    assert.match(text, /namespaces +was not tried, because it is forbidden by the settings\n +→ Take "namespaces" out/);
    assert.match(text, /process group +works here/);
  });

  it('tells the machine as it was read', () => {
    const text = doctorText(diagnosis);
    assert.match(text, /System +Linux 6\.8\.0-45-generic/);
    assert.match(
      text,
      /Control groups +version 2: .*code\.scope may not be written to and has the controllers memory, pids/,
    );
    assert.match(
      text,
      /User namespaces +63000 at most, restricted \(kernel\.apparmor_restrict_unprivileged_userns is 1\)/,
    );
  });

  it('names what nothing holds', () => {
    for (const name of ['docker', 'systemd-run', 'D-Bus', 'at, cron', 'ssh', 'a database']) {
      assert.ok(doctorText(diagnosis).includes(name), name);
    }
  });

  it('says that nothing is run where a requirement is not met', () => {
    const required = /Required +hard-memory \(app\): nothing is run, because the memory cap is only watched/;
    assert.match(doctorText(diagnosis), required);
  });

  it('says when the running warden uses another cage still, and when there is none', () => {
    assert.match(
      doctorText({ ...diagnosis, inUse: 'process-group' }),
      /still uses process group, and the next one takes this/,
    );
    const none = diagnosis.mechanisms.map(
      ({ mechanism }) => ({ mechanism, outcome: 'forbidden', by: 'of you' }) as const,
    );
    assert.match(
      doctorText({ ...diagnosis, cage: null, mechanisms: none }),
      /None: every kind that works here is forbidden/,
    );
  });

  it('is a Markdown document too, in which nothing of the machine becomes markup', () => {
    const page = doctorMarkdown(diagnosis);
    assert.match(page, /^# Bulkhead: the cages of this machine\n\n## This machine\n\n- \*\*System\*\*: Linux/);
    assert.match(
      page,
      /- \*\*cgroup v2\*\*: cannot be had, because the group is \\`shared\\`\n {2}- → Start it elsewhere\./,
    );
  });

  for (const [platform, name] of [
    ['darwin', 'macOS'],
    ['win32', 'Windows'],
  ] as const) {
    it(`says nothing of control groups on ${name}`, () => {
      const machine = readFacts({ state: 'missing', path: '/k' }, machineOf({}, { platform, user: null }));
      const text = doctorText({ ...diagnosis, machine });
      assert.match(text, new RegExp(`System +${name}`));
      assert.doesNotMatch(text, /Control groups|systemd {2}/);
    });
  }
});
