import { describe, expect, it } from 'vitest';
import { followClocks } from '../../../../operator/observers/clock-watch.ts';
import type { ProgramClock } from '../../../../trail/wire.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

const access =
  ': access begins and ends by the later of the two, so up to that much too early, and times in the records may be off';
const records = /: times in the records and in the warnings of admission may be off;/;

const words = (which: string, size: number, side: string) =>
  `the clock of ${which} is ${size} s ${side} the clock of the API server`;

describe('a clock that is off', () => {
  it('is told once, with the direction, and again when it changes; one that is right again too', async () => {
    const clock = aStepClock();
    const offsets = [undefined, 400, 95_000, 95_700, 94_000, -7200_000, -5001, -5000, 0];
    const logged: string[] = [];
    const watched = followClocks({
      client: { clockOffsetMs: () => offsets.shift() },
      clock,
      others: () => [],
      onOff: (problem) => logged.push(problem),
    });
    const told: (string | undefined)[] = [];
    watched.onChange(() => told.push(watched.problem()));
    while (offsets.length > 0) await clock.step(2000);
    watched.stop();
    expect(told).toEqual([
      `${words('the operator', 95, 'behind')}${access}`,
      `${words('the operator', 7200, 'ahead of')}${access}`,
      `${words('the operator', 5, 'ahead of')}${access}`,
      undefined,
    ]);
    expect(logged).toEqual([`${words('the operator', 95, 'behind')}${access}`]);
    expect(clock.waiting).toBe(0);
  });

  it('of a gateway or the webhook is told as well, of several gateways the one that is off the most', async () => {
    const clock = aStepClock();
    const gateway = (offsetMs: number): ProgramClock => ({ program: 'gateway', offsetMs });
    const answers: ProgramClock[][] = [
      [gateway(300), { program: 'webhook', offsetMs: -200 }],
      [gateway(-6000), gateway(95_000), gateway(40)],
      [gateway(95_000), { program: 'webhook', offsetMs: -60_000 }],
      [{ program: 'webhook', offsetMs: -60_000 }],
      [],
    ];
    const watched = followClocks({
      client: { clockOffsetMs: () => 0 },
      clock,
      others: () => answers.shift() ?? [],
      onOff: () => undefined,
    });
    const told: (string | undefined)[] = [];
    watched.onChange(() => told.push(watched.problem()));
    while (answers.length > 0) await clock.step(2000);
    watched.stop();
    const [off, ahead] = [words('a gateway', 95, 'behind'), words('the webhook', 60, 'ahead of')];
    expect(told.slice(0, 2)).toEqual([`${off}${access}`, `${off}, and ${ahead}${access}`]);
    // the webhook lets no one in, so its clock alone lets no one in too early
    expect(told[2]).toMatch(records);
    expect(told[2]).not.toMatch(/access begins/);
    expect(told[2]?.startsWith(ahead)).toBe(true);
    expect(told.slice(3)).toEqual([undefined]);
  });
});
