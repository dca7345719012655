import { withClientReasons } from '../client/diagnosis.ts';
import { doctorText } from '../reports/doctor.ts';
import type { DoctorCommand } from './commands.ts';
import { Connection } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import type { Program } from './program.ts';
import { readSetup } from './setup.ts';
import { prepareStorage } from './storage.ts';

/** What cages this machine has and why not better ones: an answer, never a failure. */
export async function doctorCommand(command: DoctorCommand, program: Program): Promise<number> {
  const { console, env, dist } = program;
  const setup = await readSetup(command, env, program.cwd);
  console.complain(setup.problems);
  if (!('folder' in setup)) return exitCodes.usage;

  const folder = setup.folder.folder.path;
  const storage = await prepareStorage(folder);
  const connection = await Connection.open({
    dist,
    env,
    storage: storage.path,
    folder: setup.folder,
    onNotice: () => undefined,
  });
  try {
    const answer = await Promise.race([connection.ask('doctor', {}), program.interruption.requested]);
    if (typeof answer === 'number') return answer;
    const diagnosis = withClientReasons(answer, connection.cage);
    if (command.json) await console.document([`${JSON.stringify({ format: 1, folder, ...diagnosis }, null, 2)}\n`]);
    else console.people.print(doctorText(diagnosis, title => console.people.style('bold', title)));
    return exitCodes.passed;
  } finally {
    await connection.close();
  }
}
