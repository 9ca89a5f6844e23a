/**
 * What passes between a person and the API server: reads alone, in JSON, so that everything can be masked. Of the
 * client's own header lines only its name passes; whom it is for, the token alone says (T-P5).
 */
import { defaults } from '../../../../crds/defaults.ts';
import type { Reason } from '../../../../crds/rules/reasons.ts';
import type { KubeRequest } from '../../../../crds/rules/request/kube-request.ts';
import type { ReadMatrix } from '../../decisions/decision.ts';
import { createMasker } from '../../masking/content-policy.ts';
import { maskedClasses } from '../../masking/masked-classes.ts';
import type { Masker } from '../../masking/masker.ts';
import { markOf } from '../../proxy/marked-tags.ts';
import type { ProxyPolicy } from '../../proxy/policy.ts';
import { discoveryFilter } from './discovery-filter.ts';

const general: Omit<ProxyPolicy, 'masker' | 'tagMark' | 'headAtOnce'> = {
  requestHeaders: { passed: ['user-agent'], passedUnmasked: [] },
  responseHeaders: { passed: ['audit-id', 'content-type', 'retry-after', 'warning'], passedUnmasked: [] },
  // Another server behind the API server may answer with a page: on the support host it would be ours.
  ownResponseHeaders: {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  },
  pathForms: [],
  cookies: false,
  upgrades: false,
  webSockets: false,
  binaryPasses: false,
  informational: false,
  // Reads have none.
  bodyLimit: 0,
  headTimeoutMs: defaults.firstByteSeconds * 1000,
  bodyIdleMs: defaults.uploadIdleSeconds * 1000,
};

export type KubePolicy =
  | { readonly ok: true; readonly policy: ProxyPolicy }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

/** The policy for one request. Not ok where the matrix hides what we cannot find. */
export function kubePolicy(matrix: ReadMatrix, request: KubeRequest): KubePolicy {
  const masked = maskedClasses(matrix.spec);
  if (!masked.ok) {
    const detail = `this version cannot mask ${masked.unknown.join(', ')}, which the matrix has masked`;
    return { ok: false, reason: 'NotMaskable', detail };
  }
  const isDiscovery = !request.isResource && request.path !== '/version';
  // No file passes unread: another server behind the API server may answer with one.
  const usual =
    masked.classes.length === 0
      ? undefined
      : maskerFor(createMasker(masked.classes, undefined, 'Refused'), matrix);
  const masker = isDiscovery ? discoveryFilter(matrix.spec.kubernetes?.rules ?? []) : usual;
  const tagMark = markOf(...masked.classes.map(({ name }) => name), matrix.name, 'kube');
  return { ok: true, policy: { ...general, masker, tagMark, headAtOnce: lasts(request) } };
}

/** A client of what has no end of its own waits for the head, which must not wait for the first event or line. */
function lasts({ verb, subresource }: KubeRequest): boolean {
  return verb === 'watch' || subresource === 'log';
}

function maskerFor(masker: Masker, matrix: MaskedFieldsOf): Masker {
  if (!hasMaskedFields(matrix)) return masker;
  return {
    ...masker,
    plan: (headers) =>
      namesFields.test(headers.contentType ?? '') ? masker.plan(headers) : { kind: 'refuse', rule: inJson },
  };
}

/** JSON, and what has no fields at all: logs and errors. */
const namesFields = /^\s*(?:application\/json|text\/plain)\s*(?:;|$)/i;
const inJson =
  'must be JSON, as it was asked for, where the matrix has maskedFields: no other form names its fields';

type MaskedFieldsOf = Pick<ReadMatrix, 'spec'>;

function hasMaskedFields({ spec: { masking, maskedFields = [] } }: MaskedFieldsOf): boolean {
  return masking === 'Enabled' && maskedFields.length > 0;
}

const readable = /^\s*application\/json\s*(?:;|$)/i;
/** The columns of a table have names of their own, and its cells none. */
const asTable = /;\s*as\s*=\s*"?table/i;

/**
 * What upstream is asked to answer in: of what the client takes the forms in which everything can be masked, and JSON else.
 * YAML is none: nothing tells in it where the value of a field ends, and kubectl makes its own of JSON.
 */
export function acceptedForms(accept = '', matrix?: MaskedFieldsOf): string {
  const hasTables = matrix === undefined || !hasMaskedFields(matrix);
  const forms = accept.split(',').filter((form) => readable.test(form) && (hasTables || !asTable.test(form)));
  return forms.length === 0 ? 'application/json' : forms.map((form) => form.trim()).join(',');
}
