import { describe, expect, it } from 'vitest';
import type { SupportApplication } from '../../../../../crds/generated/support-application.ts';
import { servedAt } from '../../../../../webhook/gateway/listener/served-hosts.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { createdAt, named, withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';

const policy = aPolicy();
const application = anApplication();

describe('a host', () => {
  it('is the support host, an application’s, or nobody’s', () => {
    const applications = [application];
    expect(servedAt({ policy, applications }, 'support.example.com')).toEqual({ kind: 'support' });
    expect(servedAt({ policy, applications }, 'ecase.apps.example.com')).toEqual({
      kind: 'application',
      application: { namespace: 'ecase', name: 'ecase' },
      listedOrigins: [],
    });
    for (const host of ['apps.example.com', 'x.apps.example.com', 'example.com', ''])
      expect(servedAt({ policy, applications }, host), host).toBeUndefined();
  });

  it('stays with the older of two applications that claim it', () => {
    const younger = named<SupportApplication>('younger')(
      createdAt<SupportApplication>('2026-12-01T09:00:00Z')(application),
    );
    for (const applications of [
      [younger, application],
      [application, younger],
    ]) {
      expect(servedAt({ policy, applications }, application.spec.host)).toMatchObject({
        application: { name: 'ecase' },
      });
    }
  });

  it('is not an application’s that was told that the host is another one’s, however old it is', () => {
    const told: SupportApplication = {
      ...createdAt<SupportApplication>('2026-11-01T09:00:00Z')(
        named<SupportApplication>('older')(application),
      ),
      status: {
        conditions: [
          {
            type: 'HostReady',
            status: 'False',
            reason: 'HostTaken',
            message: '',
            lastTransitionTime: '2026-12-01T09:00:00Z',
          },
        ],
      },
    };
    const { host } = application.spec;
    expect(servedAt({ policy, applications: [told, application] }, host)).toMatchObject({
      application: { name: 'ecase' },
    });
    expect(servedAt({ policy, applications: [told] }, host)).toBeUndefined();
  });

  it('is never an application’s outside the suffixes, or when it is the support host', () => {
    const outside = anApplication(withSpec({ host: 'ecase.example.org' }));
    expect(servedAt({ policy, applications: [outside] }, 'ecase.example.org')).toBeUndefined();
    const greedy = anApplication(withSpec({ host: 'support.example.com' }));
    expect(servedAt({ policy, applications: [greedy] }, 'support.example.com')).toEqual({ kind: 'support' });
  });

  it('is known to be listed by another application, which then must see its origin', () => {
    const listing = (origin: string) =>
      named<SupportApplication>('reports')(
        anApplication(withSpec({ host: 'reports.apps.example.com', allowedOrigins: [origin] })),
      );
    const at = (origin: string) =>
      servedAt({ policy, applications: [application, listing(origin)] }, application.spec.host);
    expect(at('https://ecase.apps.example.com/')).toMatchObject({ isListed: true });
    expect(at('https://ecase.apps.example.org')).not.toHaveProperty('isListed');
    const reports = servedAt(
      { policy, applications: [listing('https://A.example.com:443/')] },
      'reports.apps.example.com',
    );
    expect(reports).toMatchObject({ listedOrigins: ['https://a.example.com'] });
  });

  it('is nobody’s while there is no policy', () => {
    expect(
      servedAt({ policy: undefined, applications: [application] }, 'support.example.com'),
    ).toBeUndefined();
  });
});
