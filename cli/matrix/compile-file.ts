/** Reads a matrix, says everything that is wrong with it, or prints what to apply. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import { problemLine } from '../../crds/rules/problem.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';
import { compileObjects } from './compile-matrix.ts';
import { judgeMatrix } from './judge-matrix.ts';
import { readDocument, shipped } from './read-matrix.ts';

/** Compiles what the call names: objects to stdout, or every problem to stderr. */
export async function compileFile(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const system = input.option('system');
  const releaseNamespace = input.option('releaseNamespace') ?? defaultNamespaces.release;
  const [file] = input.arguments;
  if ((file === undefined) === (system === undefined))
    throw new UsageError('either a file or --system must be given, for example --system casepoint-ecase');
  const { document } = system === undefined ? await readDocument(file ?? '', terminal) : shipped(system);
  const { matrix, problems } = judgeMatrix(document);
  for (const problem of problems) terminal.say(escapeUnsafe(problemLine(problem)));
  if (matrix === undefined || problems.length > 0) return exitCodes.bad;
  const { yamlOf } = await import('../output/yaml.ts');
  const objects = compileObjects(matrix, releaseNamespace);
  await terminal.out(objects.map((object) => `---\n${yamlOf(object)}`).join(''));
  return exitCodes.good;
}
