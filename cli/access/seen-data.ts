/** Whose data support sees by a grant, and how much of it is masked: said in the same words before everything that opens. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { kinds } from '../../crds/kinds.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Readable, reading, whereRead } from '../cluster/find.ts';
import { maskingInWords } from './masked-data.ts';
import { namesIn } from './open-now.ts';

/** What of a grant says which data it shows. */
export type DataOfGrant = Pick<SupportAccessGrant['spec'], 'applicationRef' | 'matrixRef'>;

export interface DataWorld {
  readonly matrix: Readable<SupportPermissionMatrix>;
  /** Undefined where the grant names none. */
  readonly application: Readable<SupportApplication> | undefined;
}

/** That data will be seen, and how much of it is masked. */
export function dataWords(
  { applicationRef, matrixRef }: DataOfGrant,
  { matrix, application }: DataWorld,
  namespace: string,
): string[] {
  const named = applicationRef?.name;
  const url = application === undefined ? undefined : whereRead(application)?.spec.url;
  const where = `application ${named} in namespace ${namespace}${url === undefined ? '' : ` (${url})`}`;
  const seen = named === undefined ? [] : [`Support will see the data of ${where}.`];
  const none =
    application === 'absent'
      ? [
          `There is no SupportApplication ${named} in namespace ${namespace} yet; access waits until there is.`,
        ]
      : [];
  return [...seen, ...none, maskingWords(matrix, matrixRef.name), ...kubernetesWords(matrix, namespace)];
}

function maskingWords(matrix: DataWorld['matrix'], name: string): string {
  if (matrix === 'unreadable')
    return `You may not read the matrix ${name}, so it is not known whether it masks: take it that support sees the data as it is.`;
  if (matrix === 'absent') return `There is no matrix ${name} yet; access waits until there is.`;
  const { masking, maskedClasses: classes = [] } = matrix.spec;
  const isOn = masking === 'Enabled';
  const rest = isOn ? '; everything else in those pages is seen as it is' : '';
  return `The matrix ${name} ${maskingInWords({ isOn, classes })}${rest}.`;
}

function kubernetesWords(matrix: DataWorld['matrix'], namespace: string): string[] {
  const rights = whereRead(matrix)?.spec.kubernetes;
  if (rights === undefined) return [];
  return [`It also gives the rights of ClusterRole ${rights.clusterRole} in namespace ${namespace}.`];
}

/** Grants that something opens together, and what is said of them. */
export interface OpenedTogether {
  /** Undefined where the caller may not list them. */
  readonly grants: readonly SupportAccessGrant[] | undefined;
  /** "Enabled grants, each of which opens by it within its window". */
  readonly which: string;
  /** Said where there is none of them. */
  readonly none: string;
  /** Said where they may not be listed. */
  readonly unlisted: string;
}

/**
 * The grants, and of all of them that show the same data through the same matrix what that is. A grant whose end has passed opens
 * nothing any more, so it is not among them.
 */
export async function openedWords(
  cluster: Cluster,
  { grants, which, none, unlisted }: OpenedTogether,
): Promise<string[]> {
  if (grants === undefined) return [unlisted, unknownData];
  const now = cluster.now();
  const left = grants.filter(({ spec }) => !((parseTime(spec.expirationTime) ?? now + 1) <= now));
  if (left.length === 0) return [none];
  const said = await Promise.all(alikeAmong(left).map(async (each) => saidOfAlike(cluster, each)));
  return [`${which}: ${namesIn(left)}.`, ...said.flat()];
}

/** Those together that show the same data through the same matrix. */
function alikeAmong(grants: readonly SupportAccessGrant[]): SupportAccessGrant[][] {
  const alike = new Map<string, SupportAccessGrant[]>();
  for (const grant of grants) {
    const { metadata, spec } = grant;
    const key = JSON.stringify([metadata.namespace, spec.applicationRef?.name, spec.matrixRef.name]);
    alike.set(key, [...(alike.get(key) ?? []), grant]);
  }
  return [...alike.values()];
}

const unknownData =
  'Support will see the data of their applications; whether a matrix masks it is not known, so take it that it is seen as it is.';

async function saidOfAlike(cluster: Cluster, alike: readonly SupportAccessGrant[]): Promise<string[]> {
  const [first] = alike;
  if (first === undefined) return [];
  const { metadata, spec } = first;
  const { namespace = '' } = metadata;
  const named = spec.applicationRef?.name;
  const [matrix, application] = await Promise.all([
    reading<SupportPermissionMatrix>(cluster, kinds.SupportPermissionMatrix, { name: spec.matrixRef.name }),
    named === undefined
      ? undefined
      : reading<SupportApplication>(cluster, kinds.SupportApplication, { name: named, namespace }),
  ]);
  const [one, ...rest] = dataWords(spec, { matrix, application }, namespace);
  return [`By ${namesIn(alike)}: ${one}`, ...rest];
}
