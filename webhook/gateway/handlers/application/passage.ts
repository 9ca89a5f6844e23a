/** What a request to an application needs on its way, and what is known about it once it may pass. */
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { Decision } from '../../../../crds/rules/ask.ts';
import type { Trail } from '../../../../trail/trail.ts';
import type { Masker } from '../../masking/masker.ts';
import type {
  Decided,
  Decider,
  DecisionRequest,
  Exchange,
  ObjectName,
  Refuse,
  SessionStore,
} from '../../ports.ts';
import type { OpenResponses } from '../../proxy/cut.ts';
import type { ResolveService, Upstream } from '../../proxy/resolve-service.ts';

export interface ApplicationDeps {
  readonly decider: Decider;
  readonly sessions: SessionStore;
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly openResponses: Pick<OpenResponses, 'register'>;
  readonly masker: Masker;
  readonly resolve: ResolveService;
  readonly refuse: Refuse;
  /** Whether a refusal means that the session is over. */
  readonly endsSession: (decision: Decision) => boolean;
  /** Where a browser goes to sign in again under this grant. */
  readonly signInUrl: (grant: ObjectName) => string | undefined;
  /** Where a browser without any session goes: to fetch one from the support host, and back to this path. */
  readonly enterUrl: (path: string) => string;
  readonly authority: (host: string) => string;
  readonly ourCookies: string;
  readonly now: () => number;
  /** How long the application may take for the head of an answer, milliseconds. */
  readonly headTimeoutMs: number;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** One request that may pass. */
export interface Passage {
  readonly exchange: Exchange;
  readonly decided: Decided;
  /** What was asked, to be asked again while the answer lasts. */
  readonly question: DecisionRequest;
  readonly upstream: Upstream;
  readonly intent: NewRecord;
}

/** Largest body where the application does not say, MB. */
const defaultAttachmentMB = 10;

/** The largest body, bytes (requirement EC-5). */
export function bodyLimitOf({ application }: Decided['world']): number {
  return (application?.spec.maxAttachmentSizeMB ?? defaultAttachmentMB) * 1024 * 1024;
}
