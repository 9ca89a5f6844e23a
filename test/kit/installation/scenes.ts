/** Short scenes that the stories are made of: a grant is applied, somebody signs in, somebody asks the application. */

import { aPerson, type Page, type Person } from '../people/http-person.ts';
import { type Manifest, people, type Stage } from './stage.ts';

/** What a browser's script or a command line sends: it wants no redirect to a sign-in page. */
export const asProgram = { accept: 'application/json' } as const;

export interface GrantWish {
  readonly name: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Applies a grant like the example's under another name, as the customer's administrator. */
export async function applyGrant(stage: Stage, { name, spec = {} }: GrantWish): Promise<void> {
  const text = await stage.example('grant.yaml', (manifest: Manifest) => {
    manifest.metadata.name = name;
    Object.assign(manifest.spec, spec);
  });
  await stage.kubectl(['apply', '-f', '-'], text);
}

/** Waits until the grant's door is open (or, with `open` false, closed). */
export async function untilActive(stage: Stage, name: string, open = true): Promise<void> {
  await stage.kubectl([
    'wait',
    '-n',
    'ecase',
    `sag/${name}`,
    `--for=condition=Active=${open}`,
    '--timeout=30s',
  ]);
}

/** The reason of the grant's condition `Active`. */
export async function reasonOf(stage: Stage, name: string): Promise<string> {
  const { stdout } = await stage.kubectl([
    'get',
    '-n',
    'ecase',
    'sag',
    name,
    '-o',
    'jsonpath={.status.activeReason}',
  ]);
  return stdout;
}

export const signInUrlOf = (stage: Stage, name: string): string => stage.signInUrl.replace('case-4711', name);

/** Ada (or somebody else) in front of a browser, signed in under the grant and let into the application. */
export async function signedIn(
  stage: Stage,
  name: string,
  who: (typeof people)[number] = people[0],
): Promise<Person> {
  const person = aPerson({ ca: stage.product.ca });
  const home = await person.signIn(signInUrlOf(stage, name), who);
  if (home.status !== 200)
    throw new Error(`${who.name} could not sign in: ${home.status} ${home.body.slice(0, 300)}`);
  const entered = await person.visit(`${stage.applicationOrigin}/`);
  if (entered.status !== 200)
    throw new Error(`${who.name} could not enter: ${entered.status} ${entered.body.slice(0, 300)}`);
  return person;
}

/** One request to the application's API as this person, redirects not followed. */
export async function ask(stage: Stage, person: Person, path = '/api/jobs'): Promise<Page> {
  return person.visit(`${stage.applicationOrigin}${path}`, { headers: asProgram, stay: true });
}
