/** What passes between a person and an application: the lists of headers, the limits, and what the matrix masks. */
import type { SupportPermissionMatrix } from '../../../../crds/generated/support-permission-matrix.ts';
import { emailMasker } from '../../masking/content-policy.ts';
import type { Masker } from '../../masking/masker.ts';
import type { World } from '../../ports.ts';
import type { ProxyPolicy } from '../../proxy/policy.ts';

const megabyte = 1024 * 1024;

/** THE policy for applications, where neither application nor matrix says otherwise. */
export const applicationPolicy: ProxyPolicy = {
  requestHeaders: {
    passed: [
      'accept',
      'accept-language',
      'content-type',
      'content-length',
      'hx-boosted',
      'hx-current-url',
      'hx-prompt',
      'hx-request',
      'hx-target',
      'hx-trigger',
      'hx-trigger-name',
      'if-match',
      'if-unmodified-since',
      'last-event-id',
      'origin',
      'referer',
      'sec-fetch-dest',
      'sec-fetch-mode',
      'sec-fetch-site',
      'user-agent',
      'x-csrf-token',
      'x-csrftoken',
      'x-requested-with',
      'x-xsrf-token',
    ],
    passedUnmasked: ['if-modified-since', 'if-none-match', 'if-range', 'range'],
  },
  responseHeaders: {
    passed: [
      'allow',
      'content-disposition',
      'content-language',
      'content-security-policy',
      'content-type',
      'hx-location',
      'hx-redirect',
      'hx-refresh',
      'hx-trigger',
      'permissions-policy',
      'retry-after',
      'vary',
      'x-frame-options',
    ],
    passedUnmasked: [
      'accept-ranges',
      'content-encoding',
      'content-length',
      'content-range',
      'etag',
      'last-modified',
    ],
  },
  ownResponseHeaders: {
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  },
  cookies: true,
  masker: emailMasker,
  bodyLimit: 10 * megabyte,
  headTimeoutMs: 60_000,
};

/** The policy as this application and this matrix have it. */
export function policyFor(
  general: ProxyPolicy,
  { application, matrix }: Pick<World, 'application' | 'matrix'>,
): ProxyPolicy {
  const megabytes = application?.spec.maxAttachmentSizeMB;
  return {
    ...general,
    masker: maskerOf(matrix?.spec, general.masker),
    bodyLimit: megabytes === undefined ? general.bodyLimit : megabytes * megabyte,
  };
}

/** Enabled without classes, or with an empty list of them, means every class that there is. */
function maskerOf(
  spec: SupportPermissionMatrix['spec'] | undefined,
  masker: Masker | undefined,
): Masker | undefined {
  if (spec === undefined) return masker;
  if (spec.masking !== 'Enabled') return undefined;
  const { maskedClasses = [] } = spec;
  return maskedClasses.length === 0 || maskedClasses.includes('EmailAddress') ? masker : undefined;
}
