/** How a refusal looks at the support door: JSON for programs; for people a page, or the way to a new sign-in. */
import { refusalPage } from '../pages/refusal.ts';
import type { Refuse } from '../ports.ts';
import { clearedCookie } from '../sessions/session-cookie.ts';
import { forgetEverything, refuseWith } from '../support-door/answers.ts';

/** `supportHost` is the host that serves our style sheet. */
export function createRefuse(supportHost: () => string | undefined): Refuse {
  return (exchange, view) => {
    const styled = exchange.host === supportHost();
    const over = view.over ? { 'Set-Cookie': clearedCookie, ...forgetEverything } : {};
    refuseWith(exchange, { ...view, headers: { ...over, ...view.headers } }, (told) =>
      refusalPage({ ...told, styled, ...(view.again === undefined ? {} : { signIn: view.again }) }),
    );
  };
}
