/** THE list of what each of our accounts must not be able to do. The table in docs/rights/ is made from it, and a test tries every row. */
import { everyProcess } from './every-process.ts';
import type { AccountName, ForbiddenAct } from './forbidden-act.ts';
import { gateway } from './gateway.ts';
import { installationTest } from './installation-test.ts';
import { operator } from './operator.ts';
import { webhook } from './webhook.ts';

/** By process, with what none of them must. */
export const forbiddenActs: Readonly<Record<AccountName, readonly ForbiddenAct[]>> = {
  operator,
  webhook,
  gateway,
  test: installationTest,
};

export { everyProcess };
