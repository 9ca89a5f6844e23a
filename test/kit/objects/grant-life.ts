/** Plays a grant's life without a server: plans it, carries the plan out and reports, as the API server would store it. */
import { credentialName } from '../../../crds/identities.ts';
import { planGrant } from '../../../operator/grant/plan.ts';
import { nextStatus } from '../../../operator/grant/report.ts';
import type { GrantStatus, GrantWorld } from '../../../operator/grant/world.ts';
import { credentialAnnotation } from '../../../operator/outputs/marks.ts';
import { holding } from './grant-world.ts';

export const at = (time: string): number => Date.parse(time);
export const recorded = { recorded: 'recorded', refused: undefined } as const;

/** The world after the plan was carried out and reported. */
export function after(
  world: GrantWorld,
  now: number,
  outcome: Parameters<typeof nextStatus>[1] = recorded,
): GrantWorld {
  const plan = planGrant(world, now);
  const status = nextStatus(plan.report, outcome);
  const made = plan.apply.flatMap((write) =>
    write.act === 'create' || write.act === 'replace' ? [write.wanted.object] : [],
  );
  const replaced = plan.apply.flatMap((write) => {
    if (write.act === 'replace') return [write.uid];
    return write.act === 'remove' ? [write.removal.uid] : [];
  });
  const gone = new Set([...plan.remove.flatMap((one) => ('ownerUid' in one ? [] : [one.uid])), ...replaced]);
  const kept = {
    accounts: world.accounts.filter(({ metadata }) => !gone.has(metadata.uid)),
    bindings: world.bindings.filter(({ metadata }) => !gone.has(metadata.uid)),
  };
  return holding(...made)({ ...world, ...kept, grant: { ...world.grant, status } });
}

export const reasonOf = (world: GrantWorld, now: number): string | undefined =>
  nextStatus(planGrant(world, now).report, recorded).activeReason;

export const types = (world: GrantWorld, now: number): string[] =>
  planGrant(world, now).record.drafts.map(({ type }) => type);

export const active = (status: GrantStatus | undefined) =>
  status?.conditions?.find(({ type }) => type === 'Active');
export const ready = (status: GrantStatus | undefined) =>
  status?.conditions?.find(({ type }) => type === 'Ready');

/** Gives every account of the world a credential, as the operator would have noted it. */
export function credited(world: GrantWorld, note = credentialName): GrantWorld {
  const accounts = world.accounts.map((one) => {
    const annotations = { ...one.metadata.annotations, [credentialAnnotation]: note(one.metadata) };
    return { ...one, metadata: { ...one.metadata, annotations } };
  });
  return { ...world, accounts };
}
