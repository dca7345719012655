import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lanes } from '../../bed/lanes.ts';

const failures = JSON.stringify(resolve(import.meta.dirname, '../../bed/failures.ts'));
const tells = (passed: number, failed: number) =>
  `import { noteFailure, tellCount } from ${failures};
  ${failed > 0 ? "noteFailure('some', 'a title', 'its error');" : ''}
  tellCount('some', { passed: ${passed}, failed: ${failed}, skipped: 0 });
  process.exitCode = ${failed};`;

describe('lanes of tests', function () {
  this.timeout(60_000);
  let folder: string;
  let said: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-lanes-'));
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lanes = (count: number) => new Lanes(count, folder, text => said.push(text));
  /** A module, in a piece of its own. */
  const piece = (name: string, code: string, alone = false, needsFetched = false) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, code);
    return { layer: 'some', name, args: [file], alone, needsFetched };
  };
  /** Notes when it begins and ends. */
  const passes = (name: string, ms: number) => `
    import { appendFileSync } from 'node:fs';
    const note = what => appendFileSync(${JSON.stringify(join(folder, 'order'))}, what + ' ${name}\\n');
    note('begin');
    await new Promise(resolve => setTimeout(resolve, ${ms}));
    console.log('${name} prints');
    console.log('${name} prints more');
    note('end');
    ${tells(1, 0)}`;

  it('run pieces beside each other, those that are alone after all others, and print each whole', async () => {
    const pieces = [
      piece('a', passes('a', 2500)),
      piece('b', passes('b', 2500)),
      piece('c', passes('c', 0), true),
      piece('d', passes('d', 0), true),
    ];
    const outcomes = await lanes(2).run(pieces);
    assert.deepEqual(
      outcomes.map(({ count }) => count),
      pieces.map(() => ({ passed: 1, failed: 0, skipped: 0 })),
    );
    const order = readFileSync(join(folder, 'order'), 'utf8').trim().split('\n');
    assert.deepEqual(order.slice(0, 2).sort(), ['begin a', 'begin b']);
    assert.deepEqual(order.slice(4), ['begin c', 'end c', 'begin d', 'end d']);
    for (const { name } of pieces) assert.ok(said.includes(`${name} prints\n${name} prints more\n`), said.join(''));
  });

  it('begin what needs what is being fetched when that is over, if there is anything else to do', async () => {
    let fetched = () => {};
    const fetching = new Promise<void>(resolve => (fetched = resolve));
    const pieces = [
      piece('a', passes('a', 0), false, true),
      piece('b', passes('b', 0)),
      piece('c', passes('c', 0), false, true),
    ];
    const outcomes = await lanes(1).run(pieces, fetching);
    fetched();
    assert.deepEqual(
      outcomes.map(outcome => outcome.piece.name),
      ['b', 'a', 'c'],
    );
  });

  it('count what never tells its count as failed, and what ends badly although no test of it failed', async () => {
    const silent = piece('silent', '');
    const bad = piece('bad', `${tells(3, 0)}\nprocess.exitCode = 7;`);
    const killed = piece('killed', `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`);
    const outcomes = await lanes(2).run([silent, bad, killed]);
    const of = (name: string) => outcomes.find(outcome => outcome.piece.name === name)!;
    assert.deepEqual(of('silent').count, { passed: 0, failed: 1, skipped: 0 });
    assert.match(of('silent').failures, /silent ended with code 0, and never told its count/);
    assert.deepEqual(of('bad').count, { passed: 3, failed: 1, skipped: 0 });
    assert.match(of('bad').failures, /bad ended with code 7, although none of its tests failed/);
    assert.match(of('killed').failures, /killed ended with SIGKILL/);
  });

  it('try again alone what failed beside others, and tell of it either way', async () => {
    const once = `
      import { existsSync, writeFileSync } from 'node:fs';
      const tried = ${JSON.stringify(join(folder, 'tried'))};
      if (existsSync(tried)) { ${tells(2, 0).replace(/^import.*$/m, '')} }
      else { writeFileSync(tried, ''); ${tells(1, 1).replace(/^import.*$/m, '')} }`;
    const disturbed = piece('disturbed', `${tells(0, 0).split('\n')[0]}${once}`);
    const broken = piece('broken', tells(0, 1));
    const outcomes = await lanes(2).run([disturbed, broken]);
    assert.deepEqual(
      outcomes.map(({ count }) => count).sort((one, other) => one.failed - other.failed),
      [
        { passed: 2, failed: 0, skipped: 0 },
        { passed: 0, failed: 1, skipped: 0 },
      ],
    );
    const told = outcomes.map(outcome => outcome.failures).join('');
    assert.match(told, /↻ some, passed only alone: disturbed\n {2}✖ some: a title/);
    assert.match(told, /^✖ some: a title$/m);
  });

  it('hand a signal on to what runs, and begin nothing more', async () => {
    const began = join(folder, 'began');
    const endless = piece(
      'endless',
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(began)}, ''); setInterval(() => {}, 1000);`,
    );
    const next = piece('next', passes('next', 0));
    const running = lanes(1);
    const outcomes = running.run([endless, next]);
    while (!existsSync(began)) await sleep(20);
    running.end('SIGTERM');
    assert.deepEqual(
      (await outcomes).map(outcome => [outcome.piece.name, outcome.count.failed]),
      [['endless', 1]],
    );
    assert.equal(existsSync(join(folder, 'order')), false);
  });
});
