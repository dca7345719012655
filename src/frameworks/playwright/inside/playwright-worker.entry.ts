import { takeCommission } from '../../inside/commission.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { Origins } from './origins.ts';
import { Teller } from './teller.ts';
import { wordOf } from './wire.ts';

// Loaded by playwright's worker before anything else: tells what the worker tells its main process, over a pipe that loses nothing.

const { variables, fd } = takeCommission(['BULKHEAD_KEY']);
// What the user's code forks need not load this.
const own = process.execArgv.lastIndexOf('--require');
if (own !== -1) process.execArgv.splice(own, 2);

if (process.send && Number.isInteger(fd)) {
  const events = new EventPipe(new LinePipe(fd), undefined, {
    number: process.pid,
    key: variables['BULKHEAD_KEY'] ?? '',
  });
  const teller = new Teller(events, new Origins(events));
  const send = process.send.bind(process) as (...args: unknown[]) => boolean;
  // Playwright puts others in their place, which send what is printed through its channel.
  const print = {
    stdOut: process.stdout.write.bind(process.stdout),
    stdErr: process.stderr.write.bind(process.stderr),
  };
  process.send = (sent: unknown, ...rest: unknown[]): boolean => {
    const word = wordOf(sent);
    if (word?.method === 'stdOut' || word?.method === 'stdErr') {
      const { text, buffer = '' } = word.params;
      print[word.method](text ?? Buffer.from(buffer, 'base64'));
      return true;
    }
    if (word) teller.hear(word);
    return send(sent, ...rest);
  };
  process.on('message', received => {
    const word = wordOf(received);
    if (word?.method === 'runTestGroup') teller.take(word.params.bulkhead ?? []);
  });
}
