/** When sign-ins will end by themselves, as a figure: what the condition SSOReady says in words. */
import { expect, it } from 'vitest';
import { measureObjects, objectMetrics } from '../../../../operator/observers/object-metrics.ts';
import type { Caches } from '../../../../operator/watching/collections.ts';
import { createMetrics } from '../../../../process/metrics.ts';
import type { SsoSettings } from '../../../../saml/trust/provider.ts';
import { aSigningKey } from '../../../kit/idp/signing-key.ts';
import { valueIn } from '../../../kit/metrics/exposition.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { pinnedKey } from '../../../kit/objects/validated-response.ts';

const address = 'https://idp.example.com';

async function firstEnd(certificates: readonly string[]): Promise<number | undefined> {
  const identityProvider = {
    entityID: address,
    signInURL: `${address}/sso`,
    certificates: [...certificates],
  };
  const policy = aPolicy(withSpec({ sso: { identityProvider } satisfies SsoSettings }));
  const none = { list: () => [], size: 0, isSynced: true };
  const policies = { ...none, get: () => policy };
  const names = ['applications', 'grants', 'users', 'matrices', 'locks', 'sessions'];
  const caches = { ...Object.fromEntries(names.map((name) => [name, none])), policies };
  const { metrics, page } = createMetrics(objectMetrics);
  measureObjects(metrics, () => caches as unknown as Caches, Date.now);
  return valueIn(await page.text(), 'supportaccess_identity_provider_first_end_timestamp_seconds', {});
}

it('is the end of the first certificate with which people can sign in', async () => {
  const end = Math.floor(Date.now() / 1000) + 86_400;
  const soon = await aSigningKey({ commonName: 'Soon', notAfter: new Date(end * 1000) });
  expect(await firstEnd([pinnedKey.certificate, soon.certificate, 'AAAA'])).toBe(end);
});

it('is not said where no one can sign in', async () => {
  expect(await firstEnd(['AAAA'])).toBeUndefined();
});
