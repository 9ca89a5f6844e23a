/** The two halves of a sign-in for R3, and what came of a request: a refusal's reason, or the status of what was let through. */
import { type CarriedResponse, signInAtIdp } from '../../kit/idp/form-person.ts';
import { type ExampleInstallation, people } from '../../kit/installation/example-installation.ts';
import { asProgram, signInUrlOf } from '../../kit/people/acts.ts';
import type { Page, Person } from '../../kit/people/http-person.ts';

export interface Outcome {
  readonly passed: boolean;
  /** The reason of the refusal; where there was none, the status. */
  readonly reason: string;
}

/** A person on the way back from the identity provider, or one who was not even sent there. */
export interface SignInBegun {
  readonly person: Person;
  readonly carried?: CarriedResponse;
  readonly refused?: string;
}

/** One of the addresses of this machine; each group has 250 of its own. */
export const addressOf = (group: number, each: number): string => `127.0.${group}.${1 + (each % 250)}`;

/** That the application could not be reached: such a request was let through as well. */
const upstreamFailed = [502, 504];

/** The reason that a refusal tells; what tells none was let through, and its status is returned. */
export function outcomeOf({ status, headers, body }: Page): string {
  if (status >= 400 && !upstreamFailed.includes(status) && headers['content-type'] === 'application/json') {
    const { reason } = JSON.parse(body) as { readonly reason?: string };
    if (reason !== undefined) return reason;
  }
  return String(status);
}

/** To the identity provider and through its form, as Ada. */
export async function beginSignIn(
  installation: ExampleInstallation,
  grant: string,
  person: Person,
): Promise<SignInBegun> {
  const page = await person.visit(signInUrlOf(installation, grant), { headers: asProgram, stay: true });
  const { location } = page.headers;
  if (location === undefined) return { person, refused: outcomeOf(page) };
  const [{ user, password }] = people;
  return { person, carried: await signInAtIdp(location, user, password) };
}

/** Posts the SAML response, if there is one. */
export async function finishSignIn(
  { idp }: ExampleInstallation,
  { person, carried, refused }: SignInBegun,
): Promise<Outcome> {
  if (carried === undefined) return { passed: false, reason: refused ?? 'no response' };
  const { action, ...fields } = carried;
  const page = await person.visit(action, {
    method: 'POST',
    headers: {
      ...asProgram,
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'cross-site',
      origin: new URL(idp.signInURL).origin,
    },
    body: new URLSearchParams(fields).toString(),
    stay: true,
  });
  return { passed: page.status < 400, reason: outcomeOf(page) };
}
