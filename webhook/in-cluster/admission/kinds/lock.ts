/**
 * What admission says of a lock whose target is not there: in an emergency a typing error must not look like a stop. The status
 * of the lock says as much to those who may make locks (`support-access-locker`).
 */
import type { KindName } from '../../../../crds/kinds.ts';
import { ifReadable, type JudgeDeps, type ReviewedWrite } from './kind-rule.ts';

type ListObjects = JudgeDeps['list'];

/** Of its creation only. */
export async function lockAdvice({ object, old }: ReviewedWrite, list: ListObjects): Promise<string[]> {
  const name = object.metadata.name ?? '';
  const dot = name.indexOf('.');
  if (old !== undefined || dot < 0) return [];
  const warning = await missingTarget(name.slice(0, dot), name.slice(dot + 1), list);
  return warning === undefined ? [] : [`${warning}; this lock stops nothing now`];
}

async function missingTarget(sort: string, target: string, list: ListObjects): Promise<string | undefined> {
  if (sort === 'ns') {
    const within = await ifReadable(list('SupportAccessGrant', target));
    return within?.length === 0
      ? `there is no grant in namespace ${target}, see kubectl get sag -A`
      : undefined;
  }
  if (sort === 'case') return 'no grant belongs to a support case yet, make a lock named grant.<uid> instead';
  const [kind, short]: [KindName, string] =
    sort === 'grant' ? ['SupportAccessGrant', 'sag NAME -n NAMESPACE'] : ['SupportUser', 'suser NAME'];
  const all = (await ifReadable(list(kind))) as readonly { metadata: { uid: string } }[] | undefined;
  if (all === undefined || all.some(({ metadata }) => metadata.uid === target)) return undefined;
  return `there is no ${kind} with this UID, see kubectl get ${short} -o jsonpath={.metadata.uid}`;
}
