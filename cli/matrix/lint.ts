/** Says everything that is wrong or unwise in what a person wrote, before it is applied: a matrix, or the routes of an application. */
import type { CommandInput, ExitCode, Terminal } from '../command.ts';
import { printFindings } from './findings.ts';
import { judgeMatrix } from './judge-matrix.ts';
import { readApplication } from './read-application.ts';
import { readNamed } from './read-matrix.ts';
import { unwiseRoutes } from './route-findings.ts';
import { unwiseIn } from './unwise.ts';

/** `matrix lint`. What is unwise is told only of what can be read as a matrix. */
export async function lintMatrix(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const { from, document } = await readNamed(input, terminal);
  const { matrix, problems } = judgeMatrix(document);
  const unwise = matrix === undefined ? [] : unwiseIn(matrix.spec);
  return printFindings({ from, as: 'matrix', wrong: problems, unwise }, input, terminal);
}

/** `routes lint`: the routes beside the matrices, and what each does not say of the other. */
export async function lintRoutes(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const [word] = input.arguments;
  const { from, application, problems, matrices } = await readApplication(word, { input, terminal });
  const unwise = application === undefined ? [] : unwiseRoutes(application.spec.routes, matrices);
  if (matrices.length === 0) {
    terminal.say(
      'No matrix is laid beside the routes: name one with --matrix or --system to see what it and they leave out.',
    );
  }
  return printFindings({ from, as: 'application', wrong: problems, unwise }, input, terminal);
}
