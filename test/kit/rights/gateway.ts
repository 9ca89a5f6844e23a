/** What the process that faces the internet must not be able to do. */
import type { ForbiddenAct } from './forbidden-act.ts';
import { deleting, patching, posting, updating } from './forbidden-act.ts';
import { ours, paths, victim } from './scene.ts';
import { ownMetadata } from './webhook.ts';

const lease = (name: string): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: { holderIdentity: 'x' },
});

/** What the gateway is refused. */
export const gateway: readonly ForbiddenAct[] = [
  {
    act: "take the operator's Lease",
    gain: 'delay what the operator closes',
    stoppedBy: 'support-access-gateway-leases',
    request: posting(paths.leases, lease('support-access-operator')),
  },
  {
    act: "change the operator's Lease",
    gain: 'delay what the operator closes',
    stoppedBy: 'RBAC',
    request: patching(`${paths.leases}/support-access-operator`, { spec: { holderIdentity: 'x' } }),
  },
  {
    act: 'change the spec of a session',
    gain: 'give a session another person, address or end',
    stoppedBy: 'RBAC',
    request: patching(`${ours}/namespaces/${victim}/supportsessions/x`, { spec: {} }),
  },
  {
    act: 'write the status of a grant',
    gain: 'have a closed grant look open',
    stoppedBy: 'RBAC',
    request: patching(`${ours}/namespaces/${victim}/supportaccessgrants/x/status`, { status: {} }),
  },
  {
    act: 'delete all sessions of a namespace at once',
    gain: 'end sessions without a record for each',
    stoppedBy: 'RBAC',
    request: deleting(`${ours}/namespaces/${victim}/supportsessions`),
  },
  {
    act: 'ask who a token belongs to',
    gain: 'try tokens that it saw',
    stoppedBy: 'RBAC',
    request: posting('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } }),
  },
  {
    act: 'ask what others may do',
    gain: 'learn whom to attack',
    stoppedBy: 'RBAC',
    request: posting('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { user: 'x' } }),
  },
  ...ownMetadata(`${paths.releaseSecrets}/support-access-gateway-keys`, 'Secret', updating),
  ...['support-access-webhook-tls', 'support-access-other'].map(
    (name): ForbiddenAct => ({
      act: `read the Secret \`${name}\``,
      gain: "learn another process's key",
      stoppedBy: 'RBAC',
      request: { method: 'GET', path: `${paths.releaseSecrets}/${name}` },
    }),
  ),
];
