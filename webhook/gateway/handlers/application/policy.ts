/** What passes between a person and an application: the headers, the limits, and what the matrix masks. */
import { defaults } from '../../../../crds/defaults.ts';
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import type { Reason } from '../../../../crds/rules/reasons.ts';
import { isNeverForwarded } from '../../../../crds/rules/request/never-forwarded.ts';
import type { Decided, ReadMatrix, ReadWorld } from '../../decisions/decision.ts';
import type { MaskedClass } from '../../masking/classes/data-class.ts';
import { dataClasses } from '../../masking/classes/index.ts';
import { createMasker } from '../../masking/content-policy.ts';
import { hiddenAgainBy } from '../../masking/hidden-again.ts';
import { maskedClasses } from '../../masking/masked-classes.ts';
import type { Pseudonyms } from '../../masking/pseudonyms.ts';
import { createStaticMasker } from '../../masking/static-files.ts';
import { writeBy } from '../../masking/writing.ts';
import { markOf } from '../../proxy/marked-tags.ts';
import type { HeaderLists, ProxyPolicy } from '../../proxy/policy.ts';
import { mayBeWebSocket } from '../../refusals/judged-request.ts';
import { usualRequestHeaders, usualResponseHeaders } from './header-lists.ts';

const megabyte = 1024 * 1024;

/** THE policy for applications, where neither application nor matrix says otherwise. */
export const applicationPolicy: ProxyPolicy = {
  requestHeaders: usualRequestHeaders,
  responseHeaders: usualResponseHeaders,
  ownResponseHeaders: {
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  },
  pathForms: [],
  cookies: true,
  upgrades: false,
  webSockets: false,
  binaryPasses: false,
  informational: false,
  masker: createMasker(dataClasses),
  tagMark: markOf(...dataClasses.map(({ name }) => name)),
  bodyLimit: defaults.maxAttachmentSizeMB * megabyte,
  headTimeoutMs: defaults.firstByteSeconds * 1000,
  bodyIdleMs: defaults.uploadIdleSeconds * 1000,
};

export type PolicyInForce =
  | { readonly ok: true; readonly policy: ProxyPolicy }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

/** What the pages of an application say that another one lists: their origin, and still no path, to other origins. */
const tellingOrigin = { 'referrer-policy': 'strict-origin-when-cross-origin' };

/** What a person is told whose body is larger than the policy lets pass. */
export function tooLarge({ bodyLimit }: Pick<ProxyPolicy, 'bodyLimit'>, found: string): string {
  return `A body may have at most ${bodyLimit / megabyte} MiB here, and this one has ${found}.`;
}

/** What of a decision the policy depends on. */
interface DecidedOf extends Pick<Decided, 'route'> {
  readonly world: Pick<ReadWorld, 'application' | 'matrix'>;
}

type Bounds = Pick<ProxyPolicy, 'bodyLimit' | 'headTimeoutMs' | 'bodyIdleMs'>;

/** Of timeouts the route's word counts before the application's, each for itself. */
function boundsOf(
  general: Bounds,
  { maxAttachmentSizeMB: megabytes, timeouts }: Partial<SupportApplication['spec']> = {},
  route?: Decided['route'],
): Bounds {
  const { firstByteSeconds, uploadIdleSeconds } = { ...timeouts, ...route?.timeouts };
  return {
    bodyLimit: megabytes === undefined ? general.bodyLimit : megabytes * megabyte,
    headTimeoutMs: firstByteSeconds === undefined ? general.headTimeoutMs : firstByteSeconds * 1000,
    bodyIdleMs: uploadIdleSeconds === undefined ? general.bodyIdleMs : uploadIdleSeconds * 1000,
  };
}

interface AskedFor {
  readonly pathForms?: SupportApplication['spec']['pathForms'] | undefined;
  readonly forwardHeaders?: SupportApplication['spec']['forwardHeaders'] | undefined;
}

/** What the application lets pass beyond the usual. */
export function askedFor(
  { requestHeaders, responseHeaders }: Pick<ProxyPolicy, 'requestHeaders' | 'responseHeaders'>,
  { pathForms = [], forwardHeaders = {} }: AskedFor = {},
): Pick<ProxyPolicy, 'requestHeaders' | 'responseHeaders' | 'pathForms'> {
  return {
    requestHeaders: withMore(requestHeaders, forwardHeaders.request),
    responseHeaders: withMore(responseHeaders, forwardHeaders.response),
    pathForms,
  };
}

function withMore(lists: HeaderLists, names: readonly string[] = []): HeaderLists {
  const more = names.filter((name) => !isNeverForwarded(name)).map((name) => name.toLowerCase());
  return more.length === 0 ? lists : { ...lists, passed: [...new Set([...lists.passed, ...more])] };
}

interface InForceFor {
  readonly isListed?: boolean;
  /** Of the session; without them every value of a class gets one word, which leads nowhere. */
  readonly pseudonyms?: Pseudonyms | undefined;
}

/** The policy as this application, this route and this matrix have it. Not ok where the matrix hides what we cannot find. */
export function policyInForce(
  general: ProxyPolicy,
  { world: { application, matrix }, route }: DecidedOf,
  { isListed = false, pseudonyms }: InForceFor = {},
): PolicyInForce {
  const own = general.ownResponseHeaders;
  const ownResponseHeaders = isListed ? { ...own, ...tellingOrigin } : own;
  const policy = {
    ...general,
    ...boundsOf(general, application?.spec, route),
    ...askedFor(general, application?.spec),
    ownResponseHeaders,
    webSockets: mayBeWebSocket(route),
    binaryPasses: matrix?.spec.binaryMessages === 'Passed',
  };
  if (matrix === undefined) return { ok: true, policy };
  const masked = maskedClasses(matrix.spec);
  if (!masked.ok) {
    const detail = `this version cannot mask ${masked.unknown.join(', ')}, which the matrix has masked`;
    return { ok: false, reason: 'NotMaskable', detail };
  }
  return {
    ok: true,
    policy: {
      ...policy,
      ...maskingOf({ classes: masked.classes, matrix, route, pseudonyms }),
    },
  };
}

interface MaskedFor {
  readonly classes: readonly MaskedClass[];
  readonly matrix: ReadMatrix;
  readonly route: Decided['route'];
  readonly pseudonyms: Pseudonyms | undefined;
}

/** Tags of one version of a body differ where it is masked in another way. */
function maskingOf({
  classes,
  matrix,
  route,
  pseudonyms,
}: MaskedFor): Pick<ProxyPolicy, 'masker' | 'tagMark' | 'sealedTags' | 'sealedValues'> {
  const write = pseudonyms && writeBy(pseudonyms);
  const usual = classes.length === 0 ? undefined : createMasker(classes, write, filesAt(route, matrix.spec));
  const names = [...classes.map(({ name }) => name), matrix.name, ...(pseudonyms ? [pseudonyms.mark] : [])];
  const sealedValues = usual && pseudonyms && { ...pseudonyms, hiddenAgain: hiddenAgainBy(classes) };
  const sealing = { sealedTags: pseudonyms?.tags, sealedValues };
  if (!isFile(route)) return { masker: usual, tagMark: markOf(...names), ...sealing };
  return { masker: createStaticMasker(usual), tagMark: markOf(...names, 'Static'), ...sealing };
}

/** Whether files pass that are looked into no further: only where all that the request may mean downloads. */
function filesAt(
  route: Decided['route'],
  { downloadActions = [] }: ReadMatrix['spec'],
): 'Passed' | 'Refused' {
  const meanings = route === undefined ? [] : [route, ...(route.also ?? [])];
  const downloads = meanings.every(({ action }) => downloadActions.includes(action));
  return meanings.length > 0 && downloads ? 'Passed' : 'Refused';
}

/** Whether all that the request may mean are files of Static routes. */
function isFile(route: Decided['route']): boolean {
  return route?.isStatic === true && (route.also ?? []).every(({ isStatic }) => isStatic === true);
}
