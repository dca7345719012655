import assert from 'node:assert/strict';
import type { InsideOutcome } from '../spawn-inside.ts';
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

const loop = `
import asyncio
import gc
import threading

shared = asyncio.new_event_loop()
begun = asyncio.Event()


async def fail(what):
    await begun.wait()
    raise ValueError(what)


def raises(what):
    if what == "in a timer":
        timed.set()
    raise RuntimeError(what)


def test_begins_tasks():
    async def begin():
        global timed
        timed = asyncio.Event()
        asyncio.ensure_future(fail("in a task"))
        asyncio.get_running_loop().call_later(0.5, raises, "in a timer")

    shared.run_until_complete(begin())


def test_begins_one_that_is_awaited():
    async def begin():
        return asyncio.ensure_future(fail("and was caught"))

    test_begins_one_that_is_awaited.task = shared.run_until_complete(begin())


def test_in_a_context_of_before():
    async def runs_all():
        await ready.wait()
        asyncio.ensure_future(fail("by whoever it was"))
        asyncio.get_running_loop().call_later(0, raises, "by whoever it was")

    async def begin():
        global ready
        ready = asyncio.Event()
        return asyncio.ensure_future(runs_all())

    global runner
    runner = shared.run_until_complete(begin())


def test_runs_meanwhile():
    async def wait():
        ready.set()
        await runner
        begun.set()
        await timed.wait()
        try:
            await test_begins_one_that_is_awaited.task
        except ValueError:
            pass

    shared.run_until_complete(wait())
    gc.collect()


def test_fails_in_its_own_time():
    async def begin():
        asyncio.ensure_future(fail("its own"))
        await asyncio.sleep(0.01)

    shared.run_until_complete(begin())
    gc.collect()


def test_leaves_a_task_in_a_thread():
    global running
    running = threading.Thread(target=shared.run_forever, daemon=True)
    running.start()
    asyncio.run_coroutine_threadsafe(idle(), shared).result(30)


async def idle():
    global going
    going = asyncio.Event()

    async def straggle():
        await going.wait()
        raise ValueError("in a thread")

    asyncio.ensure_future(straggle())


def test_waits_for_the_thread():
    shared.call_soon_threadsafe(going.set)
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), shared).result(30)
    shared.call_soon_threadsafe(shared.stop)
    running.join()
    gc.collect()
`;

const dropped = `
import gc


class Broken:
    def __del__(self):
        raise ValueError("nobody hears")


async def prepare():
    pass


def test_forgets_to_await():
    prepare()


def test_drops_what_fails():
    Broken()


def test_comes_after():
    gc.collect()
`;

const ofUvloop = `
import asyncio
import gc

import pytest

uvloop = pytest.importorskip("uvloop")
shared = uvloop.new_event_loop()


def test_leaves_a_task():
    async def begin():
        global going
        going = asyncio.Event()

        async def straggle():
            await going.wait()
            raise ValueError("too late")

        asyncio.ensure_future(straggle())

    shared.run_until_complete(begin())


def test_runs_meanwhile():
    async def wait():
        going.set()
        await asyncio.sleep(0.05)

    shared.run_until_complete(wait())
    gc.collect()
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

    it('is charged to the test that began the task or timer, and to none where that is not certain', async () => {
      const outcome = await bed.run(bed.write({ 'test_loop.py': loop }), 'test_loop.py');
      assert.deepEqual(
        endsOf(outcome).filter(end => !end.endsWith(': passed')),
        [],
      );
      const told = outcome.events.flatMap(event =>
        event.t === 'unhandled' ? [[event.path?.join(), event.failure.text] as const] : [],
      );
      const task = 'In a task of its, and nobody asked what came of that: ValueError: ';
      assert.deepEqual(told.map(each => each.join(' › ')).sort(), [
        `test_begins_tasks › ${task}in a task`,
        'test_begins_tasks › In a timer of its, after the test had ended: RuntimeError: in a timer',
        `test_leaves_a_task_in_a_thread › ${task}in a thread`,
      ]);
      assert.equal(outcome.code, 0);
    });

    it('is told of the test in which Python had to ignore it', async () => {
      const outcome = await bed.run(bed.write({ 'test_dropped.py': dropped }), 'test_dropped.py');
      assert.deepEqual(
        endsOf(outcome).filter(end => !end.endsWith(': passed')),
        [],
      );
      assert.deepEqual(lateIn(outcome), [
        ['test_forgets_to_await', "While it ran: coroutine 'prepare' was never awaited"],
        ['test_drops_what_fails', 'While it ran, Python had to ignore this: ValueError: nobody hears'],
      ]);
    });

    it('is charged to the test that began the task in a loop of uvloop, where that is installed', async function () {
      const outcome = await bed.run(bed.write({ 'test_uvloop.py': ofUvloop }), 'test_uvloop.py');
      if (endsOf(outcome).length === 0) {
        this.test!.title += `: ${line.name} has no uvloop beside it`;
        return this.skip();
      }
      assert.deepEqual(lateIn(outcome), [
        ['test_leaves_a_task', 'In a task of its, and nobody asked what came of that: ValueError: too late'],
      ]);
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

/** The first lines of what nobody handled, with the test that is charged. */
function lateIn({ events }: InsideOutcome): (readonly [string | undefined, string])[] {
  return events.flatMap(event =>
    event.t === 'unhandled' ? [[event.path?.join(), event.failure.text.split('\n')[0]!] as const] : [],
  );
}
