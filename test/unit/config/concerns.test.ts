import assert from 'node:assert/strict';
import { concerns } from '../../../src/config/concerns.ts';

describe('an entry of the settings', () => {
  const folder = { name: 'w', path: '/w' };
  const titled = (...titlePath: string[]) => [{ titlePath }];
  const tagged = (word: string, tests: ReturnType<typeof titled>) =>
    concerns({ words: [word] }, folder, '/w/test/a.js', tests);

  it('means a test by a word of its title or of its suites’', () => {
    assert.ok(tagged('@oom', titled('eats it all @oom')));
    assert.ok(tagged('@oom', titled('memory (@oom)', 'eats it all')));
    assert.ok(tagged('uploads a large file', titled('the client', 'uploads a large file, slowly')));
    assert.ok(tagged('the client uploads', titled('the client', 'uploads')));
  });

  it('takes no part of a word for the word', () => {
    for (const title of ['@oom-free', '@oom2', 'me@oom', '@@oom', '@oomé', 'oom', '']) {
      assert.equal(tagged('@oom', titled(title)), false, title);
    }
    assert.ok(tagged('@oom', titled('@oom-free and @oom')), 'the second one is whole');
  });

  it('that names tests means none where none is known, such as while a file is listed', () => {
    assert.equal(tagged('@oom', []), false);
    assert.equal(concerns({ words: [] }, folder, '/w/a.js', titled('x')), false);
  });

  it('means a whole unit that cannot be divided by any test of it', () => {
    assert.ok(tagged('@oom', [...titled('tame'), ...titled('wild @oom')]));
  });

  it('that names files and tests means such tests of such files', () => {
    const both = { files: ['test/**'], words: ['@oom'] };
    assert.ok(concerns(both, folder, '/w/test/a.js', titled('x @oom')));
    assert.equal(concerns(both, folder, '/w/src/a.js', titled('x @oom')), false);
    assert.equal(concerns(both, folder, '/w/test/a.js', titled('x')), false);
  });
});
