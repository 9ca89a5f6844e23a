/** THE list of what each process must not be able to do. The table in docs/rights/ is made from it, and a test tries every row. */
import { everyProcess } from './every-process.ts';
import type { ForbiddenAct, ProcessName } from './forbidden-act.ts';
import { gateway } from './gateway.ts';
import { operator } from './operator.ts';
import { webhook } from './webhook.ts';

/** By process, with what none of them must. */
export const forbiddenActs: Readonly<Record<ProcessName, readonly ForbiddenAct[]>> = {
  operator,
  webhook,
  gateway,
};

export { everyProcess };
