import { expect, it } from 'vitest';
import { followRecords } from '../../../../operator/observers/records-reach.ts';
import type { RecordsVolume } from '../../../../trail/wire.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

const away = Object.assign(new Error('getaddrinfo ENOTFOUND records.svc'), { code: 'ENOTFOUND' });

it('the loss of the records is told after two failures, once, with its cause, and their return at once', async () => {
  const clock = aStepClock();
  const answers: ('there' | 'away')[] = ['there', 'away', 'there', 'away', 'away', 'away', 'there'];
  const renew = async () => {
    if (answers.shift() === 'away') throw new Error('the records did not answer', { cause: away });
    return [];
  };
  const lost: unknown[] = [];
  const told: (string | undefined)[] = [];
  const reach = followRecords({ renew }, clock, (error) => lost.push(error));
  reach.onChange(() => told.push(reach.problem()));
  for (let turns = 0; turns < 7; turns += 1) await clock.step(4000);
  reach.stop();
  expect(told).toEqual([
    'the records did not answer: no address is known for the host the host; correct the name or the DNS',
    undefined,
  ]);
  expect(lost).toHaveLength(1);
  expect(clock.waiting).toBe(0);
});

it('what the programs said of their clocks is known until the records are away, and through one call that failed', async () => {
  const clock = aStepClock();
  const off = [{ program: 'gateway', offsetMs: 95_000 }] as const;
  const answers = [off, 'away', off, 'away', 'away', []] as const;
  const rest = [...answers];
  const renew = async () => {
    const answer = rest.shift() ?? [];
    if (answer === 'away') throw new Error('the records did not answer');
    return answer;
  };
  const reach = followRecords({ renew }, clock, () => undefined);
  const known = [];
  for (const _ of answers) {
    await clock.step(0);
    known.push(reach.clocks());
    await clock.step(4000);
  }
  reach.stop();
  expect(known).toEqual([off, off, off, off, [], []]);
});

it('EC-16 tells for which people the gateways have other news of near misses', async () => {
  const clock = aStepClock();
  const answers = [['ada'], ['ada'], ['ada', 'grace'], ['grace'], []];
  let names: readonly string[] = [];
  const renew = async () => {
    names = answers.shift() ?? [];
    return [];
  };
  const reach = followRecords({ renew, nearMisses: () => names }, clock, () => undefined);
  const told: string[] = [];
  reach.nearMisses.onChange((changed) =>
    told.push(changed.map((name) => `${name} ${reach.nearMisses.has(name)}`).join(', ')),
  );
  for (let turns = 0; turns < 5; turns += 1) await clock.step(4000);
  reach.stop();
  expect(told).toEqual(['ada true', 'grace true', 'ada false', 'grace false']);
});

it('other figures of the volume of the records are news, equal ones are none, and they stay known while the records are away', async () => {
  const clock = aStepClock();
  const volumeAt = (usedPercent: number): RecordsVolume => ({
    bytes: 1000,
    freeBytes: 1000 - usedPercent * 10,
    usedPercent,
    level: usedPercent < 70 ? 'fine' : 'filling',
  });
  const answers = [69, 69, 71, 'away', 'away', 71, 60] as const;
  let volume: RecordsVolume | undefined;
  let turn = 0;
  const renew = async () => {
    const answer = answers[turn] ?? 60;
    turn += 1;
    if (answer === 'away') throw new Error('the records did not answer');
    volume = volumeAt(answer);
    return [];
  };
  const reach = followRecords({ renew, volume: () => volume }, clock, () => undefined);
  const told: unknown[] = [];
  reach.onChange(() => told.push([reach.volume?.()?.usedPercent, reach.problem() !== undefined]));
  for (const _ of answers) await clock.step(4000);
  reach.stop();
  expect(told).toEqual([
    [69, false],
    [71, false],
    [71, true],
    [71, false],
    [60, false],
  ]);
});
