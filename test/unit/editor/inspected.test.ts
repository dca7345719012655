import assert from 'node:assert/strict';
import { inspectedAt } from '../../../src/editor/inspected.ts';

const node = (port: number, host = '127.0.0.1') => ({ kind: 'node', host, port });
const python = (port: number) => ({ kind: 'python', host: '127.0.0.1', port });

describe('a process that is open to a debugger', () => {
  const cases: readonly (readonly [string, ReturnType<typeof node> | ReturnType<typeof python> | null])[] = [
    ['/usr/bin/node --inspect server.js', node(9229)],
    ['node --inspect=4000 server.js', node(4000)],
    ['node -r ./setup.js --inspect-brk=0.0.0.0:4001 server.js', node(4001)],
    ['node --inspect --inspect-port=4002 server.js', node(4002)],
    ['node --inspect=localhost:4003 server.js', node(4003, 'localhost')],
    ['/opt/venv/bin/python3.12 -m debugpy --listen 5678 app.py', python(5678)],
    ['python -m debugpy --listen 0.0.0.0:5679 --wait-for-client app.py', python(5679)],
    // It alone knows the port, or somebody else's program was given the words.
    ['node --inspect=0 server.js', null],
    ['node server.js --inspect', null],
    ['node server.js', null],
    ['node --inspect=nonsense server.js', null],
    ['python app.py --listen 80', null],
    ['sh -c node --inspect', null],
    ['', null],
  ];
  for (const [command, place] of cases)
    it(`is ${place ? `reached at ${place.host}:${place.port}` : 'not told'}: "${command}"`, () =>
      assert.deepEqual(inspectedAt(command), place));
});
