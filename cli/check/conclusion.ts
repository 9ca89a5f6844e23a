/** What is said below the table of checks: whether it works, or can be installed, and how surely that is known. Pure. */
import type { Finding } from './finding.ts';

/** Whether the checks looked at an installation, or at a cluster without one. */
export type When = 'before' | 'after';

interface Words {
  readonly bad: string;
  readonly good: string;
  /** In place of `good` where a check could not look: what is not known is no yes. */
  readonly unsure: string;
  readonly open: string;
}

const words: Readonly<Record<When, Words>> = {
  after: {
    bad: 'The installation does not work',
    good: 'The installation works',
    unsure: 'Nothing that was seen of the installation fails',
    open: 'still to do before someone can come in',
  },
  before: {
    bad: 'Nothing is installed, and it cannot be installed like this',
    good: 'Nothing is installed, and it can be',
    unsure: 'Nothing is installed, and nothing that was seen stands in the way',
    open: 'to do, or to know, first',
  },
};

/** The sentence. */
export function conclusionOn(rows: readonly Pick<Finding, 'state'>[], when: When): string {
  const { bad, good, unsure, open } = words[when];
  const count = (state: Finding['state']): number => rows.filter((row) => row.state === state).length;
  const [failures, toDo, unseen] = [count('failed'), count('to do'), count('not seen')];
  if (failures > 0) return `${bad}: ${failures} of ${rows.length} checks failed.`;
  const known = unseen > 0 ? unsure : good;
  const things = toDo === 1 ? '1 thing is' : `${toDo} things are`;
  const said = toDo > 0 ? `${known}; ${things} ${open}.` : `${known}.`;
  if (unseen === 0) return said;
  return `${said} ${unseen} of ${rows.length} checks could not look: ask a cluster administrator to run it.`;
}
