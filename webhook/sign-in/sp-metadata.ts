/** What do we publish about ourselves for identity provider administrators? Contains public facts only. */
import { type Party, serviceProvider } from './service-provider.ts';
import type { Trust } from './trust.ts';

/** Our SAML metadata: one entity, one assertion consumer URL, every certificate that may sign requests. */
export function spMetadata(party: Party, trust: Pick<Trust, 'signsRequests' | 'nameIDFormat'>): string {
  return serviceProvider(party, trust).getMetadata();
}
