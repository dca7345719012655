import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, planUnit, withReason } from '../../../src/client/unit.ts';
import type { WardenInfo } from '../../../src/protocol/messages.ts';

const warden = { node: '/usr/bin/node', script: '/opt/a $HOME/warden.cjs' };

describe('the unit of a warden', function () {
  let runtime: string;
  let bus: Server | undefined;
  beforeEach(function () {
    if (process.platform !== 'linux') this.skip();
    runtime = mkdtempSync(join(tmpdir(), 'bulkhead-runtime-'));
  });
  afterEach(async () => {
    await new Promise(resolve => (bus ? bus.close(resolve) : resolve(null)));
    bus = undefined;
    rmSync(runtime, { recursive: true, force: true });
  });
  const listen = () => new Promise<void>(resolve => (bus = createServer().listen(join(runtime, 'bus'), resolve)));

  it('is asked of the systemd whose bus is in the runtime folder, whatever the session’s own bus is', async () => {
    await listen();
    const env = { XDG_RUNTIME_DIR: runtime, BULKHEAD_SYSTEMD: 'always', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/other' };
    const plan = planUnit({ ...warden, env });
    assert.ok(plan.use);
    assert.equal(plan.launch.file, 'systemd-run');
    assert.equal(plan.launch.env['DBUS_SESSION_BUS_ADDRESS'], `unix:path=${runtime}/bus`);
    for (const needed of ['--user', '--pipe', '--property=Delegate=yes', '--property=OOMPolicy=continue']) {
      assert.ok(plan.launch.args.includes(needed), needed);
    }
  });

  it('has a dollar sign in its path doubled, so that systemd leaves it alone', async () => {
    await listen();
    const plan = planUnit({ ...warden, env: { XDG_RUNTIME_DIR: runtime, BULKHEAD_SYSTEMD: 'always' } });
    assert.ok(plan.use);
    assert.deepEqual(plan.launch.args.slice(-3), ['--', '/usr/bin/node', '/opt/a $$HOME/warden.cjs']);
  });

  it('copies nothing of the environment to the command line but the names that Node needs at its start', async () => {
    await listen();
    const env = { XDG_RUNTIME_DIR: runtime, BULKHEAD_SYSTEMD: 'always', SECRET: 'x', ELECTRON_RUN_AS_NODE: '1' };
    const plan = planUnit({ ...warden, env });
    assert.ok(plan.use);
    assert.deepEqual(
      plan.launch.args.filter(word => word.startsWith('--setenv')),
      ['--setenv=ELECTRON_RUN_AS_NODE'],
    );
  });

  it('is not asked for where it is forbidden', async () => {
    await listen();
    const plan = planUnit({ ...warden, env: { XDG_RUNTIME_DIR: runtime, BULKHEAD_SYSTEMD: 'never' } });
    assert.deepEqual(plan, { use: false, because: 'BULKHEAD_SYSTEMD=never forbids it' });
  });

  it('is not asked for where no bus listens', function () {
    writeFileSync(join(runtime, 'bus'), 'not a socket');
    const plan = planUnit({ ...warden, env: { XDG_RUNTIME_DIR: runtime } });
    // A machine where tests run as a logged-in user has a bus of its own besides.
    if (plan.use) this.skip();
    else assert.match(plan.because, /no systemd of this user answers at|cgroup v2|control group/);
  });

  it('keeps the limits that the client’s shell set', () => {
    const table = [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      'Max cpu time              unlimited            unlimited            seconds   ',
      'Max open files            1024                 524288               files     ',
      'Max realtime timeout      unlimited            unlimited            us        ',
    ].join('\n');
    assert.deepEqual(limits(table), ['LimitCPU=infinity:infinity', 'LimitNOFILE=1024:524288']);
  });

  it('is told of where control groups were passed over, and nowhere else', () => {
    const passedOver = [
      { mechanism: 'cgroup2', because: 'not writable' },
      { mechanism: 'cgroup1', because: 'not mounted' },
    ];
    const info = { pid: 1, cage: { mechanism: 'subreaper', passedOver } } as unknown as WardenInfo;
    assert.equal(withReason(info, null), info);
    assert.deepEqual(
      withReason(info, 'it hangs').cage.passedOver.map(({ because }) => because),
      ['not writable; no unit of systemd instead: it hangs', 'not mounted'],
    );
  });
});
