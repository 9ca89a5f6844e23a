import { describe, expect, it } from 'vitest';
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import { nextPins } from '../../../../operator/grant/pins.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { backendPins, opened, withConsent } from '../../../kit/objects/grant.ts';
import { after, reasonOf, types } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, of, withGrant } from '../../../kit/objects/grant-world.ts';
import { type Modifier, modified, recreated, withSpec } from '../../../kit/objects/object.ts';
import { aService, withServiceSpec } from '../../../kit/objects/service.ts';

const other = aService(withServiceSpec({ selector: { app: 'mine' } }));
const instead = (application: SupportApplication) => of({ application, sameHost: [application] });
const pinsOf = (world: GrantWorld) => nextPins(world);

describe('the backend that was consented to', () => {
  const ways: Readonly<Record<string, [Modifier<GrantWorld>, string]>> = {
    'a Service that selects other pods': [of({ service: other }), 'ServiceChanged'],
    'an application made anew': [instead(anApplication(recreated())), 'ApplicationChanged'],
    'another host': [instead(anApplication(withSpec({ host: 'x.apps.example.com' }))), 'ApplicationChanged'],
    'another Service of the application': [
      of({ application: anApplication(withSpec({ serviceRef: { name: 'ecase', port: 81 } })) }),
      'NoService',
    ],
    'no Service': [of({ service: undefined }), 'NoService'],
  };
  it.each(Object.entries(ways))(
    'stays what it was: %s closes until consent is raised',
    (_, [change, reason]) => {
      const open = after(aWorld(), noon);
      const changed = modified(open, [change]);
      expect(pinsOf(changed)).toEqual(open.grant.status?.pins);
      expect(reasonOf(changed, noon)).toBe(reason);
      const consented = modified(after(changed, noon), [withGrant(withConsent(2))]);
      expect(reasonOf(consented, noon)).toBe(reason === 'NoService' ? 'NoService' : 'Open');
    },
  );

  it('is pinned when it is first seen, and recorded then', () => {
    const before = after(aWorld(of({ service: undefined })), noon);
    expect(before.grant.status?.pins).not.toHaveProperty('service');
    const seen = modified(before, [of({ service: aService() })]);
    expect(types(seen, noon)).toContain('grant.pinned');
    expect(pinsOf(seen)).toMatchObject(backendPins(anApplication(), aService()));
  });

  it('is pinned at the first look after an upgrade, and recorded: before it nothing was', () => {
    const {
      application: _a,
      service: _s,
      ...old
    } = aWorld(withGrant(opened())).grant.status?.pins ?? {
      consent: 1,
      users: [],
    };
    const upgraded = aWorld((world) => ({
      ...world,
      grant: { ...world.grant, status: { ...world.grant.status, pins: old } },
    }));
    expect(types(upgraded, noon)).toContain('grant.pinned');
    expect(pinsOf(upgraded)).toMatchObject(backendPins(anApplication(), aService()));
  });

  it('is not the Service of an application that was not consented to', () => {
    const first = after(aWorld(of({ service: undefined })), noon);
    const anew = modified(first, [of({ application: anApplication(recreated()), service: other })]);
    expect(pinsOf(anew)).toEqual(first.grant.status?.pins);
  });

  it('is another one once the grant names another application, which takes the right to open', () => {
    const moved = modified(after(aWorld(), noon), [
      withGrant(withSpec({ applicationRef: { name: 'archive' } })),
      of({
        application: {
          ...anApplication(),
          metadata: { ...anApplication().metadata, name: 'archive', uid: 'archive-uid' },
        },
        service: other,
      }),
    ]);
    expect(pinsOf(moved)?.application).toMatchObject({ name: 'archive', uid: 'archive-uid' });
    expect(pinsOf(moved)?.service).toEqual(backendPins(anApplication(), other).service);
  });
});
