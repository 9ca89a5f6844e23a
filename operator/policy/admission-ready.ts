/**
 * Does the API server ask admission, and trust the certificate that it shows? Where it does not, all that opens or widens is
 * refused. The webhook puts its registration right within seconds, so that this holds for long only while none runs.
 */
import { installed } from '../../crds/names.ts';
import type { PlainCondition } from '../reporting/conditions.ts';
import type { ConfigMap, WebhookConfiguration } from '../watching/kubernetes-objects.ts';

const type = 'AdmissionReady';

/** From the registration, and from the authorities that the webhook publishes for our other processes. */
export function admissionReady(
  configuration: WebhookConfiguration | undefined,
  authority: ConfigMap | undefined,
): PlainCondition {
  const problem = registrationProblem(configuration, authority);
  if (problem !== undefined) return { type, holds: false, reason: 'AdmissionUnregistered', message: problem };
  const message = 'The API server asks admission of what opens or widens, and trusts its certificate';
  return { type, holds: true, reason: 'Enforced', message };
}

const meanwhile = 'until then what opens or widens is refused, and what narrows is not recorded by admission';
const bySelf = `the webhook puts it right by itself, so look at its pods if this lasts; ${meanwhile}`;

function registrationProblem(
  configuration: WebhookConfiguration | undefined,
  authority: ConfigMap | undefined,
): string | undefined {
  const name = `ValidatingWebhookConfiguration ${installed.webhookConfiguration}`;
  if (configuration === undefined) return `${name} is missing; run helm upgrade to make it again`;
  if (authority === undefined)
    return `ConfigMap ${installed.authority} is missing; run helm upgrade to make it again`;

  const known = certificatesIn(authority.data?.['ca.crt'] ?? '');
  if (known.length === 0) return `ConfigMap ${installed.authority} holds no certificate; ${bySelf}`;
  const stranger = (configuration.webhooks ?? []).find(({ clientConfig }) => {
    const told = certificatesIn(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString('utf8'));
    // while one authority follows the other, the two lists differ for a moment
    return !told.some((certificate) => known.includes(certificate));
  });
  return stranger && `${name} has in ${stranger.name} no certificate of the webhook; ${bySelf}`;
}

function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
}
