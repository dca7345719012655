import { formatDuration } from '../config/quantities.ts';
import type { LimitSettings } from '../config/settings.ts';
import type { Problem } from '../protocol/messages.ts';
import type { Unit, UnitOutcome } from './unit.ts';

type Told = Pick<UnitOutcome, 'tests'> & { readonly evidence: Pick<UnitOutcome['evidence'], 'wallMs' | 'stop'> };

interface Spent {
  cages: number;
  cagedMs: number;
  testsMs: number;
  readonly files: Set<string>;
}

/** Of less than this nobody needs to be told. */
const worthTellingMs = 60_000;
const worthTellingShare = 0.75;
const fewTestsOfAFile = 4;

/** What it costs to start a framework for each test, where the tests of a file could share a start. */
export class StartUps {
  readonly #of = new Map<string, Spent>();

  note(
    { project, framework, tests: [test, ...others] }: Unit,
    isolation: LimitSettings['isolation'],
    told: Told,
  ): void {
    const { evidence, tests } = told;
    if (isolation !== 'test' || others.length > 0 || !test || evidence.stop !== null) return;
    const alone = framework.reporting === 'exit-code' || framework.mayShare?.(project, test.file) === false;
    if (alone || framework.smallestUnit) return;
    const spent = this.#of.get(framework.name) ?? { cages: 0, cagedMs: 0, testsMs: 0, files: new Set<string>() };
    this.#of.set(framework.name, spent);
    spent.cages++;
    spent.cagedMs += evidence.wallMs;
    spent.testsMs += tests.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
    spent.files.add(test.file);
  }

  hints(): Problem[] {
    return [...this.#of].filter(([, spent]) => isWorthTelling(spent)).map(([name, spent]) => hint(name, spent));
  }
}

function isWorthTelling({ cages, cagedMs, testsMs, files }: Spent): boolean {
  const startedMs = cagedMs - testsMs;
  const enough = startedMs >= worthTellingMs && startedMs >= cagedMs * worthTellingShare;
  return enough && cages >= files.size * fewTestsOfAFile;
}

function hint(framework: string, { cages, cagedMs, testsMs, files }: Spent): Problem {
  const times = cages.toLocaleString('en-US');
  return {
    severity: 'hint',
    key: 'isolation',
    message:
      `${framework} was started ${times} times, once for each test; starting and ending it took ` +
      `${formatDuration(cagedMs - testsMs)} of the ${formatDuration(cagedMs)} that these tests spent in their cages.`,
    fix:
      `With "isolation": "adaptive" it is started once for each file, ${files.size.toLocaleString('en-US')} times here; ` +
      'what fails there is run again, each test alone, and that verdict counts.',
  };
}
