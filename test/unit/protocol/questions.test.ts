import assert from 'node:assert/strict';
import { Questions } from '../../../src/protocol/questions.ts';

describe('questions to another process', () => {
  it('get each its own answer, in whatever order they come', async () => {
    const questions = new Questions();
    const sent: number[] = [];
    const asked = ['a', 'b', 'c'].map(() => questions.ask<string>(id => sent.push(id)));
    assert.equal(new Set(sent).size, 3);
    questions.answer({ id: sent[2]!, result: 'to c' });
    questions.answer({ id: sent[0]!, error: 'no a' });
    questions.answer({ id: sent[1]!, result: null });
    await assert.rejects(asked[0]!, /^Error: no a$/);
    assert.deepEqual(await Promise.all(asked.slice(1)), [null, 'to c']);
  });

  it('pass over an answer to nothing, and a second one', async () => {
    const questions = new Questions();
    questions.answer({ id: 7, result: 'to nobody' });
    const asked = questions.ask<string>(id => {
      questions.answer({ id, result: 'first' });
      questions.answer({ id, error: 'second' });
    });
    assert.equal(await asked, 'first');
  });

  it('are all refused when nobody is there any more, and may be asked again after that', async () => {
    const questions = new Questions();
    const lost = [questions.ask(() => {}), questions.ask(() => {})];
    questions.fail('it is gone');
    for (const each of lost) await assert.rejects(each, /it is gone/);
    assert.equal(await questions.ask(id => questions.answer({ id, result: 1 })), 1);
  });

  it('reject where they cannot even be sent', async () => {
    const questions = new Questions();
    const unsendable = questions.ask(() => {
      throw new Error('no pipe');
    });
    await assert.rejects(unsendable, /no pipe/);
  });
});
