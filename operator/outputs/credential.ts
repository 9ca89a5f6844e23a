/**
 * What ends the tokens of a person's account: an empty Secret, to which the gateway binds every token that it asks for.
 * No token lies anywhere: not in this Secret, and the operator can neither ask for one nor read a Secret.
 */
import { credentialName } from '../../crds/identities.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, Secrets } from '../../kube/resources.ts';
import { account } from './account.ts';
import { credentialAnnotation, outputLabel } from './marks.ts';
import type { GrantOutput } from './output.ts';

/** Whether the account's Secret was made and has not been found missing since. */
export function hasCredential(metadata: ObjectMeta | undefined): boolean {
  return metadata !== undefined && metadata.annotations?.[credentialAnnotation] === credentialName(metadata);
}

/** Still without owner and with the account's name: the account's UID exists only once the API server made it. */
export const credential: GrantOutput = {
  scope: 'grant',
  name: 'credential',
  kinds: [Secrets],
  desired(open) {
    return account.desired(open).map(({ object }) => ({
      output: 'credential',
      resource: Secrets,
      object: {
        apiVersion: apiVersionOf(Secrets),
        kind: Secrets.kind,
        metadata: {
          name: object.metadata.name,
          namespace: object.metadata.namespace,
          labels: { ...object.metadata.labels, [outputLabel]: 'credential' },
          ...(object.metadata.annotations === undefined ? {} : { annotations: object.metadata.annotations }),
        },
        type: 'Opaque',
      },
    }));
  },
};
