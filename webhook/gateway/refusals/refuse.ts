/** How a refusal looks at the support door: JSON for programs; for people a page, or the way to a new sign-in. */

import type { Exchange } from '../listener/exchange.ts';
import type { RefusalView } from '../listener/responses.ts';
import { forgetEverything, refuseWith } from '../listener/responses.ts';
import { refusalPage } from '../pages/refusal.ts';
import { clearedCookie } from '../sessions/session-cookie.ts';

export type Refuse = (exchange: Exchange, view: RefusalView) => void;

export const refuse: Refuse = (exchange, view) => {
  const over = view.over ? { 'Set-Cookie': clearedCookie, ...forgetEverything } : {};
  refuseWith(exchange, { ...view, headers: { ...over, ...view.headers } }, (told) =>
    refusalPage({ ...told, ...(view.again === undefined ? {} : { signIn: view.again }) }),
  );
};
