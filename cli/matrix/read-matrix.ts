/** Finds the matrix that a call names: a file, stdin, one that is installed, or one that comes with the product. */
import { readFile } from 'node:fs/promises';
import { kinds } from '../../crds/kinds.ts';
import { matrices, matrixName } from '../../crds/matrices/index.ts';
import { printable } from '../../crds/rules/problem.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import type { WrittenMatrix } from './compile-matrix.ts';

/** A document that should be a matrix, and where it came from. */
export interface MatrixDocument {
  /** Such as `the file shop-3.yaml`, for people. */
  readonly from: string;
  readonly document: unknown;
}

/** The matrix of a word or of `--system`, of which one must be given. */
export async function readNamed(input: CommandInput, terminal: Terminal): Promise<MatrixDocument> {
  const system = input.option('system');
  const [word] = input.arguments;
  if ((word === undefined) === (system === undefined))
    throw new UsageError('either a matrix or --system must be given, for example --system casepoint-ecase');
  return system === undefined ? readWord(word ?? '', input, terminal) : shipped(system);
}

/** A word with a slash or the ending of a file is a file; any other is a name, so that it never depends on the folder. */
export async function readWord(
  word: string,
  input: CommandInput,
  terminal: Terminal,
): Promise<MatrixDocument> {
  return isFile(word) ? readDocument(word, terminal) : installed(word, input, terminal);
}

export function isFile(word: string): boolean {
  return word === '-' || /[\\/]|\.(ya?ml|json)$/i.test(word);
}

async function installed(name: string, input: CommandInput, terminal: Terminal): Promise<MatrixDocument> {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(name)) {
    const shown = printable(name);
    throw new UsageError(
      `"${shown}" cannot be the name of a matrix; for a file of this name write ./${shown}`,
    );
  }
  // Loaded here, so that a file is judged without all that calls a cluster.
  const { withCluster } = await import('../cluster/cluster.ts');
  const { find } = await import('../cluster/find.ts');
  const found = await withCluster(input, terminal, async (cluster) =>
    find<WrittenMatrix>(cluster, kinds.SupportPermissionMatrix, { name }),
  );
  return { from: `the installed matrix ${name}`, document: withoutStatus(found) };
}

/** The newest revision that the product has for a source system. */
export function shipped(system: string): MatrixDocument {
  const spec = matrices.find((matrix) => matrix.system === system);
  const known = matrices.map((matrix) => matrix.system).join(', ');
  if (spec === undefined)
    throw new UsageError(`--system is "${printable(system)}" and must be one of ${known}`);
  const document: WrittenMatrix = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportPermissionMatrix',
    metadata: { name: matrixName(spec) },
    spec,
  };
  return { from: `the product's matrix for ${system}`, document };
}

/** The one document of a file, or of stdin. */
export async function readDocument(file: string, terminal: Terminal): Promise<MatrixDocument> {
  const from = file === '-' ? 'the text on stdin' : `the file ${printable(file, 200)}`;
  const text = await textIn(file, terminal, 'matrix');
  const { oneDocument } = await import('../output/yaml.ts');
  return { from, document: withoutStatus(oneDocument(text, from, 'SupportPermissionMatrix')) };
}

/** The text of a file, or of stdin; `what` says in a failure what was to be read. */
export async function textIn(file: string, terminal: Terminal, what: string): Promise<string> {
  try {
    return file === '-' ? await terminal.readStdin() : await readFile(file, 'utf8');
  } catch (error) {
    throw new CannotTell(`the ${what} cannot be read: ${errorWithCauses(error)}`);
  }
}

/** What `kubectl get -o yaml` prints can be read as it is: the status is the product's, and no one applies it. */
export function withoutStatus(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { status: _, ...rest } = document as { readonly status?: unknown };
  return rest;
}
