/** What admission says of a lock whose target is not there: in an emergency a typing error must not look like a stop. */
import type { KindName } from '../../../../crds/kinds.ts';
import { ifReadable, type JudgeDeps, type KindRule } from './kind-rule.ts';

/** Of its creation only; it is never refused here, and never waits for more than a moment. */
export const lockRule: KindRule = async ({ object, old }, deps) => {
  const name = object.metadata.name ?? '';
  const dot = name.indexOf('.');
  if (old !== undefined || dot < 0) return { problems: [], warnings: [] };
  const warning = await missingTarget(name.slice(0, dot), name.slice(dot + 1), deps);
  return { problems: [], warnings: warning === undefined ? [] : [`${warning}; this lock stops nothing now`] };
};

async function missingTarget(sort: string, target: string, deps: JudgeDeps): Promise<string | undefined> {
  if (sort === 'ns') {
    const within = await ifReadable(deps.list('SupportAccessGrant', target));
    return within?.length === 0
      ? `there is no grant in namespace ${target}, see kubectl get sag -A`
      : undefined;
  }
  if (sort === 'case') return 'there are no support cases yet, make a lock named grant.<uid> instead';
  const [kind, short]: [KindName, string] =
    sort === 'grant' ? ['SupportAccessGrant', 'sag NAME -n NAMESPACE'] : ['SupportUser', 'suser NAME'];
  const all = (await ifReadable(deps.list(kind))) as readonly { metadata: { uid: string } }[] | undefined;
  if (all === undefined || all.some(({ metadata }) => metadata.uid === target)) return undefined;
  return `there is no ${kind} with this UID, see kubectl get ${short} -o jsonpath={.metadata.uid}`;
}
