import { readOrder, takeCommission } from '../../inside/commission.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { attendBirths } from './births.ts';
import { Session } from './session.ts';
import { UserVitest } from './user-vitest.ts';

// Runs or lists the tests of one file with the user's own vitest, told what to do by environment variables.

const commission = takeCommission(['BULKHEAD_VITEST', 'BULKHEAD_PROJECT', 'BULKHEAD_WORKER']);
const { variables, fd } = commission;

if (!Number.isInteger(fd) || !variables['BULKHEAD_VITEST'] || !variables['BULKHEAD_ORDER']) {
  console.error('This program is started by Bulkhead, which tells it what to run by environment variables.');
  process.exitCode = 2;
} else {
  const vitest = new UserVitest(variables['BULKHEAD_VITEST']);
  const events = new EventPipe(new LinePipe(fd));
  const coverage = variables['BULKHEAD_COVERAGE'];
  const session = new Session(vitest, readOrder(commission), events, coverage);
  attendBirths({
    fd,
    env: {
      BULKHEAD_KEY: events.key,
      BULKHEAD_ORDER: variables['BULKHEAD_ORDER'],
      BULKHEAD_RUNNERS: JSON.stringify(vitest.runners),
      ...(coverage === undefined ? {} : { BULKHEAD_COVERAGE: coverage }),
    },
    onProcessDeath: session.dieLikeTheWorker,
    onThreadDeath: session.tellOfThread,
  });
  void session.run(variables['BULKHEAD_PROJECT'] ?? '', variables['BULKHEAD_WORKER']!);
}
