/** Whether a session is from the present opening, by the ids alone, and what is not known while the operator is behind. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import type { Ask, Decision } from '../../../../../crds/rules/ask.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import {
  askOn,
  at,
  where,
  withGrant,
  withPolicy,
  withSession,
  withUser,
} from '../../../../kit/objects/ask.ts';
import { aGrant, forUser, opened, until, withoutOpening } from '../../../../kit/objects/grant.ts';
import {
  type Modifier,
  modified,
  recreated,
  withMetadata,
  withoutSpec,
  withSpec,
} from '../../../../kit/objects/object.ts';
import { openingFor, openingIdOf } from '../../../../kit/objects/opening.ts';
import { withDuration } from '../../../../kit/objects/policy.ts';
import { aUser, aUserNamed } from '../../../../kit/objects/user.ts';

const ada = aUser();
const { uid } = aGrant().metadata;
const asking = (entryPoint: Ask['entryPoint'], ...changes: readonly Modifier<Ask>[]): Decision =>
  decide(modified(askOn(entryPoint), changes));
const pinOfAda = { name: 'ada', uid: ada.metadata.uid };
const signedIn = ['session', 'application'] as const;

describe('CC-1: a session is refused', () => {
  const others: Readonly<Record<string, Modifier<Ask>>> = {
    'of an earlier opening of the grant': withSession(
      withSpec({ opening: openingFor('another', ada.metadata.uid) }),
    ),
    'from before its person was taken out': withSession(withSpec({ opening: openingFor(uid, 'another') })),
    'without any id': withSession(withoutSpec('opening')),
    'while no opening is reported': withGrant(withoutOpening()),
    'while the opening is not for its person': where({
      grant: aGrant(forUser('ada', 'bob'), opened({ users: [aUserNamed('bob')] }), (grant) => ({
        ...grant,
        status: {
          ...grant.status,
          pins: { ...aGrant(opened()).status?.pins, consent: 1, users: [pinOfAda] },
        },
      })),
    }),
  };

  it.each(Object.entries(others))('%s', (_, change) => {
    for (const entryPoint of signedIn)
      expect(asking(entryPoint, change)).toMatchObject({ allow: false, reason: 'OpeningEnded' });
  });
});

describe('a sign-in', () => {
  it('waits for the operator to report an opening that lets the person in', () => {
    expect(asking('sign-in')).toMatchObject({ allow: true });
    expect(asking('sign-in', withGrant(withoutOpening()))).toMatchObject({ reason: 'NotOpened' });
    const none = withGrant((grant) => {
      const { opening, ...status } = grant.status ?? {};
      return { ...grant, status: { ...status, ...(opening && { opening: { ...opening, people: [] } }) } };
    });
    expect(asking('sign-in', none)).toMatchObject({ reason: 'NotOpened' });
  });
});

describe('what the operator has not judged yet', () => {
  const twice = { generation: 3 };
  const unseen: Readonly<Record<string, Modifier<Ask>>> = {
    'a grant that was changed twice': withGrant(withMetadata(twice)),
    'a policy that was changed twice': withPolicy(withMetadata(twice)),
    'a policy that was made anew': withPolicy(recreated()),
    'an application that was changed twice': where({ application: anApplication(withMetadata(twice)) }),
    'a person who was changed twice': withUser(withMetadata(twice)),
    'a grant of before, from a backup': withGrant(withMetadata({ generation: 0 })),
    'an end that was moved after it had passed': where({
      ...askOn('application'),
      ...at('2026-12-01T12:00:00Z')(askOn('application')),
      grant: aGrant(until('2026-12-01T11:59:00Z'), opened(), until('2026-12-03T08:00:00Z')),
    }),
    'a window that was too long when it was judged': (ask) =>
      withPolicy(withDuration({ maxSeconds: 7_200 * 3 }))(
        where({ grant: aGrant(opened(), until('2026-12-01T14:00:00Z')) })(ask),
      ),
  };

  it.each(Object.entries(unseen))('refuses for the moment, and ends no session: %s', (_, change) => {
    expect(asking('application', change)).toMatchObject({ allow: false, reason: 'ChangesUnseen' });
  });

  const once = { generation: 2 };
  const changedOnce: readonly Modifier<Ask>[] = [
    withGrant(withMetadata(once)),
    withPolicy(withMetadata(once)),
    where({ application: anApplication(withMetadata(once)) }),
    withUser(withMetadata(once)),
  ];

  it('refuses nothing while one object was changed once', () => {
    for (const change of changedOnce) expect(asking('application', change)).toMatchObject({ allow: true });
  });

  it('refuses where two objects were changed: the first may have closed what the second opened', () => {
    const pairs = changedOnce.flatMap((one, place) =>
      changedOnce.slice(place + 1).map((other) => [one, other]),
    );
    for (const pair of pairs)
      expect(asking('application', ...pair)).toMatchObject({ reason: 'ChangesUnseen' });
  });
});

it('the ids of a grant and of a person differ', () => {
  expect(openingIdOf(uid)).not.toBe(openingIdOf(ada.metadata.uid));
});
