import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PastRun } from '../../src/protocol/history.ts';
import { marked, until } from './alive.ts';
import { bulkhead, CommandLine } from './command-line.ts';
import { seeded } from './seeded.ts';
import { TestWorkspace } from './workspace.ts';

const rounds = Number(process.env['BULKHEAD_ROUNDS'] ?? 12);
const seed = Number(process.env['BULKHEAD_SEED'] ?? randomInt(2 ** 31));
const windowHost = join(import.meta.dirname, 'window-host.ts');
const victims = { warden: /warden\.cjs/, cli: /cli\.cjs/, runner: /^sh .*t\d\.sh/, window: /window-host\.ts/ };
type Victim = keyof typeof victims;
type Client = 'cli' | 'window' | 'resume';

const tests = 5;
const shell = { name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] };
const files = {
  'bulkhead.config.json': JSON.stringify({ grace: 0, jobs: 2, frameworks: { mocha: false, command: [shell] } }),
  ...Object.fromEntries(Array.from({ length: tests }, (_, index) => [`t${index}.sh`, 'echo x >> ran; sleep 0.4'])),
};

interface Moment {
  readonly client: Client;
  readonly begun: number;
  readonly ms: number;
  /** Which of those who are there, from 0 to 1. */
  readonly choice: number;
}

interface Shown {
  readonly run: PastRun;
  readonly unfinished: readonly unknown[];
  readonly tests: readonly { readonly key: string; readonly verdict: { readonly kind: string } }[];
}

describe('a run of which something is killed at any moment', function () {
  this.timeout(120_000);
  const random = seeded(seed);
  const happened: string[] = [];
  let workspace: TestWorkspace;

  before(() =>
    console.log(`    ${rounds} rounds; BULKHEAD_SEED=${seed} repeats their choices, BULKHEAD_ROUNDS makes more`),
  );
  afterEach(() => workspace.remove());
  after(() => console.log(`    ${counted(happened)}`));

  const moment = (clients: readonly Client[], most: number): Moment => {
    const client = clients[Math.floor(random() * clients.length)]!;
    const begun = Math.floor(random() * (most + 1));
    return { client, begun, ms: Math.round(random() * (begun === 0 ? 1500 : 250)), choice: random() };
  };

  for (let round = 1; round <= rounds; round++) {
    const first = moment(['cli', 'window'], tests);
    // Every other one is killed again while it goes on, with what little is left.
    const moments = round % 2 === 0 ? [first, moment(['resume'], 1)] : [first];
    it(`has a verdict for each test, and leaves nothing (${round}: ${moments.map(inWords).join(', then ')})`, async () => {
      workspace = new TestWorkspace(files);
      const mark = `bulkhead-test-${randomUUID()}`;
      const killed: (Victim | null)[] = [];
      const outcome: string[] = [];
      let before: Shown | null = null;
      for (const each of moments) {
        if (each.client === 'resume' && (!before || before.run.state === 'ended')) break;
        const victim = await killAt(each, mark);
        killed.push(victim);
        before = stands(before, await shown());
        outcome.push(`${victim ?? 'nobody'} killed, ${before?.run.state ?? 'nothing planned'}`);
      }
      if (before && before.run.state !== 'ended') {
        const { code, stderr } = await bulkhead(workspace.root, 'resume', { MARK: mark });
        assert.ok(code === 0 || code === 1, `${code}: ${stderr}`);
        outcome.push('resumed');
      }
      happened.push(outcome.join(', '));
      const after = stands(before, await shown());
      if (after) {
        assert.deepEqual([after.run.state, after.run.missing, after.unfinished], ['ended', 0, []]);
        assert.deepEqual([after.run.planned, after.run.recorded, after.tests.length], [tests, tests, tests]);
        assert.equal(new Set(after.tests.map(({ key }) => key)).size, tests);
        const kinds = new Set(after.tests.map(({ verdict }) => verdict.kind));
        kinds.delete('passed');
        assert.deepEqual([...kinds], killed.includes('runner') && kinds.size > 0 ? ['killed-outside'] : []);
      }
      await until('nothing is alive', () => marked(mark).length === 0);
    });
  }

  /** One of those that are there at the moment; null: the run is over by then. */
  async function killAt({ client, begun, ms, choice }: Moment, mark: string): Promise<Victim | null> {
    const earlier = ran();
    const command =
      client === 'window'
        ? new CommandLine(workspace.root, [], { MARK: mark }, windowHost)
        : new CommandLine(workspace.root, [client === 'cli' ? 'run' : 'resume'], { MARK: mark });
    let ended = false;
    void command.ended.then(() => (ended = true));
    await until('so many have begun', () => ended || ran() - earlier >= begun, 60_000);
    await sleep(ms);
    const there = marked(mark);
    const kinds = (Object.keys(victims) as Victim[]).filter(kind =>
      there.some(each => victims[kind].test(each.command)),
    );
    const victim = kinds[Math.floor(choice * kinds.length)];
    const found = there.filter(each => victim && victims[victim].test(each.command));
    const hit = found.filter(({ pid }) => kill(pid));
    await command.ended;
    await until('the warden is gone', () => !marked(mark).some(each => victims.warden.test(each.command)), 60_000);
    return victim && hit.length > 0 ? victim : null;
  }

  function ran(): number {
    const path = join(workspace.root, 'ran');
    return existsSync(path) ? readFileSync(path, 'utf8').length / 2 : 0;
  }

  /** Null: nothing of the run had been written yet. */
  async function shown(): Promise<Shown | null> {
    const { code, stdout, stderr } = await bulkhead(workspace.root, 'show --json');
    if (code === 0) return JSON.parse(stdout) as Shown;
    assert.match(stderr, /no run is kept here yet/);
    return null;
  }
});

function inWords({ client, begun, ms }: Moment): string {
  return `${client === 'resume' ? 'while it is resumed' : `by the ${client}`}, ${ms} ms after ${begun} began`;
}

/** What was shown before is shown still; of a run that was not there, nothing was. */
function stands(before: Shown | null, now: Shown | null): Shown | null {
  for (const { key, verdict } of before?.tests ?? []) {
    assert.deepEqual(now?.tests.find(test => test.key === key)?.verdict, verdict, 'what was shown stands');
  }
  return now;
}

/** False: it has ended meanwhile. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function counted(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join('; ');
}
