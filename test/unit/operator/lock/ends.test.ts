/** What the operator records of a lock that is gone, where the records know more of it than it does. */
import { describe, expect, it } from 'vitest';
import { SupportAccessError } from '../../../../crds/errors.ts';
import { lockController } from '../../../../operator/lock/controller.ts';
import type { RecordDraft } from '../../../../operator/reporting/record-drafts.ts';
import type { ControllerContext } from '../../../../operator/watching/controller.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { synced } from '../../../kit/objects/keys-after.ts';
import { aLock } from '../../../kit/objects/lock.ts';

const lock = aLock('all');

/** A lock that is gone without a reason that was seen; the records answer a draft of each type so. */
async function gone(answers: Readonly<Record<string, Error>>) {
  const server = new FollowedServer({ supportaccesslocks: [lock] });
  const caches = await synced(server);
  const drafts: RecordDraft[] = [];
  const write = async ({ drafts: given }: { drafts: readonly RecordDraft[] }) => {
    drafts.push(...given);
    const answer = answers[given[0]?.type ?? ''];
    if (answer !== undefined) throw answer;
    return 'recorded' as const;
  };
  const context = { caches, records: { write }, now: () => noon } as unknown as ControllerContext;
  const look = lockController.start(context);
  await server.send('supportaccesslocks', 'DELETED', lock);
  await eventually(() => expect(caches.locks.get(undefined, 'all')).toBeUndefined());
  const types = () => drafts.map(({ type }) => type);
  return { look: () => look(lock.metadata.uid, new AbortController().signal), types };
}

const older = new SupportAccessError('records_older', 'as the test wants it');

describe('a lock that is gone', () => {
  it('is lost where the records know no more', async () => {
    const { look, types } = await gone({});
    expect([await look(), types()]).toEqual(['gone', ['lock.lost']]);
  });

  it('was lifted where the records know that it was asked for, while the watch was broken', async () => {
    const { look, types } = await gone({ 'lock.lost': older });
    expect([await look(), types()]).toEqual(['gone', ['lock.lost', 'lock.lifted']]);
  });

  it('is looked at again where the records take nothing', async () => {
    const away = new SupportAccessError('records_unavailable', 'as the test wants it');
    const { look, types } = await gone({ 'lock.lost': away });
    await expect(look()).rejects.toBe(away);
    expect(types()).toEqual(['lock.lost']);
  });
});
