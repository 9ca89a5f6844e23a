/** What it costs the API server that a thousand streams are judged again, and what a shared reading may not hide. */
import { describe, expect, it } from 'vitest';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import type { DecisionRequest } from '../../../../../webhook/gateway/decisions/decision.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aGrant, disabled, opened } from '../../../../kit/objects/grant.ts';
import { knownObjects } from '../../../../kit/objects/known-objects.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';
import { metadataOf, withMetadata } from '../../../../kit/objects/object.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';
import { aService } from '../../../../kit/objects/service.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser } from '../../../../kit/objects/user.ts';

const sessionNames = Array.from({ length: 40 }, (_, at) => `ada-${at}`);

/** A decider over forty sessions under one grant, and as many asks as wanted about them in turn. */
function aScene() {
  const sessions = sessionNames.map((name) =>
    aSession(withMetadata(metadataOf('SupportSession', name, 'ecase'))),
  );
  const application = anApplication();
  const objects = knownObjects(
    aPolicy(),
    aGrant(opened()),
    aUser(),
    application,
    aMatrix(),
    aService(),
    ...sessions,
  );
  const reader = new FreshReader({ client: objects.client, timeoutMs: 1000, onGet: () => undefined });
  const decider = createDecider({
    world: new WorldReader(reader, watched()),
    now: () => noon,
    timeoutMs: 1000,
    recentMs: 60_000,
    againTimeoutMs: 1000,
    told: () => () => [],
    sealIsValid: () => true,
    secretMatches: () => true,
    onDecided: () => undefined,
  });
  const askFor = (name: string): DecisionRequest => ({
    entryPoint: 'session',
    grant: { namespace: 'ecase', name: 'case-4711' },
    origin: { peer: '203.0.113.7', forwardedFor: [] },
    session: { session: { namespace: 'ecase', name }, grant: 'case-4711', secret: 'of-the-browser' },
  });
  const judgeAgain = (streams: number) =>
    Promise.all(
      Array.from({ length: streams }, (_, at) =>
        decider.decideAgain(askFor(sessionNames[at % sessionNames.length] ?? '')),
      ),
    );
  return { objects, judgeAgain, decide: () => decider.decide(askFor('ada-0')) };
}

describe('a thousand streams that are judged again in one turn', () => {
  it('cost the API server one reading: each shared object once, and the sessions one list', async () => {
    const { objects, judgeAgain } = aScene();
    await judgeAgain(1000);
    objects.gets.length = 0;
    const all = await judgeAgain(1000);
    expect(all.map(({ decision }) => decision.allow)).toEqual(Array.from({ length: 1000 }, () => true));
    expect(new Set(objects.gets).size).toBe(objects.gets.length);
    expect(objects.gets.filter((get) => get.startsWith('SupportSession'))).toHaveLength(9);
    expect(objects.gets.length).toBeLessThanOrEqual(19);
  });

  it('are each judged by their own session: of those that are gone, and only of those, nothing goes on', async () => {
    const { objects, judgeAgain } = aScene();
    const gone = new Set(['ada-0', 'ada-39']);
    for (const name of gone) objects.remove('SupportSession', name);
    const all = await judgeAgain(40);
    const refused = sessionNames.filter((_, at) => all[at]?.decision.allow === false);
    expect(refused).toEqual([...gone]);
  });

  it('are judged by reads that began after this turn, not by those of the turn before', async () => {
    const { objects, judgeAgain } = aScene();
    const before = judgeAgain(40);
    await Promise.resolve();
    objects.put(aGrant(opened(), disabled()));
    const after = await judgeAgain(40);
    await before;
    expect(after.some(({ decision }) => decision.allow)).toBe(false);
  });

  it('do not wait for the reading of a request that hangs', async () => {
    const { objects, judgeAgain, decide } = aScene();
    const hanging = Promise.withResolvers<unknown>();
    const answers = [hanging.promise];
    objects.answer('SupportAccessPolicy', 'default', () => answers.shift() ?? Promise.resolve(aPolicy()));
    const request = decide();
    const all = await judgeAgain(40);
    expect(all.every(({ decision }) => decision.allow)).toBe(true);
    hanging.resolve(aPolicy());
    expect((await request).decision.allow).toBe(true);
  });

  it('are all refused when the sessions cannot be listed', async () => {
    const { objects, judgeAgain } = aScene();
    objects.answer('SupportSession', '*', () => Promise.reject(new Error('reset')));
    const reasons = new Set((await judgeAgain(40)).slice(8).map(({ decision }) => decision.allow));
    expect([...reasons]).toEqual([false]);
  });
});
