import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Isolation } from '../../../src/config/settings.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { marked, slowness } from '../alive.ts';
import type { Deviation, Outcome } from './faults.ts';
import type { FaultyFramework } from './frameworks.ts';
import { cellOf, limits, type Role, type Row, runMatrix, verdictText } from './matrix.ts';

const roles: readonly Role[] = ['before', 'culprit', 'after'];
/** A machine that does much else at the same time. */
const slackMs = 5000;

/** Every fault in a framework, alone and beside others; `folder` has the fixtures of each framework. */
export function describeFaults<F extends string>(
  folder: string,
  framework: FaultyFramework<F>,
  outcomes: Readonly<Record<F, Outcome>>,
): void {
  describe(`${folder} in ${[framework.name, framework.version].filter(Boolean).join(', ')}`, function () {
    this.timeout(480_000 * slowness);
    const isolations: readonly Isolation[] = framework.isolations ?? ['test', 'file'];
    const mark = `bulkhead-test-${randomUUID()}`;
    let rows: ReadonlyMap<Isolation, Row>;

    before(async function () {
      const reason = (await framework.unavailable?.()) ?? null;
      if (reason !== null) {
        this.test!.title = `not tested here: ${reason}`;
        this.skip();
      }
      rows = await runMatrix(folder, framework, isolations, { ...process.env, MARK: mark, NODE: process.execPath });
    });

    it('leave no process alive', () => assert.deepEqual(marked(mark), []));

    for (const isolation of isolations) {
      it(`lose nothing with a cage for each ${isolation}`, () => {
        const { summary, records } = rows.get(isolation)!;
        assert.equal(records.length, summary.planned);
        assert.equal(summary.counts.lost ?? 0, 0);
        assert.equal(new Set(records.map(({ test }) => test.key)).size, summary.planned);
      });

      for (const fault of Object.keys(outcomes) as F[]) {
        const deviation = framework.deviations?.[fault];
        if (deviation && 'missing' in deviation) {
          it.skip(`${fault}: ${deviation.because}`);
          continue;
        }
        const because = applies(deviation, isolation) ? ` (${deviation.because})` : '';
        it(`${fault} is blamed on the culprit alone with a cage for each ${isolation}${because}`, () => {
          const exact = isolation === 'test' || framework.namesOrigins === true;
          check(deviation, outcomes[fault], isolation, cellOf(rows.get(isolation)!, fault), exact);
        });
      }
    }
  });
}

function check(
  deviation: Deviation | undefined,
  outcome: Outcome,
  isolation: Isolation,
  cell: Partial<Record<Role, TestRecord>>,
  exact: boolean,
): void {
  assert.deepEqual(
    Object.keys(cell).sort(),
    [...roles].sort(),
    'a culprit between its neighbours, each with a verdict',
  );
  const particular = applies(deviation, isolation) ? deviation : null;
  const { culprit, attribute } = { ...outcome, ...particular };
  const expected: Record<Role, string> = { before: 'passed', after: 'passed', ...particular?.neighbours, culprit };
  const told = Object.fromEntries(roles.map(role => [role, verdictOf(cell[role]!, expected[role])]));
  assert.deepEqual(told, expected, JSON.stringify(roles.map(role => [role, cell[role]!.why, cell[role]!.messages])));
  if (attribute) {
    // What outlives a shared cage can be told apart by its tests only where something names them.
    const where = exact ? [cell.culprit!] : roles.map(role => cell[role]!);
    const kinds = where.flatMap(({ attributes }) => attributes.map(({ kind }) => kind));
    assert.ok(
      kinds.some(kind => kind === attribute),
      `${attribute} is not among ${kinds.join(', ')}`,
    );
  }
  for (const role of roles) {
    const ms = cell[role]!.durationMs ?? 0;
    assert.ok(ms < limits.timeout + limits.teardown + limits.grace + slackMs, `${role} took ${ms} ms`);
  }
}

/** With its detail only where one is expected. */
function verdictOf(record: TestRecord, expected: string): string {
  return expected.includes('/') ? verdictText(record) : record.verdict.kind;
}

function applies(
  deviation: Deviation | undefined,
  isolation: Isolation,
): deviation is Exclude<Deviation, { missing: true }> {
  return deviation !== undefined && !('missing' in deviation) && (deviation.in ?? isolation) === isolation;
}
