import { describe, expect, it } from 'vitest';
import { backendIsPinned } from '../../../../../crds/rules/checks/backend-is-pinned.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { anAsk, where, withGrant } from '../../../../kit/objects/ask.ts';
import { withoutApplication } from '../../../../kit/objects/grant.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aService, reading, withServiceSpec } from '../../../../kit/objects/service.ts';

const of = (spec: Parameters<typeof withServiceSpec>[0]) =>
  where({ backend: reading(aService(withServiceSpec(spec))) });
const metadata = aService().metadata;

describe('a Service that is not the one that was consented to', () => {
  const changes = {
    'was deleted and made again': where({
      backend: reading({ ...aService(), metadata: { ...metadata, uid: 'v' } }),
    }),
    'selects other pods': of({ selector: { app: 'mine' } }),
    'selects more pods': of({ selector: { app: 'ecase', tier: 'debug' } }),
    'sends the port elsewhere in the pods': of({ ports: [{ port: 80, targetPort: 9229 }] }),
    'speaks another protocol there': of({ ports: [{ port: 80, targetPort: 8080, appProtocol: 'https' }] }),
    'has another address': of({ clusterIPs: ['10.96.0.8'] }),
    'has one more address': of({ clusterIPs: ['10.96.0.7', 'fd00:96::7'] }),
  } as const;
  it.each(Object.entries(changes))('closes, and says how to consent to it: it %s', (_, change) => {
    const result = backendIsPinned.check(anAsk(change));
    expect(result).toMatchObject({ reason: 'ServiceChanged' });
    expect(result).toMatchObject({ detail: expect.stringMatching(/Service ecase.*raise spec.consent/) });
  });

  it.each([
    ['another Service', { name: 'other', port: 80 }],
    ['another port of it', { name: 'ecase', port: 81 }],
  ])('closes also when the application names %s', (_, serviceRef) => {
    const ports = [{ port: 80, targetPort: 8080 }, { port: 81 }];
    const service = {
      ...aService(withServiceSpec({ ports })),
      metadata: { ...metadata, name: serviceRef.name },
    };
    const ask = anAsk(
      where({ application: anApplication(withSpec({ serviceRef })), backend: reading(service) }),
    );
    expect(backendIsPinned.check(ask)).toMatchObject({ reason: 'ServiceChanged' });
  });
});

it('what leads support nowhere else closes nothing', () => {
  const ports = [{ port: 80, targetPort: 8080, nodePort: 30_080 }];
  expect(backendIsPinned.check(anAsk(of({ type: 'NodePort', ports })))).toBe(Number.POSITIVE_INFINITY);
});

it('a grant without an application has no backend', () => {
  const ask = anAsk(withGrant(withoutApplication()), where({ application: undefined, backend: undefined }));
  expect(backendIsPinned.check(ask)).toBe(Number.POSITIVE_INFINITY);
});

it('an EndpointSlice that was made by hand closes, and is named', () => {
  const ask = anAsk(where({ backend: reading(aService(), 'ecase-mine') }));
  expect(backendIsPinned.check(ask)).toMatchObject({
    reason: 'ExternalService',
    detail: expect.stringMatching(/EndpointSlice ecase-mine .* delete it/),
  });
});
