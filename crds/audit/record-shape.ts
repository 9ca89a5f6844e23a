/**
 * Declares the fields of a record and how long each may be, for appending and verifying alike. An allow-list: what is not
 * named here cannot be recorded, which is how bodies, tokens and cookies stay out.
 */
import { citedKinds } from './citation.ts';
import { areas, events, isEventType } from './events.ts';
import { fetchSites } from './page.ts';
import { certainties } from './requester.ts';
import {
  count,
  exactText,
  type Findings,
  flag,
  identifier,
  instant,
  listOf,
  mapOf,
  matching,
  objectOf,
  oneOf,
  text,
} from './shape.ts';

const recordId = matching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  'must be a UUIDv7 in lower case',
);
const objectName = identifier(253);
const objectUid = identifier(128);

const attributeSet = mapOf(listOf(exactText(256), 8), 24);

const fields = objectOf({
  required: {
    id: recordId,
    key: identifier(256),
    type: oneOf(...Object.keys(events)),
    phase: oneOf('intent', 'outcome', 'point'),
    time: instant,
    actor: objectOf({
      required: { kind: oneOf('support', 'customer_admin', 'system', 'anonymous'), name: text(256) },
      // A person's uid has the form that their authenticator gives it.
      optional: { uid: text(256), userType: text(64), userId: text(256) },
    }),
  },
  optional: {
    cause: recordId,
    instance: identifier(64),
    source: objectOf({ required: { ip: text(64) }, optional: { claimed: text(512), peer: text(64) } }),
    page: objectOf({ optional: { origin: text(270), site: oneOf(...fetchSites) } }),
    session: identifier(128),
    grant: objectOf({
      required: { namespace: objectName, name: objectName, uid: objectUid },
      optional: { generation: count },
    }),
    cites: listOf(
      objectOf({
        required: { kind: oneOf(...citedKinds), uid: objectUid, name: objectName, generation: count },
        optional: { namespace: objectName, hash: identifier(64), gone: flag },
      }),
      128,
    ),
    target: objectOf({
      required: { area: oneOf(...areas) },
      optional: {
        module: text(128),
        subModule: text(128),
        action: text(128),
        method: text(32),
        route: text(512),
        parameters: mapOf(text(256), 5),
        host: text(253),
        kind: text(128),
        namespace: text(253),
        name: text(253),
        uid: text(128),
        generation: count,
      },
    }),
    decision: objectOf({
      required: { effect: oneOf('allow', 'deny') },
      optional: { reason: text(128), matrix: text(253), readingAgeMs: count },
    }),
    outcome: objectOf({
      optional: {
        status: count,
        upstream: oneOf('answered', 'refused', 'timeout', 'unknown', 'cut'),
        bytesOut: count,
        masked: mapOf(count, 32),
        latencyMs: count,
        reason: text(128),
      },
    }),
    change: objectOf({ required: { paths: listOf(text(256), 100) }, optional: { summary: text(1024) } }),
    sso: objectOf({ required: { received: attributeSet, expected: attributeSet } }),
    requester: objectOf({
      // Records of before there were certainties have a name alone.
      optional: {
        certainty: oneOf(...certainties),
        username: text(256),
        uid: text(128),
        groups: listOf(text(256), 32),
      },
    }),
    message: text(2048),
    truncated: flag,
  },
});

/** The declared fields of a writer's record, cleaned; problems go into `findings`. */
export function readRecordFields(value: unknown, findings: Findings): unknown {
  const read = fields(value, '', findings);
  if (findings.problems.length === 0) checkPhase(read as PhaseFields, findings);
  return read;
}

interface PhaseFields {
  readonly type: string;
  readonly phase: string;
  readonly cause?: string;
  readonly instance?: string;
}

function checkPhase({ type, phase, cause, instance }: PhaseFields, { problems }: Findings): void {
  const phases: readonly string[] = isEventType(type) ? events[type].phases : [];
  if (!phases.includes(phase))
    problems.push({ field: 'phase', rule: `must be ${phases.join(' or ')} for ${type}` });
  if (phase === 'outcome' && cause === undefined)
    problems.push({ field: 'cause', rule: 'must name the intent of this outcome' });
  if (phase === 'intent' && cause !== undefined)
    problems.push({ field: 'cause', rule: 'must not be given for an intent' });
  if (phase !== 'intent' && instance !== undefined)
    problems.push({ field: 'instance', rule: 'must be given for an intent only' });
}
