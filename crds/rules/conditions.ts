/** Sets a condition in a list. The transition time moves only when the status does. */
import type { Reason } from './reasons.ts';
import { formatTime } from './time/time.ts';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** A condition as it is stored. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** A condition as it is found now, before it is known whether that is a change. */
export interface ConditionUpdate {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
  readonly observedGeneration: number;
}

/**
 * The list with this condition in it, the others untouched and in their order. `lastTransitionTime` becomes `now`
 * (epoch milliseconds, written in whole seconds as Kubernetes does) only when the status differs from before; a new
 * reason or message alone does not move it.
 */
export function setCondition(
  conditions: readonly Condition[],
  update: ConditionUpdate,
  now: number,
): Condition[] {
  const before = conditions.find(({ type }) => type === update.type);
  const lastTransitionTime =
    before !== undefined && before.status === update.status ? before.lastTransitionTime : wholeSeconds(now);
  const condition: Condition = { ...update, lastTransitionTime };
  if (before === undefined) return [...conditions, condition];
  return conditions.map((each) => (each === before ? condition : each));
}

/** The condition of a type, or undefined. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function wholeSeconds(now: number): string {
  return formatTime(now).replace(/\.\d{3}Z$/, 'Z');
}
