import assert from 'node:assert/strict';
import { type Machine, readFacts } from '../../../src/cages/facts.ts';
import { powerOf, unwatchedSwap } from '../../../src/cages/powers.ts';
import { remedyFor } from '../../../src/cages/remedy.ts';
import type { KeeperFacts } from '../../../src/protocol/diagnosis.ts';
import { container, desktop, machineOf, without } from './machines.ts';

const works: KeeperFacts = { state: 'works', path: '/dist/keeper' };
const remedies = (machine: Machine, keeper: KeeperFacts = works) => {
  const facts = readFacts(keeper, machine);
  return (['cgroup2', 'cgroup1', 'namespaces', 'subreaper'] as const).map(name => remedyFor(name, facts) ?? '');
};

describe('what would give a stronger cage', () => {
  it('on a desktop with systemd, is a scope that may be divided, and a rule of AppArmor', () => {
    const facts = readFacts(works, machineOf(desktop));
    assert.equal(facts.cgroups.layout, 'v2');
    assert.equal(facts.cgroups.writable, false);
    assert.deepEqual(facts.cgroups.controllers, ['memory', 'pids']);
    assert.equal(facts.systemd.userBus, '/run/user/1000/bus');
    const [cgroup2, cgroup1, namespaces, subreaper] = remedies(machineOf(desktop));
    assert.match(cgroup2!, /systemd-run --user --scope -p Delegate=yes -- code/);
    assert.equal(cgroup1, '');
    assert.match(namespaces!, /kernel\.apparmor_restrict_unprivileged_userns=0/);
    assert.equal(subreaper, '');
  });

  it('without a session of the user, is a session', () => {
    assert.match(remedies(machineOf(without(desktop, '/run/user/1000/bus')))[0]!, /loginctl enable-linger 1000/);
  });

  it('in a container, is another way to start it', () => {
    const facts = readFacts(works, machineOf(container));
    assert.deepEqual([facts.container, facts.namespaces.seccomp], ['Docker', true]);
    const [cgroup2, , namespaces] = remedies(machineOf(container));
    assert.match(cgroup2!, /docker run --cgroupns=private --security-opt writable-cgroups=true/);
    assert.match(cgroup2!, /podman .*--security-opt unmask=\/sys\/fs\/cgroup/);
    assert.match(namespaces!, /seccomp=unconfined/);
  });

  it('in a container that may write to its group, is to divide it before anything else is in it', () => {
    const own = '/sys/fs/cgroup';
    const given = machineOf(container, { user: 0, writable: [own, `${own}/cgroup.procs`] });
    assert.match(remedies(given)[0]!, /entrypoint: mkdir -p .*\/init; .*"\+memory \+pids" >.*subtree_control/);
    // Nothing divides a group that has no controllers.
    const bare = { ...container, [`${own}/cgroup.controllers`]: 'hugetlb' };
    assert.match(remedies(machineOf(bare, { user: 0, writable: [own, `${own}/cgroup.procs`] }))[0]!, /docker run/);
  });

  it('is the same where a limit does not hold as on the page of the doctor', () => {
    const power = powerOf({ level: 'watched', how: 'sampled' });
    assert.ok(power !== true);
    assert.equal(power.fix, remedyFor('cgroup2', readFacts(works)));
    assert.equal(unwatchedSwap().fix, power.fix);
  });

  it('where version 1 has the memory controller, is decided at boot', () => {
    const hybrid = {
      ...desktop,
      '/proc/self/mountinfo':
        '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      '/proc/self/cgroup': '4:memory:/api\n0::/',
    };
    const facts = readFacts(works, machineOf(hybrid));
    assert.deepEqual([facts.cgroups.layout, facts.cgroups.memoryV1], ['hybrid', '/sys/fs/cgroup/memory/api']);
    const [cgroup2, cgroup1] = remedies(machineOf(hybrid));
    assert.match(cgroup2!, /cgroup_no_v1=all/);
    assert.match(cgroup1!, /as root.*\/sys\/fs\/cgroup\/memory\/api/);
    const wsl = { ...hybrid, '/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2' };
    assert.match(remedies(machineOf(wsl))[0]!, /\.wslconfig/);
  });

  it('in WSL without systemd, is systemd', () => {
    const rest = without(desktop, '/run/systemd/system', '/run/user/1000/bus');
    const wsl = { ...rest, '/proc/sys/kernel/osrelease': '6.6.36-microsoft-standard-WSL2' };
    assert.equal(readFacts(works, machineOf(wsl)).wsl, true);
    assert.match(remedies(machineOf(wsl))[0]!, /systemd=true.*\/etc\/wsl\.conf/);
  });

  it('names the sysctl that forbids user namespaces', () => {
    const none = { ...desktop, '/proc/sys/user/max_user_namespaces': '0' };
    assert.match(remedies(machineOf(none))[2]!, /user\.max_user_namespaces=/);
    const rootOnly = { ...desktop, '/proc/sys/kernel/unprivileged_userns_clone': '0' };
    assert.match(remedies(machineOf(rootOnly))[2]!, /kernel\.unprivileged_userns_clone=1/);
    assert.doesNotMatch(remedies(machineOf(rootOnly, { user: 0 }))[2]!, /sysctl/);
  });

  it('names the keeper where it is missing or may not run', () => {
    const [, , namespaces, subreaper] = remedies(machineOf(desktop), { state: 'missing', path: '/dist/keeper' });
    assert.match(namespaces!, /C compiler/);
    assert.equal(subreaper, namespaces);
    const refused = remedies(machineOf(desktop), { state: 'refused', path: '/dist/keeper', because: 'EACCES' });
    assert.match(refused[3]!, /\/dist\/keeper .*noexec/);
  });

  it('names the addon where a Node could stand in for the keeper', () => {
    const keeper: KeeperFacts = { state: 'missing', path: '/dist/keeper' };
    const remedy = (addon: KeeperFacts | null) =>
      remedyFor('node-keeper', readFacts(keeper, machineOf(desktop), addon));
    assert.match(remedy({ state: 'missing', path: '/dist/koffi.node' })!, /npm run build .* brings it for \S+/);
    const refused = remedy({ state: 'refused', path: '/dist/koffi.node', because: 'failed to map segment' });
    assert.match(refused!, /\/dist\/koffi\.node .*noexec forbids addons/);
    assert.equal(remedy({ state: 'works', path: '/dist/koffi.node' }), null);
    assert.equal(remedy(null), null);
    // The packages that have the keeper are without the addon, and who installed one is to do nothing.
    const packaged = readFacts(works, machineOf(desktop), { state: 'missing', path: '/dist/koffi.node' });
    assert.equal(remedyFor('node-keeper', packaged), null);
  });

  it('on other systems, is Linux', () => {
    assert.match(remedies(machineOf({}, { platform: 'darwin' }))[0]!, /virtual machine with Linux/);
    assert.match(remedies(machineOf({}, { platform: 'win32', user: null }))[0]!, /WSL 2/);
    const mac = machineOf({}, { platform: 'darwin' });
    assert.equal(remedyFor('process-group', readFacts(works, mac)), null);
    assert.equal(remedyFor('watched-tree', readFacts(works, mac)), null);
    assert.match(remedyFor('watched-tree', readFacts({ state: 'missing', path: '/k' }, mac))!, /C compiler/);
    assert.equal(remedyFor('watched-tree', readFacts(works, machineOf(desktop))), null);
  });
});
