import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bootId } from '../../src/cages/boot.ts';
import { mechanismOrder } from '../../src/cages/order.ts';
import { killNow, ownerName } from '../../src/cages/owner.ts';
import { linuxProcesses, readProcess } from '../../src/cages/processes.ts';
import type { WardenClient } from '../../src/client/client.ts';
import { Ledger } from '../../src/warden/ledger.ts';
import type { CageEntry, Line } from '../../src/warden/ledger-page.ts';
import { observe } from '../../src/warden/observation.ts';
import { sweep } from '../../src/warden/sweep.ts';
import { marked, until } from './alive.ts';
import { TestWorkspace } from './workspace.ts';

const config = JSON.stringify({
  memory: '128 MiB',
  timeout: '60s',
  grace: '200ms',
  frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
});
/** Its daemon has left its session and ignores every polite signal. */
const daemonises = 'setsid sh -c "trap : TERM HUP; while :; do sleep 1; done" >/dev/null 2>&1 </dev/null & sleep 60';

describe('the ledger', function () {
  let workspace: TestWorkspace;
  let place: string;
  let mark: string;
  const innocents: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') this.skip(); // elsewhere nothing can be told to be a dead warden's
  });
  beforeEach(() => {
    mark = `bulkhead-test-${randomUUID()}`;
    workspace = new TestWorkspace({ 'bulkhead.config.json': config, 'a.sh': daemonises, 'b.sh': daemonises });
    place = join(workspace.root, 'state/bulkhead/ledger');
  });
  afterEach(async () => {
    for (const { pid } of marked(mark)) killNow(pid);
    for (const innocent of innocents.splice(0)) innocent.kill('SIGKILL');
    await workspace.remove();
  });

  function warden(only: string | null = null): Promise<WardenClient> {
    const forbidden = only === null ? [] : mechanismOrder.filter(name => name !== only && name !== 'process-group');
    const env = {
      ...process.env,
      MARK: mark,
      XDG_STATE_HOME: join(workspace.root, 'state'),
      BULKHEAD_FORBID: forbidden.join(),
    };
    return workspace.warden([], { env });
  }

  async function running(client: WardenClient): Promise<void> {
    const run = client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: { jobs: 2 } });
    void run.catch(() => undefined);
    await until('both tests have daemonised', () => daemons().length >= 4);
  }

  const aKeeper = /keeper(\.cjs)? --ctl/;
  const daemons = () => marked(mark).filter(({ command }) => /trap|sleep 60/.test(command));

  /** The warden, and every keeper of it, before any of them can do anything. */
  function killAtOnce({ pid }: WardenClient): void {
    const keepers = linuxProcesses().filter(row => row.parent === pid && aKeeper.test(row.command));
    for (const each of [...keepers.map(row => row.pid), pid]) killNow(each, 'SIGSTOP');
    for (const each of [...keepers.map(row => row.pid), pid]) killNow(each);
  }

  const pages = () => (existsSync(place) ? readdirSync(place) : []);

  for (const mechanism of mechanismOrder) {
    it(`finds what a warden leaves that is killed together with its keepers (${mechanism})`, async function () {
      const first = await warden(mechanism);
      if (first.info.cage.mechanism !== mechanism) {
        const why = first.info.cage.passedOver.find(passed => passed.mechanism === mechanism)?.because;
        console.log(`      not here: ${why}`);
        this.skip();
      }
      await running(first);
      const [sight] = observe([place]);
      assert.deepEqual([sight?.pid, sight?.state, sight?.folders], [first.pid, 'alive', [workspace.root]]);
      assert.deepEqual(sight?.cages.map(({ label, run }) => [label, run]).sort(), [
        ['a.sh', 'r'],
        ['b.sh', 'r'],
      ]);
      for (const cage of sight?.cages ?? []) {
        const commands = cage.processes.map(({ command }) => command);
        assert.ok(commands.includes('sleep 60') && commands.some(command => command.includes('trap')), commands.join());
        assert.ok(!commands.some(command => aKeeper.test(command)), 'the keeper stands outside');
        assert.ok(cage.processes.every(each => each.memoryBytes > 0 && each.ageMs < 60_000 && each.parent > 0));
      }
      killAtOnce(first);
      await until('it is gone', () => readProcess(first.pid) === null);
      if (mechanism !== 'namespaces') assert.ok(daemons().length > 0, 'they outlive it');
      await until('nobody else has ended them', () => observe([place])[0]?.state === 'dead');
      const { wardens } = await sweep([place]);
      assert.deepEqual(marked(mark), []);
      assert.deepEqual(pages(), []);
      assert.deepEqual([wardens.length, wardens[0]?.survivors, wardens[0]?.cages.length], [1, [], 2]);
      assert.deepEqual((await sweep([place])).wardens, []);
    });
  }

  it('is swept by the next warden, and by two of them at once', async () => {
    const first = await warden('process-group');
    await running(first);
    killAtOnce(first);
    await until('it is gone', () => readProcess(first.pid) === null);
    assert.ok(daemons().length > 0);
    const next = await Promise.all([warden(), warden()]);
    await until('nothing of the tests is alive', () => daemons().length === 0, 3000);
    await until('the page of the dead one is gone', () => pages().length === 2);
    for (const client of next) await client.request('status', {});
  });

  it('strikes out what is over, and is gone with its warden', async () => {
    workspace.write('a.sh', 'exit 0');
    workspace.write('b.sh', 'exit 0');
    const client = await warden();
    const summary = await client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
    assert.deepEqual(summary.counts, { passed: 2 });
    const [page] = pages();
    const entries = readFileSync(join(place, page!), 'utf8').trim().split('\n');
    const kinds = entries.map(line => (JSON.parse(line) as Line).entry).sort();
    assert.deepEqual(kinds, ['cage', 'cage', 'empty', 'empty', 'held', 'held', 'warden']);
    assert.deepEqual(observe([place])[0]?.cages, []);
    await client.close();
    assert.deepEqual(pages(), []);
  });

  it('answers how the processes of each test are doing', async () => {
    const client = await warden();
    await running(client);
    const { cages } = await client.request('status', {});
    assert.equal(cages.length, 2);
    for (const { processes, run, test, memoryCapBytes } of cages) {
      assert.deepEqual([run, memoryCapBytes, typeof test], ['r', 128 * 1024 ** 2, 'string']);
      assert.ok(processes.length >= 3);
      assert.ok(processes.every(({ memoryBytes, ageMs, parent }) => memoryBytes > 0 && ageMs >= 0 && parent > 0));
    }
  });

  it('leaves the tests of a living warden alone', async () => {
    const client = await warden('process-group');
    await running(client);
    const before = daemons().length;
    assert.deepEqual((await sweep([place])).wardens, []);
    assert.equal(daemons().length, before);
    assert.equal(pages().length, 1);
  });

  it('never touches a process that has got the number of another', async () => {
    const innocent = spawn('sleep', ['60'], { env: { MARK: mark }, stdio: 'ignore' });
    innocents.push(innocent);
    const { started } = readProcess(innocent.pid!)!;
    // Even the start time is that of the innocent, as on the worst of all days.
    forge(deadOwner(), [entry('unit-1'), { entry: 'held', cage: 'unit-1', pid: innocent.pid!, started }]);
    forge(deadOwner(2), [
      entry('unit-1', { keeper: '/nowhere/keeper' }),
      { entry: 'held', cage: 'unit-1', pid: innocent.pid!, started },
    ]);
    assert.equal(observe([place]).flatMap(({ cages }) => cages.flatMap(({ processes }) => processes)).length, 0);
    const { wardens } = await sweep([place]);
    assert.deepEqual(
      wardens.map(({ killed, survivors }) => [killed, survivors]),
      [
        [[], []],
        [[], []],
      ],
    );
    assert.equal(readProcess(innocent.pid!)?.started, started);
    assert.deepEqual(pages(), []);
  });

  it('keeps the page of what it could not remove, says so, and tries again', async () => {
    // A folder that is not empty stands for a group that the kernel does not let go.
    const group = join(workspace.root, deadOwner(4), 'unit-1');
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'held'), '');
    forge(deadOwner(4), [entry('unit-1', { groups: [group] })]);
    const { unfinished } = await sweep([place]);
    assert.match(unfinished.filter(each => each.includes(group)).join(), /ENOTEMPTY/);
    assert.equal(pages().length, 1);
    rmSync(join(group, 'held'));
    assert.deepEqual(
      (await sweep([place])).unfinished.filter(each => each.includes(group)),
      [],
    );
    assert.deepEqual([pages(), existsSync(group)], [[], false]);
  });

  it('empties no control group but one of the warden that the page is of', async () => {
    const innocent = spawn('sleep', ['60'], { env: { MARK: mark }, stdio: 'ignore' });
    innocents.push(innocent);
    for (const group of ['/sys/fs/cgroup/pids', `/sys/fs/cgroup/pids/${deadOwner(3)}/../unit-1`]) {
      forge(deadOwner(3), [entry('unit-1', { groups: [group] })]);
      assert.equal(observe([place])[0]?.cages.length, 0, 'such a line is none');
      await sweep([place]);
    }
    assert.ok(readProcess(innocent.pid!));
  });

  it('survives whatever stands in its files', async () => {
    const carrier = spawn('sleep', ['60'], { env: { MARK: mark, BULKHEAD_CAGE: cookie('unit-2') }, stdio: 'ignore' });
    innocents.push(carrier);
    forge(deadOwner(), [entry('unit-1')]);
    const [page] = pages();
    const path = join(place, page!);
    appendFileSync(path, Buffer.from([0xff, 0xfe, 0, 10, 123, 10]));
    appendFileSync(path, `null\n[]\n{"entry":"cage"}\n{"entry":"held","cage":7}\n${'x'.repeat(100_000)}\n`);
    appendFileSync(path, `${JSON.stringify(entry('unit-2', { cookie: cookie('unit-2') }))}\n`);
    appendFileSync(path, '{"entry":"cage","cage":"cut off in the mi');
    mkdirSync(join(place, `${deadOwner(7)}.ndjson`));
    writeFileSync(join(place, `${deadOwner(8)}.ndjson`), '');
    truncateSync(join(place, `${deadOwner(8)}.ndjson`), 64 * 1024 ** 2);
    writeFileSync(join(place, 'notes.txt'), 'not ours');
    const began = performance.now();
    await sweep([place]);
    assert.ok(performance.now() - began < 5000);
    await until('the one good line was carried out', () => readProcess(carrier.pid!) === null);
    assert.ok(existsSync(join(place, 'notes.txt')));
  });

  it('throws away a page of a former boot, and keeps one of another machine', async () => {
    forge(deadOwner(), [entry('unit-1')], { boot: 'another boot' });
    forge(deadOwner(2), [entry('unit-1')], { boot: 'another boot', host: 'another-machine' });
    assert.deepEqual(
      observe([place]).map(({ state }) => state),
      ['elsewhere'],
    );
    assert.deepEqual(pages(), [`${deadOwner(2)}.ndjson`]);
  });

  it('is not believed where others may write to it', () => {
    forge(deadOwner(), [entry('unit-1')]);
    chmodSync(place, 0o777);
    assert.deepEqual(observe([place]), []);
  });

  it('stays small however many cages have been on it', () => {
    const ledger = new Ledger(['/project'], problem => assert.fail(problem.message), [place]);
    const [page] = pages();
    const size = () => readFileSync(join(place, page!)).length;
    ledger.enter(entry('living'));
    let largest = 0;
    for (let i = 0; i < 3000; i++) {
      ledger.enter(entry(`unit-${i}`));
      ledger.strike(`unit-${i}`);
      if (i % 100 === 0) largest = Math.max(largest, size());
    }
    assert.ok(largest < 400_000, `${largest} bytes`);
    const cages = observe([place])[0]?.cages.map(({ name }) => name);
    assert.deepEqual(cages, ['living']);
    ledger.strike('living');
    ledger.close();
    assert.deepEqual(pages(), []);
  });

  it('says so, once, when it cannot be written, and keeps no test from running', () => {
    const problems: string[] = [];
    const ledger = new Ledger([], problem => problems.push(problem.message), ['/dev/null/ledger']);
    ledger.enter(entry('unit-1'));
    ledger.strike('unit-1');
    ledger.close();
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /ledger/);
  });

  /** The name of a warden that never was: its number is in use, by a process that started at another time. */
  function deadOwner(ticks = 1): string {
    return ownerName().replace(/-\d+-(\d+)$/, `-${ticks}-$1`);
  }

  function cookie(cage: string): string {
    return `${process.pid}.${cage}.1.abc`;
  }

  function entry(cage: string, change: Partial<CageEntry> = {}): CageEntry & { entry: 'cage' } {
    return {
      entry: 'cage',
      cage,
      mechanism: 'process-group',
      cookie: cookie(cage),
      groups: [],
      keeper: null,
      command: 'sh test.sh',
      since: Date.now(),
      memoryCapBytes: null,
      subject: { label: 'a test', run: 'r', test: null },
      ...change,
    };
  }

  function forge(owner: string, lines: readonly Line[], change: { boot?: string; host?: string } = {}): void {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    const head = { entry: 'warden', version: 1, boot: bootId(), host: hostname(), since: Date.now(), folders: [] };
    const text = [{ ...head, ...change }, ...lines].map(line => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(place, `${owner}.ndjson`), text, { mode: 0o600 });
  }
});
