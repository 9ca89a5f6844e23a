/** What do we publish about ourselves for identity provider administrators? Contains public facts only. */

import type { Trust } from '../trust/trust.ts';
import { type ServiceProvider, serviceProvider } from './service-provider.ts';

/** Our SAML metadata: one entity, one assertion consumer URL, every certificate that may sign requests. */
export function spMetadata(
  party: ServiceProvider,
  trust: Pick<Trust, 'signsRequests' | 'nameIDFormat'>,
): string {
  return serviceProvider(party, trust).getMetadata();
}
