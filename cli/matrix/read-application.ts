/** Finds the application whose routes a call is about, and the matrices that they are laid beside. */
import { applicationSchema } from '../../crds/generated/application-schema.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { kinds } from '../../crds/kinds.ts';
import { type Problem, printable } from '../../crds/rules/problem.ts';
import { problemsOf } from '../../crds/rules/problems/index.ts';
import { servedUnder } from '../../crds/rules/request/hosts.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { find, findOrNothing } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import type { WrittenMatrix } from './compile-matrix.ts';
import { judgeMatrix } from './judge-matrix.ts';
import { shapeOf } from './matrix-shape.ts';
import { isFile, type MatrixDocument, readWord, shipped, textIn, withoutStatus } from './read-matrix.ts';

/** A matrix that can be asked. */
export interface MatrixBeside {
  readonly name: string;
  readonly spec: WrittenMatrix['spec'];
}

export interface ReadApplication {
  /** Such as `the file shop.yaml`, for people. */
  readonly from: string;
  /** Left out where its routes cannot be read. */
  readonly application?: Pick<SupportApplication, 'spec'>;
  /** What is wrong with it. */
  readonly problems: readonly Problem[];
  readonly matrices: readonly MatrixBeside[];
}

/** Of a file, of stdin, or of the cluster: there by its name, or by the host of a URL. */
export async function readApplication(
  word: string | undefined,
  {
    input,
    terminal,
    host,
  }: { readonly input: CommandInput; readonly terminal: Terminal; readonly host?: string | undefined },
): Promise<ReadApplication> {
  const found =
    word !== undefined && isFile(word)
      ? await inFile(word, terminal)
      : await withCluster(input, terminal, async (cluster) => inCluster(cluster, word, host));
  const named = await namedMatrices(input, terminal);
  const { problems, isReadable } = shapeOf(found.document, applicationSchema);
  const application = isReadable ? (found.document as SupportApplication) : undefined;
  return {
    from: found.from,
    ...(application !== undefined && { application }),
    problems: [...problems, ...(application === undefined ? [] : problemsOf(application))],
    matrices: (named.length > 0 ? named : found.matrices).map(asked),
  };
}

interface Found {
  readonly from: string;
  readonly document: unknown;
  /** Those that stand beside it in the file, or that the grants of the cluster name. */
  readonly matrices: readonly MatrixDocument[];
}

async function inFile(file: string, terminal: Terminal): Promise<Found> {
  const from = file === '-' ? 'the text on stdin' : `the file ${printable(file, 200)}`;
  const text = await textIn(file, terminal, 'application');
  const { documentsIn } = await import('../output/yaml.ts');
  const documents = documentsIn(text, from);
  const [document, ...others] = documents.filter((each) => kindOf(each) === 'SupportApplication');
  if (document === undefined || others.length > 0) {
    const count = document === undefined ? 'none' : `${others.length + 1}`;
    throw new CannotTell(
      `${from} must hold one SupportApplication and holds ${count}; put each into its own`,
    );
  }
  const matrices = documents
    .filter((each) => kindOf(each) === 'SupportPermissionMatrix')
    .map((each) => ({ from, document: withoutStatus(each) }));
  return { from, document: withoutStatus(document), matrices };
}

const kindOf = (document: unknown): unknown =>
  typeof document === 'object' && document !== null && 'kind' in document ? document.kind : undefined;

async function inCluster(
  cluster: Cluster,
  name: string | undefined,
  host: string | undefined,
): Promise<Found> {
  const application =
    name === undefined
      ? await byHost(cluster, host)
      : await find<SupportApplication>(cluster, kinds.SupportApplication, {
          namespace: cluster.namespace,
          name,
        });
  const { namespace = '', name: own } = application.metadata;
  return {
    from: `the installed application ${namespace}/${own}`,
    document: withoutStatus(application),
    matrices: await ofGrants(cluster, application),
  };
}

async function byHost({ client }: Cluster, host: string | undefined): Promise<SupportApplication> {
  if (host === undefined) {
    throw new UsageError(
      'an application must be named, as a file or as its name in the namespace, for example ecase',
    );
  }

  const { items } = await client.list<SupportApplication>(kinds.SupportApplication);
  const served = servedUnder(host, items);
  if (served !== undefined) return served;
  throw new CannotTell(
    `no SupportApplication has the host ${printable(host)}; write the host as the gateway serves it, or name the application`,
  );
}

/** The matrices of all grants that name the application, also of those that are closed. */
async function ofGrants(cluster: Cluster, { metadata }: SupportApplication): Promise<MatrixDocument[]> {
  const { namespace, name } = metadata;
  const { items } = await cluster.client.list<SupportAccessGrant>(kinds.SupportAccessGrant, { namespace });
  const names = new Set(
    items.filter(({ spec }) => spec.applicationRef?.name === name).map(({ spec }) => spec.matrixRef.name),
  );
  const found = await Promise.all(
    [...names].map(async (each) =>
      findOrNothing<WrittenMatrix>(cluster, kinds.SupportPermissionMatrix, { name: each }),
    ),
  );
  return found.flatMap((matrix) =>
    matrix === undefined
      ? []
      : { from: `the installed matrix ${matrix.metadata.name}`, document: withoutStatus(matrix) },
  );
}

async function namedMatrices(input: CommandInput, terminal: Terminal): Promise<MatrixDocument[]> {
  const system = input.option('system');
  const named = await Promise.all(input.list('matrix').map(async (word) => readWord(word, input, terminal)));
  return system === undefined ? named : [...named, shipped(system)];
}

/** A matrix with faults would be refused: what it allows is not known. */
function asked({ from, document }: MatrixDocument): MatrixBeside {
  const { matrix, problems } = judgeMatrix(document);
  if (matrix !== undefined && problems.length === 0) return { name: matrix.metadata.name, spec: matrix.spec };
  throw new CannotTell(
    `${from} would be refused, so that nothing can be laid beside it; see why with kubectl support-access matrix lint`,
  );
}
