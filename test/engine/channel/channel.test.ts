import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { pytestLines } from '../../unit/frameworks/pytest/versions.ts';
import { type RunResult, TestWorkspace } from '../workspace.ts';
import { type Attack, attacks, javascriptFile, pythonFile } from './attacks.ts';

interface Language {
  readonly name: string;
  readonly file: (index: number) => string;
  readonly attack: (attack: Attack) => string | undefined;
  readonly text: (attack: string) => string;
  readonly workspace: () => TestWorkspace;
}

const javascript: Language = {
  name: 'JavaScript',
  file: index => `test/attack-${index}.js`,
  attack: each => each.javascript,
  text: javascriptFile,
  workspace() {
    const workspace = new TestWorkspace({
      '.mocharc.json': '{ "spec": "test/*.js", "timeout": 60000 }',
      'package.json': '{}',
    });
    workspace.linkFrameworks();
    return workspace;
  },
};

const lines = await pytestLines();
const found = lines.find(line => !('missing' in line));
const python: Language = {
  name: 'Python',
  file: index => `test_attack_${index}.py`,
  attack: each => each.python,
  text: pythonFile,
  workspace: () =>
    new TestWorkspace({
      'pytest.ini': '[pytest]\n',
      'bulkhead.config.json': JSON.stringify({
        frameworks: { pytest: { python: found && 'python' in found ? found.python : 'python3' } },
      }),
    }),
};

for (const language of [javascript, python]) {
  describe(`a test in ${language.name} that attacks the events of its run`, function () {
    this.timeout(300_000);
    if (language === python && !found) return void it.skip('is not run: this machine has no pytest');
    for (const isolation of ['test', 'file'] as const) {
      describe(`with a cage for each ${isolation}`, () => {
        let workspace: TestWorkspace;
        let run: RunResult;
        before(async () => {
          workspace = language.workspace();
          attacks.forEach((each, index) => {
            const attack = language.attack(each);
            if (attack !== undefined) workspace.write(language.file(index), language.text(attack));
          });
          run = await workspace.run({ isolation, grace: 200 });
        });
        after(() => workspace.remove());

        attacks.forEach((attack, index) => {
          if (language.attack(attack) === undefined) return;
          it(attack.name, () => {
            const own = run.records.filter(({ test }) => basename(test.file) === basename(language.file(index)));
            const verdicts = own.map(record => [roleOf(record), verdictText(record)]);
            const expected = { before: 'passed', culprit: attack.culprit, after: 'passed' };
            assert.deepEqual(Object.fromEntries(verdicts), expected);
            const words = own.flatMap(({ attributes, why }) => [
              ...attributes.flatMap(each => (each.kind === 'protocol' ? [each.problem] : [])),
              ...why,
            ]);
            if (attack.named)
              assert.ok(
                words.some(each => attack.named!.test(each)),
                words.join('\n'),
              );
            else
              assert.deepEqual(
                own.flatMap(({ attributes }) => attributes),
                [],
              );
          });
        });

        it('and none of them adds a test, loses one, or writes where it should not', () => {
          const { counts, planned } = run.summary;
          assert.equal(planned, 3 * attacks.filter(each => language.attack(each) !== undefined).length);
          assert.equal(counts.lost ?? 0, 0);
          const own = join(workspace.root, 'own-file.txt');
          if (existsSync(own)) assert.equal(readFileSync(own, 'utf8'), '');
        });
      });
    }
  });
}

function roleOf({ test }: TestRecord): string {
  return test.titlePath.at(-1)!.replace('test_', '');
}

function verdictText({ verdict }: TestRecord): string {
  return verdict.kind === 'error' ? `error/${verdict.phase}` : verdict.kind;
}
