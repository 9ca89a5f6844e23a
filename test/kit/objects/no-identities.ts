/** Admission as it answers where no account stands for a person: nothing of support identities is allowed. */
import type { IdentityResponders } from '../../../webhook/in-cluster/admission/identities/respond.ts';

export const noIdentities: Pick<IdentityResponders, 'judgeIdentity' | 'identityOf'> = {
  judgeIdentity: async () => ({
    decision: { allow: false, reason: 'NotOpened', check: 'accountIsKnown' },
  }),
  identityOf: async () => undefined,
};
