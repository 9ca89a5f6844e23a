/** The world of Ada's open grant, as a caller with every right reads it. */
import type { SeenWorld } from '../../../cli/status/world.ts';
import { anApplication } from '../objects/application.ts';
import { noLocks } from '../objects/ask.ts';
import { aGrant, opened } from '../objects/grant.ts';
import { aMatrix } from '../objects/matrix.ts';
import { aPolicy } from '../objects/policy.ts';
import { anIdentitiesNamespace } from '../objects/release.ts';
import { reading } from '../objects/service.ts';
import { aUser } from '../objects/user.ts';

export function aSeenWorld(change: Partial<SeenWorld> = {}): SeenWorld {
  return {
    grant: aGrant(opened()),
    policy: { object: aPolicy() },
    matrix: { object: aMatrix() },
    application: { object: anApplication() },
    applications: { object: [anApplication()] },
    backend: { reading: { object: reading() }, strays: { object: [] } },
    people: [{ name: 'ada', user: { object: aUser() } }],
    locks: new Map([...noLocks().keys()].map((name) => [name, {}])),
    installation: { object: anIdentitiesNamespace() },
    ...change,
  };
}
