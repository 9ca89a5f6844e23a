/** What holds of every object of the generated walk: how the API server responds, and that nothing is opened by it. */
import { expect } from 'vitest';
import { decide } from '../../../crds/rules/access.ts';
import type { Ask, EntryPoint } from '../../../crds/rules/ask.ts';
import { matrixInForce } from '../../../crds/rules/matrix/matrix.ts';
import { problemsOf } from '../../../crds/rules/problems/index.ts';
import { compileRoutes } from '../../../crds/rules/request/routes.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { anApplication } from '../../kit/objects/application.ts';
import { askOn, lockedBy } from '../../kit/objects/ask.ts';
import { aGrant, disabled, opened } from '../../kit/objects/grant.ts';
import { aMatrix } from '../../kit/objects/matrix.ts';
import { aPolicy, switchedOff } from '../../kit/objects/policy.ts';
import { aUser, deactivated } from '../../kit/objects/user.ts';
import { collection, type Kind, type Sent } from '../../kit/objects/valid-objects.ts';
import { schemasOf, type WalkedState, walkedStates } from './generated-walk.ts';

export interface WalkResponse {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
}

/** Yes, or a refusal that names a field of the object. */
export function expectResponse({ status, text, body }: WalkResponse, { changes, fields }: WalkedState): void {
  const about = `${changes.join('; ')}: ${text.slice(0, 1500)}`;
  expect([201, 400, 422], about).toContain(status);
  if (status === 201) return;
  const { causes = [] } =
    (body as { details?: { causes?: { field?: string; message?: string }[] } }).details ?? {};
  const named = causes.filter(({ field = '' }) => /^(?:spec|metadata)\b/.test(field));
  if (status === 422) {
    expect(named.length, about).toBeGreaterThan(0);
    for (const { message = '' } of causes) expect(message.length, about).toBeGreaterThan(3);
  } else {
    // what cannot be decoded, or has a field that no one knows, is told in a sentence
    const known = [...fields, 'unknownField', 'spec'];
    expect(
      known.some((field) => text.includes(field)),
      about,
    ).toBe(true);
  }
}

type Spec = Record<string, unknown>;

/** The world as it is allowed, with the accepted spec in the place of its own kind's. */
const worldWith: Readonly<Record<string, (spec: never) => Partial<Ask>>> = {
  SupportAccessPolicy: (spec) => ({ policy: { ...aPolicy(), spec } }),
  SupportAccessGrant: (spec) => ({ grant: { ...aGrant(opened()), spec } }),
  SupportUser: (spec) => ({ user: { ...aUser(), spec }, people: [{ ...aUser(), spec }] }),
  SupportApplication: (spec) => ({ application: { ...anApplication(), spec } }),
  SupportPermissionMatrix: (spec) => ({ matrix: matrixInForce({ ...aMatrix(), spec }) }),
};

/** Whatever else there is, one of these keeps it closed. */
const closers: Readonly<Record<string, (ask: Ask) => Ask>> = {
  SupportAccessLock: lockedBy('all'),
  SupportAccessPolicy: (ask) => ({ ...ask, policy: aPolicy(switchedOff()) }),
  SupportAccessGrant: (ask) => ({ ...ask, grant: aGrant(opened(), disabled()) }),
  SupportUser: (ask) => ({ ...ask, user: aUser(deactivated()) }),
};

const entryPoints: readonly EntryPoint[] = ['sign-in', 'session', 'application', 'kubernetes'];

/** No accepted object makes the rules throw, nor opens what another object keeps closed. */
export function expectNothingOpened(kind: string, spec: Spec, { changes }: WalkedState): void {
  const about = changes.join('; ');
  expect(() => problemsOf({ kind, spec } as object), about).not.toThrow();
  if (kind === 'SupportApplication')
    expect(() => compileRoutes((spec as never as { routes: never }).routes), about).not.toThrow();
  const world = worldWith[kind];
  if (world === undefined) return;
  for (const entryPoint of entryPoints) {
    const ask: Ask = { ...askOn(entryPoint), ...world(spec as never) };
    expect(() => decide(ask), about).not.toThrow();
    for (const [closer, close] of Object.entries(closers)) {
      if (closer === kind) continue;
      expect(decide(close(ask)).allow, `${about}, with ${closer} closed, at ${entryPoint}`).toBe(false);
    }
  }
}

interface WalkSize {
  /** Folder of the repository. */
  readonly root: string;
  readonly seed: number;
  readonly count: number;
}

/** Sends so many states of a kind to the API server, as dry runs, every other one with unknown fields refused. */
export async function expectWalk(
  { admin }: ControlPlane,
  { kind, make }: { readonly kind: Kind; readonly make: () => Sent },
  { root, seed, count }: WalkSize,
): Promise<void> {
  const schema = schemasOf(root).get(kind.kind) ?? expect.unreachable(kind.kind);
  const states = walkedStates({ make, schema, seed, count });
  let taken = 0;
  for (const [at, walked] of states.entries()) {
    const state = { ...walked, changes: [`seed ${seed}, state ${at}`, ...walked.changes] };
    const query = `dryRun=All&fieldValidation=${at % 2 === 0 ? 'Strict' : 'Ignore'}`;
    const response = await admin.send('POST', `${collection(kind)}?${query}`, { body: state.object });
    expectResponse(response, state);
    if (response.status !== 201) continue;
    taken += 1;
    expectNothingOpened(kind.kind, (response.body as { spec: Spec }).spec, state);
  }
  // else the walk would only show that nonsense is refused
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(count);
}
