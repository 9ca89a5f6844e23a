/** How a refusal looks at the support door: JSON for programs; for people a page, or the way to a new sign-in. */

import { forgetEverything, refuseWith } from '../listener/responses.ts';
import { refusalPage } from '../pages/refusal.ts';
import type { Refuse } from '../ports.ts';
import { clearedCookie } from '../sessions/session-cookie.ts';

export const refuse: Refuse = (exchange, view) => {
  const over = view.over ? { 'Set-Cookie': clearedCookie, ...forgetEverything } : {};
  refuseWith(exchange, { ...view, headers: { ...over, ...view.headers } }, (told) =>
    refusalPage({ ...told, ...(view.again === undefined ? {} : { signIn: view.again }) }),
  );
};
