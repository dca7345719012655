import assert from 'node:assert/strict';
import { type Bed, endsOf, openBed } from './bed.ts';
import { pytestLines } from './versions.ts';

const file = `
import atexit
import os
import threading

begun = threading.Event()
failing = []


def fail():
    begun.wait(60)
    raise ValueError("too late")


def test_begins_a_thread():
    def begin():
        failing.append(threading.Thread(target=fail, name="straggler"))
        failing[0].start()

    between = threading.Thread(target=begin)
    between.start()
    between.join()


def test_registers_for_the_end():
    def broken():
        raise RuntimeError("in the end")

    def taken_back():
        os._exit(9)

    atexit.register(broken)
    assert atexit.register(taken_back) is taken_back
    atexit.unregister(taken_back)


def test_runs_meanwhile():
    begun.set()
    failing[0].join()
`;

for (const line of await pytestLines()) {
  describe(`what fails after its test, with ${line.name}`, function () {
    this.timeout(120_000);
    if ('missing' in line) return void it.skip(`is not tested on this machine: ${line.missing}`);
    let bed: Bed;

    before(() => (bed = openBed(line.python)));
    after(() => bed?.remove());

    it('is charged to the test that began it, in a thread of a thread and at the end of Python', async () => {
      const outcome = await bed.run(bed.write({ 'test_late.py': file }), 'test_late.py');
      assert.deepEqual(
        endsOf(outcome),
        ['begins_a_thread', 'registers_for_the_end', 'runs_meanwhile'].map(name => `test_${name}: passed`),
      );
      const told = outcome.events.flatMap(event =>
        event.t === 'unhandled' ? [[event.path?.join(), event.failure.text] as const] : [],
      );
      assert.deepEqual(told, [
        ['test_begins_a_thread', 'In its thread "straggler", after the test had ended: ValueError: too late'],
        ['test_registers_for_the_end', 'At the end of Python: RuntimeError: in the end'],
      ]);
      assert.equal(outcome.code, 0);
    });

    it('is charged to the test that had the process ended', async () => {
      const text =
        'import atexit, os\ndef test_ends_it():\n    atexit.register(os._exit, 7)\ndef test_after():\n    pass\n';
      const outcome = await bed.run(bed.write({ 'test_exit.py': text }), 'test_exit.py');
      const charged = outcome.events.flatMap(event => (event.t === 'error' ? [[event.path?.join(), event.phase]] : []));
      assert.deepEqual([charged, outcome.code], [[['test_ends_it', 'teardown']], 7]);
    });

    it('leaves alone who forks and ends his child', async () => {
      const text =
        'import os, threading\ndef test_forks():\n    def fork():\n        pid = os.fork()\n        if pid == 0:\n            os._exit(3)\n        os.waitpid(pid, 0)\n    thread = threading.Thread(target=fork)\n    thread.start()\n    thread.join()\n';
      const outcome = await bed.run(bed.write({ 'test_fork.py': text }), 'test_fork.py');
      assert.deepEqual(
        outcome.events.filter(event => event.t === 'error'),
        [],
      );
      assert.equal(outcome.code, 0);
    });
  });
}
