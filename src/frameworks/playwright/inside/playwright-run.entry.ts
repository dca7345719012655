import { readOrder, takeCommission } from '../../inside/commission.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { attendBirths } from './births.ts';
import { Session } from './session.ts';
import type { PlaywrightError } from './style.ts';
import { type SuiteNode, type TestNode, type TestResult, UserPlaywright } from './user-playwright.ts';

// Runs or lists the tests of one file with the user's own playwright, told what to do by environment variables.

const commission = takeCommission(['BULKHEAD_PLAYWRIGHT', 'BULKHEAD_PROJECT', 'BULKHEAD_OUTPUT', 'BULKHEAD_WORKER']);
const { variables, fd } = commission;
let session: Session | null = null;

if (!Number.isInteger(fd) || !variables['BULKHEAD_PLAYWRIGHT'] || !variables['BULKHEAD_ORDER']) {
  console.error('This program is started by Bulkhead, which tells it what to run by environment variables.');
  process.exitCode = 2;
} else {
  const playwright = new UserPlaywright(variables['BULKHEAD_PLAYWRIGHT']);
  const events = new EventPipe(new LinePipe(fd));
  session = new Session(playwright, readOrder(commission), events, {
    project: variables['BULKHEAD_PROJECT'] ?? '',
    output: variables['BULKHEAD_OUTPUT'] ?? 'test-results',
  });
  const { select, noteTold, dieLikeTheWorker } = session;
  attendBirths({
    fd,
    preload: variables['BULKHEAD_WORKER']!,
    env: { BULKHEAD_KEY: events.key },
    select,
    onTold: noteTold,
    onDeath: dieLikeTheWorker,
  });
  void session.run(__filename, process.argv.slice(2));
}

/** Playwright loads this program, which is there already, as its reporter. */
export default class {
  printsToStdio(): boolean {
    return true;
  }

  onBegin(_config: unknown, root: SuiteNode): void {
    session?.begin(root);
  }

  /** What a worker prints, it prints itself; this is of the servers in the configuration, and of global set-up. */
  onStdOut(chunk: string | Buffer, test?: TestNode): void {
    if (!test) process.stdout.write(chunk);
  }

  onStdErr(chunk: string | Buffer, test?: TestNode): void {
    if (!test) process.stderr.write(chunk);
  }

  onTestEnd(test: TestNode, result: TestResult): void {
    session?.ended(test, result);
  }

  onError(error: PlaywrightError): void {
    session?.failed(error);
  }

  onEnd(): void {
    session?.allEnded();
  }

  onExit(): void {
    session?.finish();
  }
}
