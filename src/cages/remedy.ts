import type { MachineFacts } from '../protocol/diagnosis.ts';
import type { MechanismName } from '../protocol/limits.ts';
import type { GroupFacts } from './facts.ts';

/** What would give a mechanism that this machine refuses, as something to do; null where nothing is known to. */
export function remedyFor(mechanism: MechanismName, facts: MachineFacts): string | null {
  if (mechanism === 'job-object') return jobObject(facts);
  if (mechanism === 'watched-tree') return facts.platform === 'darwin' ? keeper(facts) : null;
  const linux = toLinux(facts);
  if (linux !== null) return mechanism === 'process-group' ? null : linux;
  switch (mechanism) {
    case 'cgroup2':
      return cgroup2(facts);
    case 'cgroup1':
      return cgroup1(facts);
    case 'namespaces':
      return keeper(facts) ?? namespaces(facts);
    case 'subreaper':
      return keeper(facts);
    case 'node-keeper':
      return addon(facts);
    case 'process-group':
      return null;
  }
}

function jobObject({ keeper, platform, arch }: MachineFacts): string | null {
  switch (keeper.state) {
    case 'works':
      return null;
    case 'missing':
      return `Install the package of Bulkhead for ${platform}-${arch}, or build it there: npm ci && npm run build in its sources.`;
    case 'refused':
      return `Let ${keeper.path} be loaded: a virus scanner or a policy for applications may forbid it.`;
  }
}

function toLinux({ platform }: Pick<MachineFacts, 'platform'>): string | null {
  if (platform === 'linux') return null;
  return platform === 'win32'
    ? 'Work in WSL 2 (in VS Code: WSL: Connect to WSL): only Linux has it.'
    : 'Work in a container or a virtual machine with Linux: only Linux has it.';
}

/** What would give a control group, with all that it caps and counts. */
export function groupRemedy(facts: GroupFacts): string {
  return toLinux(facts) ?? cgroup2(facts);
}

const ownGroup =
  'Start the container with a control group of its own that it may write to, and be root in it: ' +
  'docker run --cgroupns=private --security-opt writable-cgroups=true (Docker 28 or later; an older one has only --privileged, which gives far more), ' +
  'or podman run --cgroupns=private --security-opt unmask=/sys/fs/cgroup (for a dev container: "runArgs" in devcontainer.json). ' +
  'The doctor then says whether that group is still to be divided, and how.';

/** Everything in a container is born into its one group, and what holds processes cannot be divided. */
const divide =
  'Let the container divide its control group when it starts, as root in its entrypoint: mkdir -p /sys/fs/cgroup/init; ' +
  'for p in $(cat /sys/fs/cgroup/cgroup.procs); do echo $p >/sys/fs/cgroup/init/cgroup.procs; done; ' +
  'echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control';

const scope = 'systemd-run --user --scope -p Delegate=yes -- code';

function cgroup2(facts: GroupFacts): string {
  const { container, wsl, systemd, cgroups, user } = facts;
  if (cgroups.layout === 'hybrid' || cgroups.layout === 'v1') return versionTwo(facts);
  if (container !== null) {
    const divisible = cgroups.writable && ['memory', 'pids'].every(name => cgroups.controllers.includes(name));
    return divisible ? divide : ownGroup;
  }
  if (systemd.userBus !== null) {
    return `Start VS Code in a scope that may be divided: ${scope} (in a terminal: bulkhead run in place of code). Close every window of VS Code first: a running one would only open another window of itself.`;
  }
  if (wsl && !systemd.runs) {
    return `Put "[boot]" and below it "systemd=true" into /etc/wsl.conf, run wsl --shutdown in Windows, and then start in a scope that may be divided: ${scope}`;
  }
  if (systemd.runs) {
    const who = user === null ? '$USER' : String(user);
    return `This user has no systemd session: log in by one, or ask an administrator for loginctl enable-linger ${who}; then XDG_RUNTIME_DIR=/run/user/${who} ${scope}`;
  }
  if (cgroups.layout === 'v2' && user === 0) {
    return 'Start in a control group of your own: mkdir /sys/fs/cgroup/bulkhead, enable +memory +pids in the cgroup.subtree_control of each group above it, and write the pid of your shell into its cgroup.procs.';
  }
  return cgroups.layout === 'v2'
    ? 'Ask an administrator for a control group with the controllers memory and pids that belongs to you, and start in it.'
    : 'Boot with the kernel parameter cgroup_no_v1=all and mount version 2 at /sys/fs/cgroup.';
}

/** A controller stands in one hierarchy only, and that is decided at boot. */
function versionTwo({ wsl, container }: GroupFacts): string {
  const parameters = 'systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all';
  if (wsl) {
    return `Write "kernelCommandLine = ${parameters}" below [wsl2] in .wslconfig in your Windows home folder, and run wsl --shutdown.`;
  }
  const which = container === null ? '' : ' the machine that runs this container';
  return `Boot${which} with the kernel parameters ${parameters}, so that version 2 has the memory controller.`;
}

function cgroup1({ cgroups, user, container }: MachineFacts): string | null {
  // Nobody should go back to version 1 for this.
  if (cgroups.memoryV1 === null) return null;
  if (container !== null) {
    return 'Be root in the container, and start it with a writable control group: docker run --privileged.';
  }
  return user === 0 ? null : `Start as root, or ask an administrator for write access to ${cgroups.memoryV1}.`;
}

function namespaces({ namespaces: facts, container, user }: MachineFacts): string | null {
  if (facts.most === 0) return 'Allow user namespaces: sudo sysctl user.max_user_namespaces=15000';
  if (facts.unprivileged === false && user !== 0) {
    return 'Allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1';
  }
  if (facts.restrictedByAppArmor && user !== 0) {
    return 'Let AppArmor allow user namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give Bulkhead’s keeper a profile with the rule "userns,".';
  }
  if (container !== null) {
    return 'The container’s filter of system calls forbids user namespaces: start it with --security-opt seccomp=unconfined (for a dev container: "runArgs" in devcontainer.json).';
  }
  return facts.seccomp
    ? 'A filter of system calls (seccomp) stands over this process: start outside of the sandbox that set it.'
    : null;
}

function keeper({ keeper: facts, platform, arch }: MachineFacts): string | null {
  switch (facts.state) {
    case 'works':
      return null;
    case 'missing':
      return `Build Bulkhead’s keeper with a C compiler: npm run build in its sources, or install the package for ${platform}-${arch}.`;
    case 'refused':
      return `Make ${facts.path} a program that may be executed: its folder may be mounted with noexec, so install Bulkhead on another disk.`;
  }
}

function addon({ addon: facts, keeper, platform, arch }: MachineFacts): string | null {
  switch (facts?.state) {
    case undefined:
    case 'works':
      return null;
    case 'missing':
      // Packages with the keeper are without it, and lack nothing.
      if (keeper.state === 'works') return null;
      return `Run npm run build in Bulkhead’s sources on this machine, which brings it for ${platform}-${arch}; where there is a C compiler, it builds the keeper, which is better.`;
    case 'refused':
      return `Let ${facts.path} be loaded: a folder that is mounted with noexec forbids addons as it forbids programs, so install Bulkhead on another disk.`;
  }
}
