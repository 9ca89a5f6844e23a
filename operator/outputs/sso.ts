/**
 * The ConfigMap with what an administrator of the identity provider needs to know, and who may sign in. It is for people:
 * the sign-in reads the policy itself. It never holds a key.
 */

import type { X509Certificate } from 'node:crypto';
import { canonicalize } from '../../crds/audit/canonical.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { installed } from '../../crds/names.ts';
import { acsUrlOf, entityIdOf, originOf } from '../../crds/rules/request/gateway-urls.ts';
import { apiVersionOf, ConfigMaps } from '../../kube/resources.ts';
import { readCertificates, readProvider } from '../../saml/trust/provider.ts';
import { outputLabel } from './marks.ts';
import type { Installation, InstallationOutput } from './output.ts';

/** A ConfigMap holds 1 MiB; this many people stay far below, and more are only counted. */
const mostPeople = 1000;

export const sso: InstallationOutput = {
  scope: 'installation',
  name: 'sso',
  kinds: [ConfigMaps],
  desired(installation) {
    const { policy, releaseNamespace, spCertificate } = installation;
    if (policy === undefined) return [];
    const { gateway } = policy.spec;
    return [
      {
        output: 'sso',
        resource: ConfigMaps,
        object: {
          apiVersion: apiVersionOf(ConfigMaps),
          kind: ConfigMaps.kind,
          metadata: { name: installed.sso, namespace: releaseNamespace, labels: { [outputLabel]: 'sso' } },
          data: {
            entityID: entityIdOf(gateway),
            signInURL: `${originOf(gateway)}/support-access/sign-in/{namespace}/{grant}`,
            acsURL: acsUrlOf(gateway),
            metadataURL: entityIdOf(gateway),
            spCertificate: spCertificate ?? '',
            identityProvider: canonicalize(identityProviderOf(policy)),
            attributes: canonicalize(policy.spec.sso?.attributes ?? []),
            people: canonicalize(peopleOf(installation)),
          },
        },
      },
    ];
  },
};

/** An identity provider's certificate as the policy pins it: from when until when, or why it cannot be trusted. */
export interface PinnedCertificate {
  readonly fingerprint256?: string;
  readonly subject?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly problem?: string;
}

/**
 * The certificates of the policy's identity provider, read as the sign-in reads them; none where it reads no provider.
 * Dates and not ages, which would change the ConfigMap with every look.
 */
export function pinnedCertificates(policy: SupportAccessPolicy | undefined): PinnedCertificate[] {
  const named = policy?.spec.sso?.identityProvider;
  const provider = named && readProvider(named, whateverTheTime);
  if (!provider?.ok) return [];
  return readCertificates(provider.value).map((read) =>
    read.ok ? datesOf(read.value) : { problem: read.rule },
  );
}

/** Metadata that has ended is shown all the same; the condition SSOReady says that it has. */
const whateverTheTime = Number.NEGATIVE_INFINITY;

function datesOf(certificate: X509Certificate): PinnedCertificate {
  return {
    fingerprint256: certificate.fingerprint256,
    subject: certificate.subject,
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
  };
}

function identityProviderOf(policy: SupportAccessPolicy): Record<string, unknown> {
  const provider = policy.spec.sso?.identityProvider;
  if (provider === undefined) return {};
  return {
    entityID: provider.entityID,
    signInURL: provider.signInURL,
    certificates: pinnedCertificates(policy),
    trust: provider.metadata === undefined ? 'pinned in the policy' : 'metadata in the policy',
  };
}

function peopleOf({ people }: Installation): { count: number; people: unknown[] } {
  const sorted = [...people].sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
  return {
    count: people.length,
    people: sorted.slice(0, mostPeople).map(({ metadata, spec }) => ({
      name: metadata.name,
      displayName: spec.displayName,
      nameID: spec.nameID,
    })),
  };
}
