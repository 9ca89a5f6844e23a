/** Reads a matrix, says everything that is wrong with it, or prints what to apply. */
import { readFile } from 'node:fs/promises';
import { matrices, matrixName } from '../../crds/matrices/index.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import { problemLine } from '../../crds/rules/problem.ts';
import { problemsOf } from '../../crds/rules/problems/index.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  exitCodes,
  type Terminal,
  UsageError,
} from '../command.ts';
import { compileObjects, type WrittenMatrix } from './compile-matrix.ts';
import { shapeProblems } from './matrix-shape.ts';

/** Compiles what the call names: objects to stdout, or every problem to stderr. */
export async function compileFile(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const system = input.option('system');
  const releaseNamespace = input.option('releaseNamespace') ?? defaultNamespaces.release;
  const [file] = input.arguments;
  if ((file === undefined) === (system === undefined))
    throw new UsageError('give either a file or --system, for example --system casepoint-ecase');
  const document = system === undefined ? await documentIn(file ?? '', terminal) : shipped(system);
  const problems = problemsIn(document);
  for (const problem of problems) terminal.say(problem);
  if (problems.length > 0) return exitCodes.bad;
  const { stringify } = await import('yaml');
  const objects = compileObjects(document as WrittenMatrix, releaseNamespace);
  await terminal.out(
    objects
      .map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
      .join(''),
  );
  return exitCodes.good;
}

async function documentIn(file: string, terminal: Terminal): Promise<unknown> {
  const text = await textIn(file, terminal);
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text);
  const [document] = documents;
  if (!Array.isArray(documents) || document === undefined)
    throw new CannotTell(`${nameOf(file)} is empty and must hold one SupportPermissionMatrix`);
  const rule = 'must hold one; put each matrix into a file of its own';
  if (documents.length > 1)
    throw new CannotTell(`${nameOf(file)} holds ${documents.length} documents and ${rule}`);
  const [fault] = document.errors;
  if (fault !== undefined) throw new CannotTell(`${nameOf(file)} must be YAML or JSON: ${fault.message}`);
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    throw new CannotTell(`${nameOf(file)} must have no aliases (*name); write out what they stand for`);
  }
}

async function textIn(file: string, terminal: Terminal): Promise<string> {
  try {
    return file === '-' ? await terminal.readStdin() : await readFile(file, 'utf8');
  } catch (error) {
    throw new CannotTell(`the matrix cannot be read: ${errorWithCauses(error)}`);
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'the text on stdin' : file;
}

function shipped(system: string): WrittenMatrix {
  const spec = matrices.find((matrix) => matrix.system === system);
  const known = matrices.map((matrix) => matrix.system).join(', ');
  if (spec === undefined) throw new UsageError(`--system is "${system}" and must be one of ${known}`);
  return {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportPermissionMatrix',
    metadata: { name: matrixName(spec) },
    spec,
  };
}

// Rules judge objects that have the shape: the shape comes first and alone.
function problemsIn(document: unknown): string[] {
  const shape = shapeProblems(document).map(
    ({ field, rule }) => `${field === '' ? 'the whole document' : field}: ${rule}`,
  );
  if (shape.length > 0) return shape;
  const matrix = document as WrittenMatrix;
  return [...nameProblems(matrix), ...problemsOf(matrix).map(problemLine)];
}

function nameProblems({ metadata, spec }: WrittenMatrix): string[] {
  const end = `-${spec.revision}`;
  const carries = (field: string, name: string | undefined): string[] =>
    name === undefined || name.endsWith(end) ? [] : [`${field}: must end in ${end}, the revision`];
  return [
    ...carries('metadata.name', metadata.name),
    ...carries('spec.kubernetes.clusterRole', spec.kubernetes?.clusterRole),
  ];
}
