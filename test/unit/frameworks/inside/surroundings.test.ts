import assert from 'node:assert/strict';
import { Surroundings } from '../../../../src/frameworks/inside/surroundings.ts';

describe('what tests change of their process', () => {
  const outer = { name: 'outer' };
  const inner = { name: 'inner' };
  let env: NodeJS.ProcessEnv;
  let surroundings: Surroundings<{ name: string }>;
  beforeEach(() => {
    env = { GIVEN: 'one' };
    surroundings = new Surroundings(() => env);
  });
  const during = (test: { name: string }, change: () => void) => {
    surroundings.before(test);
    change();
    surroundings.after(test);
  };
  const left = () => [...surroundings.left()].map(({ test, what }) => `${test.name}: ${what}`);

  it('is charged to the innermost of them', () => {
    during(outer, () => {
      during(inner, () => (env['INNER'] = 'x'));
      env['OUTER'] = 'x';
    });
    assert.deepEqual(left(), ['inner: INNER', 'outer: OUTER']);
  });

  it('is charged to the one that changed it last, though another had changed it so before', () => {
    during(outer, () => (env['LEFT'] = 'x'));
    delete env['LEFT'];
    during(inner, () => (env['LEFT'] = 'x'));
    assert.deepEqual(left(), ['inner: LEFT']);
  });

  it('is no leak when it is as it was at first, or when somebody else has changed it since', () => {
    during(outer, () => {
      env['SHORT'] = 'x';
      env['GIVEN'] = 'two';
      env['LATER'] = 'x';
    });
    delete env['SHORT'];
    env['GIVEN'] = 'one';
    env['LATER'] = 'by a hook';
    assert.deepEqual(left(), []);
  });

  it('is followed into an environment that takes the place of the first, and not told of what runners write', () => {
    const own = env;
    during(outer, () => (env = { ...own, LEFT: 'x', VITEST_POOL_ID: '1', npm_command: 'run', JEST_WORKER_ID: '2' }));
    assert.deepEqual(left(), ['outer: LEFT']);
  });
});
