/** The form of a row in the tables of attacks: what was published, what is done, and by which rule it is refused. */
import type { SigningKey } from '../../../kit/idp/signing-key.ts';
import { aSamlResponse, type ResponsePlan, type TextChange } from '../../../kit/objects/saml-response.ts';
import { pinnedKey } from '../../../kit/objects/validated-response.ts';

export interface Attack {
  /** Where it was published: a CVE, a paper, a specification that warns of it. */
  readonly published: string;
  readonly does: string;
  /** A code, or the beginning of the codes that may say it. */
  readonly refusedAs: string;
  readonly answer: () => string;
}

type Rows = readonly (readonly [does: string, refusedAs: string, change: TextChange])[];

/** What is done to a genuine answer that was caught on its way: the attacker has no key of the provider. */
export function caught(published: string, rows: Rows, plan: Partial<ResponsePlan> = {}): Attack[] {
  return rows.map(([does, refusedAs, change]) => ({
    published,
    does,
    refusedAs,
    answer: () => aSamlResponse({ key: pinnedKey, ...plan, after: [change] }),
  }));
}

/** What the provider itself signed: for an account that the attacker has there, under a name of the attacker's choice. */
export function issued(published: string, rows: Rows, plan: Partial<ResponsePlan> = {}): Attack[] {
  return rows.map(([does, refusedAs, change]) => ({
    published,
    does,
    refusedAs,
    answer: () => aSamlResponse({ key: pinnedKey, ...plan, before: [change] }),
  }));
}

/** A plan of an answer that was signed in a way of its own. */
export function made(
  published: string,
  rows: readonly (readonly [
    does: string,
    refusedAs: string,
    plan: Partial<ResponsePlan> & { key?: SigningKey },
  ])[],
): Attack[] {
  return rows.map(([does, refusedAs, plan]) => ({
    published,
    does,
    refusedAs,
    answer: () => aSamlResponse({ key: pinnedKey, ...plan }),
  }));
}
