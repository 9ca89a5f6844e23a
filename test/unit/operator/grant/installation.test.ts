/** A grant that outlived the product, as the operator of the next installation finds it. */
import { describe, expect, it } from 'vitest';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled, withConsent } from '../../../kit/objects/grant.ts';
import { after, reasonOf, recorded, types } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, of, withGrant, withRights } from '../../../kit/objects/grant-world.ts';
import { createdAt, modified, withSpec } from '../../../kit/objects/object.ts';
import {
  aConsentGuard,
  aMakersBinding,
  anIdentitiesNamespace,
  aReleaseNamespace,
} from '../../../kit/objects/release.ts';

const anew = of({
  identities: anIdentitiesNamespace({ uid: 'anew', creationTimestamp: '2026-12-01T11:00:00Z' }),
  accounts: [],
  bindings: [],
});
const open = after(aWorld(withRights()), noon);
const older = withGrant(createdAt('2026-10-01T08:00:00Z'));
const statusOf = (world: GrantWorld) => nextStatus(planGrant(world, noon).report, recorded);

describe('a grant that was open when the product was taken away', () => {
  const kept = anew(open);

  it('is closed by the next installation, which records the end and makes nothing', () => {
    expect(reasonOf(kept, noon)).toBe('InstallationChanged');
    expect(types(kept, noon)).toContain('grant.closed');
    expect(planGrant(kept, noon).apply).toEqual([]);
    expect(statusOf(kept).opening).toBeUndefined();
  });

  it('stays closed at every later look, until consent is raised', () => {
    const second = after(after(kept, noon), noon);
    expect(reasonOf(second, noon)).toBe('InstallationChanged');
    expect(second.grant.status?.consentEnded).toEqual({ consent: 1, reason: 'InstallationChanged' });
    expect(reasonOf(withGrant(withConsent(2))(second), noon)).toBe('Open');
  });

  it('is closed also where consent was raised meanwhile: none was there to ask who may', () => {
    const raised = after(withGrant(withConsent(7))(kept), noon);
    expect(reasonOf(raised, noon)).toBe('InstallationChanged');
    expect(reasonOf(withGrant(withConsent(8))(raised), noon)).toBe('Open');
  });

  it('may be opened again by enabling it, where it was disabled when it was first seen', () => {
    const seen = after(withGrant(disabled())(kept), noon);
    expect(seen.grant.status?.activeReason).toBe('Disabled');
    expect(reasonOf(withGrant(withSpec({ access: 'Enabled' }))(seen), noon)).toBe('Open');
  });

  it('keeps its end while the record of it is owed', () => {
    const owed = after(kept, noon, { recorded: 'owed', refused: undefined });
    expect(reasonOf(owed, noon)).toBe('InstallationChanged');
    expect(reasonOf(after(owed, noon), noon)).toBe('InstallationChanged');
  });
});

describe('a grant that no operator has looked at', () => {
  it.each([
    ['after the API server was told to ask who may consent', '2026-11-20T07:59:59Z', 'Open'],
    ['in the very second', '2026-11-20T08:00:00Z', 'InstallationChanged'],
    [
      'before, and after the namespace of the identities was made',
      '2026-11-20T08:00:01Z',
      'InstallationChanged',
    ],
    ['at a time that cannot be compared', 'unknown', 'InstallationChanged'],
  ])('counts as consented to by the time it was made: %s', (_, guardedSince, reason) => {
    const world = of({ consentGuard: aConsentGuard({ creationTimestamp: guardedSince }) })(
      aWorld(withGrant(createdAt('2026-11-20T08:00:00Z'))),
    );
    expect(reasonOf(world, noon)).toBe(reason);
  });

  it('opens by no number that is raised before anything asks who may raise it', () => {
    const unguarded = of({ consentGuard: undefined })(anew(open));
    const early = after(unguarded, noon);
    expect(early.grant.status?.installation).not.toBe('anew');
    const raised = of({ consentGuard: aConsentGuard() })(withGrant(withConsent(9))(early));
    expect(reasonOf(after(raised, noon), noon)).toBe('InstallationChanged');
    expect(reasonOf(withGrant(withConsent(10))(after(raised, noon)), noon)).toBe('Open');
  });

  it('is opened where it is younger than the installation, and not where it was written before', () => {
    expect(reasonOf(aWorld(), noon)).toBe('Open');
    expect(reasonOf(aWorld(older), noon)).toBe('InstallationChanged');
  });
});

describe('an upgrade', () => {
  it('leaves a grant open that an earlier build opened, which told of no installation', () => {
    const { installation: _none, ...status } = open.grant.status ?? {};
    const upgraded = withGrant((grant) => ({ ...grant, status }))(open);
    expect(reasonOf(upgraded, noon)).toBe('Open');
    expect(statusOf(upgraded).opening?.id).toBe(open.grant.status?.opening?.id);
    expect(statusOf(upgraded).installation).toBe(anIdentitiesNamespace().metadata.uid);
  });
});

describe('an installation of which a part is missing', () => {
  const deletionTimestamp = '2026-12-01T11:59:59Z';
  const missing = {
    'the namespace of the identities': of({ identities: undefined }),
    'the namespace, which is being deleted': of({ identities: anIdentitiesNamespace({ deletionTimestamp }) }),
    'the release namespace, which is being deleted': of({
      release: aReleaseNamespace({ deletionTimestamp }),
    }),
    'the right to make accounts': of({ makersBinding: undefined }),
    'that right, which is being deleted': of({
      makersBinding: { ...aMakersBinding(), metadata: { ...aMakersBinding().metadata, deletionTimestamp } },
    }),
  };
  it.each(Object.entries(missing))('closes and takes everything away: %s', (_, change) => {
    const world = change(open);
    expect(reasonOf(world, noon)).toBe('InstallationChanged');
    expect(planGrant(world, noon).remove).toHaveLength(3);
    expect(planGrant(world, noon).apply).toEqual([]);
  });

  it('ends no consent: what was missing for a moment opens again', () => {
    const without = after(of({ identities: undefined })(open), noon);
    expect(reasonOf(modified(without, [of({ identities: anIdentitiesNamespace() })]), noon)).toBe('Open');
  });
});

describe('what an open grant has', () => {
  it('goes with the release: each object has one owner, and that is a part of it', () => {
    const owners = planGrant(aWorld(withRights()), noon).apply.flatMap((write) =>
      write.act === 'create'
        ? [
            [
              write.wanted.object.kind,
              ...(write.wanted.object.metadata.ownerReferences ?? []).map(({ kind }) => kind),
            ],
          ]
        : [],
    );
    expect(owners).toEqual([
      ['ServiceAccount', 'RoleBinding'],
      ['RoleBinding', 'Namespace'],
    ]);
  });

  it('is taken over from an earlier build, whose owner was the person', () => {
    const { kind, apiVersion, metadata } = open.users[0]!;
    const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
    const accounts = open.accounts.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences } }));
    const world = of({ accounts })(open);
    expect(reasonOf(world, noon)).toBe('Open');
    expect(planGrant(world, noon).apply.map(({ act }) => act)).toContain('replace');
  });
});
