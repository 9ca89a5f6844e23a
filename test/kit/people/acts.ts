/** What people do in the stories: a grant is applied, an engineer signs in and asks the application. */
import { type Manifest, people, type Site } from '../installation/example-installation.ts';
import { aPerson, type Page, type Person } from './http-person.ts';

/** What a browser's script or a command line sends: it wants no redirect to a sign-in page. */
export const asProgram = { accept: 'application/json' } as const;

export interface GrantWish {
  readonly name: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Applies a grant like the example's under another name, as the customer's administrator. */
export async function applyGrant(installation: Site, { name, spec = {} }: GrantWish): Promise<void> {
  const text = await installation.example('grant.yaml', (manifest: Manifest) => {
    manifest.metadata.name = name;
    Object.assign(manifest.spec, spec);
  });
  await installation.kubectl(['apply', '-f', '-'], text);
}

/** Waits until access under the grant is open (or, with `open` false, closed). */
export async function untilActive(installation: Site, name: string, open = true): Promise<void> {
  await installation.kubectl([
    'wait',
    '-n',
    'ecase',
    `sag/${name}`,
    `--for=condition=Active=${open}`,
    '--timeout=30s',
  ]);
}

/** The reason of the grant's condition `Active`. */
export async function reasonOf(installation: Site, name: string): Promise<string> {
  const { stdout } = await installation.kubectl([
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

export const signInUrlOf = (installation: Site, name: string): string =>
  installation.signInUrl.replace('case-4711', name);

/** A person who comes from this machine, or from one address of it. */
export function personAt({ product, at }: Site, from?: string): Person {
  return aPerson({
    ca: product.ca,
    ...(at === undefined ? {} : { at }),
    ...(from === undefined ? {} : { from }),
  });
}

/** Ada (or another person) in front of a browser, signed in under the grant and let into the application. */
export async function signedIn(
  installation: Site,
  name: string,
  who: (typeof people)[number] = people[0],
): Promise<Person> {
  const person = personAt(installation);
  const home = await person.signIn(signInUrlOf(installation, name), who);
  if (home.status !== 200)
    throw new Error(`${who.name} could not sign in: ${home.status} ${home.body.slice(0, 300)}`);
  const entered = await person.visit(`${installation.applicationOrigin}/`);
  if (entered.status !== 200)
    throw new Error(`${who.name} could not enter: ${entered.status} ${entered.body.slice(0, 300)}`);
  return person;
}

/** One request to the application's API as this person, redirects not followed. */
export async function ask(installation: Site, person: Person, path = '/api/jobs'): Promise<Page> {
  return person.visit(`${installation.applicationOrigin}${path}`, { headers: asProgram, stay: true });
}

/**
 * Asks, each time it is called, with the cookies that the person has now: a browser that is refused forgets them, and its
 * later requests would prove nothing; a thief's copy does not.
 */
export function requestWithCookiesOf(person: Person, url: string): () => Promise<Page> {
  const cookie = person.cookies.headerFor(new URL(url));
  if (cookie === undefined) throw new Error(`the person has no cookie for ${url}`);
  return async () => person.visit(url, { headers: { ...asProgram, cookie }, stay: true });
}
