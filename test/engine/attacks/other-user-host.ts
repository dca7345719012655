// The process of the ordinary user whom `ordinaryUser` asks to attack.
import { thisUser } from './attacker.ts';
import type { Answer, Ask } from './other-user.ts';
import type { Column } from './table.ts';

const attacker = await thisUser();
const tell = (answer: Answer) => process.send!(answer);

process.on('message', (question: Ask) => {
  const answered = question.do === 'leave' ? attacker.leave().then(() => null) : attack(question);
  void answered.then(
    observation => tell({ is: 'done', observation }),
    (error: Error) => tell({ is: 'failed', because: error.message }),
  );
});
const { label, isRoot, here, missing } = attacker;
tell({ is: 'ready', attacker: { label, isRoot, here, missing } });

function attack({ column, name, mark }: Extract<Ask, { do: 'attack' }>) {
  return attacker.attack(column as Column, name, mark);
}
