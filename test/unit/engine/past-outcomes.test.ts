import assert from 'node:assert/strict';
import { type AskHistory, PastOutcomes, rankOf } from '../../../src/engine/past-outcomes.ts';
import type { LastVerdict } from '../../../src/protocol/history.ts';
import type { VerdictKind } from '../../../src/protocol/verdict.ts';

function last(key: string, verdict: VerdictKind, durationMs: number): LastVerdict {
  const run = { run: 'r', runStartedAt: 0, startedAt: 0, attempts: 1, leaked: false };
  return { ...run, key, verdict, durationMs, peakMemoryBytes: null, cpuMs: null };
}

describe('what the history says before a run', () => {
  it('is asked for once by files that are planned together', async () => {
    const asked: string[][] = [];
    const ask: AskHistory = async keys => {
      asked.push([...keys]);
      return [last('b', 'failed', 5)];
    };
    const past = new PastOutcomes(ask);
    const [first, second] = await Promise.all([past.of(['a']), past.of(['b', 'c'])]);
    assert.deepEqual(asked, [['a', 'b', 'c']]);
    assert.deepEqual([[...first.keys()], [...second.keys()]], [['b'], ['b']]);
  });

  it('is not waited for when it is slow, and is listened to again once it has answered', async () => {
    const slow = Promise.withResolvers<readonly LastVerdict[]>();
    const answers = [slow.promise, Promise.resolve([last('a', 'passed', 5)])];
    const past = new PastOutcomes(() => answers.shift()!, 20);
    assert.equal((await past.of(['a'])).size, 0, 'it is late');
    assert.equal((await past.of(['a'])).size, 0, 'nobody asks again meanwhile');
    slow.resolve([]);
    await slow.promise;
    // The next turn, after whatever waits for the answer.
    await new Promise(resolve => setImmediate(resolve));
    assert.equal((await past.of(['a'])).size, 1);
  });

  it('is nothing where it cannot be asked', async () => {
    assert.equal((await new PastOutcomes(() => Promise.reject(new Error('no SQLite'))).of(['a'])).size, 0);
    assert.equal((await new PastOutcomes(null).of(['a'])).size, 0);
  });

  it('puts first what failed, then what never ran, then the rest, and the longest of each before the others', () => {
    const outcomes = [
      last('long', 'passed', 9000),
      last('short', 'passed', 1),
      last('failed', 'failed', 1),
      last('late', 'timed-out', 30_000),
      last('known', 'known-failure', 400),
    ];
    const past = new Map(outcomes.map(each => [each.key, each]));
    const keys = ['short', 'new', 'long', 'failed', 'known', 'late'];
    const sorted = keys.sort((a, b) => rankOf([a], past) - rankOf([b], past));
    assert.deepEqual(sorted, ['late', 'failed', 'new', 'long', 'known', 'short']);
    assert.ok(rankOf(['short', 'failed'], past) < rankOf(['new'], past), 'one of a shared cage is enough');
  });
});
