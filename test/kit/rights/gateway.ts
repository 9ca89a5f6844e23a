/** What the process that faces the internet must not be able to do. */
import type { ForbiddenAct } from './forbidden-act.ts';
import { deleting, patching, posting, reading, updating } from './forbidden-act.ts';
import { identity, marks, otherIdentity, ours, paths, victim } from './scene.ts';
import { ownMetadata } from './webhook.ts';

const lease = (name: string): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: { holderIdentity: 'x' },
});

const tokens = 'support-access-identities-tokens';
const boundTo = (name: string): object => ({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name } });

const token = (act: string, gain: string, spec: object): ForbiddenAct => ({
  act: `ask for a token of a support identity ${act}`,
  gain,
  stoppedBy: tokens,
  request: posting(`${paths.identityAccounts}/${identity}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  }),
});

const identities: readonly ForbiddenAct[] = [
  token('that nothing ends', 'keep it when access is taken back', { expirationSeconds: 600 }),
  token('for longer than ten minutes', 'keep it longer', { ...boundTo(identity), expirationSeconds: 601 }),
  token('for as long as it comes', 'keep it longer', boundTo(identity)),
  token("that another person's Secret ends", 'keep it when access is taken back', {
    ...boundTo(otherIdentity),
    expirationSeconds: 600,
  }),
  token('that a pod ends', 'keep it when access is taken back', {
    boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: identity },
    expirationSeconds: 600,
  }),
  ...(
    [
      ['make', posting(paths.identityAccounts, { metadata: { name: identity } })],
      ['change', patching(`${paths.identityAccounts}/${identity}`, {})],
      ['delete', deleting(`${paths.identityAccounts}/${identity}`)],
      ['list', reading(paths.identityAccounts)],
    ] as const
  ).map(
    ([verb, request]): ForbiddenAct => ({
      act: `${verb} support identities`,
      gain: 'act as whom no grant names',
      stoppedBy: 'RBAC',
      request,
    }),
  ),
  ...(
    [
      ['make a Secret', posting(paths.identitySecrets, { metadata: { name: `${identity}-x` } })],
      ['delete a Secret', deleting(`${paths.identitySecrets}/${identity}`)],
    ] as const
  ).map(
    ([act, request]): ForbiddenAct => ({
      act: `${act} of a support identity`,
      gain: 'choose what ends its tokens',
      stoppedBy: 'RBAC',
      request,
    }),
  ),
];

const leases: readonly ForbiddenAct[] = [
  {
    act: 'delete the mark of a use before its time',
    gain: 'let a SAML response or a code be used again',
    stoppedBy: 'support-access-used-marks',
    request: deleting(`${paths.leases}/${marks.fresh}`),
  },
  {
    act: 'delete the mark of a use a minute after its time',
    gain: 'let it be used again at a gateway whose clock is behind',
    stoppedBy: 'support-access-used-marks',
    request: deleting(`${paths.leases}/${marks.justOver}`),
  },
  ...(
    [
      ['delete the mark of a use that says no time', deleting(`${paths.leases}/${marks.undated}`)],
      ['delete the mark of a use whose time cannot be read', deleting(`${paths.leases}/${marks.odd}`)],
    ] as const
  ).map(
    ([act, request]): ForbiddenAct => ({
      act,
      gain: 'let it be used again',
      stoppedBy: 'support-access-used-marks',
      request,
    }),
  ),
  ...(
    [
      ['patch', patching(`${paths.leases}/${marks.fresh}`, { metadata: { annotations: null } })],
      ['update', updating(`${paths.leases}/${marks.fresh}`, { metadata: { annotations: {} } })],
      ['delete all Leases at once, with', deleting(paths.leases)],
    ] as const
  ).map(
    ([verb, request]): ForbiddenAct => ({
      act: `${verb} the mark of a use`,
      gain: 'have it deleted before its time',
      stoppedBy: 'RBAC',
      request,
    }),
  ),
  ...(
    [
      ['make', posting(paths.leases, lease('other-program'))],
      ['delete', deleting(`${paths.leases}/other`)],
    ] as const
  ).map(
    ([verb, request]): ForbiddenAct => ({
      act: `${verb} the Lease of another program`,
      gain: 'take its leadership away',
      stoppedBy: 'support-access-gateway-leases',
      request,
    }),
  ),
];

/** What the gateway is refused. */
export const gateway: readonly ForbiddenAct[] = [
  ...identities,
  ...leases,
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
    act: 'list pods',
    gain: 'find the specs of all pods, and not only of those whose name it knows',
    stoppedBy: 'RBAC',
    request: reading(`/api/v1/namespaces/${victim}/pods`),
  },
  {
    act: 'ask what others may do',
    gain: 'learn whom to attack',
    stoppedBy: 'RBAC',
    request: posting('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { user: 'x' } }),
  },
  ...ownMetadata(`${paths.releaseSecrets}/support-access-gateway-keys`, 'Secret', updating),
  ...ownMetadata(`${paths.releaseConfigMaps}/support-access-certificates`, 'ConfigMap', patching),
  ...(
    [
      ['support-access-hosts', 'take the host of another namespace, with what browsers hold of it'],
      ['support-access-names', 'have a role named that the policy reserves'],
      ['support-access-sso', 'give administrators metadata of another service provider'],
      ['support-access-ca', 'send its records elsewhere'],
    ] as const
  ).map(
    ([name, gain]): ForbiddenAct => ({
      act: `change the ConfigMap \`${name}\``,
      gain,
      stoppedBy: 'RBAC',
      request: patching(`${paths.releaseConfigMaps}/${name}`, { data: { x: 'y' } }),
    }),
  ),
  {
    act: "read another ConfigMap of an application's namespace",
    gain: 'learn settings of the application',
    stoppedBy: 'RBAC',
    request: reading(`/api/v1/namespaces/${victim}/configmaps/settings`),
  },
  ...['support-access-webhook-tls', 'support-access-other'].map(
    (name): ForbiddenAct => ({
      act: `read the Secret \`${name}\``,
      gain: "learn another process's key",
      stoppedBy: 'RBAC',
      request: { method: 'GET', path: `${paths.releaseSecrets}/${name}` },
    }),
  ),
];
