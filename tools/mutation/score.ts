/** Counts what happened to the changes of one room and says it in lines. Pure. */
import { described, type Mutant } from './mutants.ts';

/** What does not compile is no change that could be made unnoticed: it is left out, as what is equivalent. */
export type Fate = 'killed' | 'survived' | 'equivalent' | 'does not compile' | 'not run';

export interface Tried {
  readonly mutant: Mutant;
  readonly fate: Fate;
}

export interface Score {
  readonly killed: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly doesNotCompile: number;
  readonly notRun: number;
  /** Killed among killed and survived; 0 when nothing was tried: a room without a figure has not reached it. */
  readonly share: number;
}

/** The figures of one room. */
export function scoreOf(tried: readonly Tried[]): Score {
  const count = (fate: Fate): number => tried.filter((one) => one.fate === fate).length;
  const killed = count('killed');
  const survived = count('survived');
  const judged = killed + survived;
  return {
    killed,
    survived,
    equivalent: count('equivalent'),
    doesNotCompile: count('does not compile'),
    notRun: count('not run'),
    share: judged === 0 ? 0 : killed / judged,
  };
}

/** The room's line, then one line per survivor. */
export function report(room: string, tried: readonly Tried[]): readonly string[] {
  const { killed, survived, equivalent, doesNotCompile, notRun, share } = scoreOf(tried);
  const more = [
    equivalent > 0 ? `${equivalent} equivalent` : '',
    doesNotCompile > 0 ? `${doesNotCompile} do not compile` : '',
    notRun > 0 ? `${notRun} not run: out of time` : '',
  ].filter(Boolean);
  const head = `${room}: ${(share * 100).toFixed(0)} % (${killed} of ${killed + survived} noticed${more.map((text) => `, ${text}`).join('')})`;
  const survivors = tried
    .filter(({ fate }) => fate === 'survived')
    .map(({ mutant }) => `  ${described(mutant)}`);
  return [head, ...survivors.toSorted()];
}
