/** Says everything that is wrong or unwise in a matrix, before it is applied. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { type Problem, problemLine } from '../../crds/rules/problem.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { fittedTable } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import type { Column } from '../output-table.ts';
import { judgeMatrix } from './judge-matrix.ts';
import { readNamed } from './read-matrix.ts';
import { unwiseIn } from './unwise.ts';

interface LintFinding extends Problem {
  /** `wrong` is refused when it is applied, `unwise` is taken. */
  readonly severity: 'wrong' | 'unwise';
}

/** Findings to stdout; the exit code says whether the matrix would be taken. */
export async function lintMatrix(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const { from, document } = await readNamed(input, terminal);
  const findings = findingsOf(document);
  const count = (severity: LintFinding['severity']): number =>
    findings.filter((each) => each.severity === severity).length;
  const [wrong, unwise] = [count('wrong'), count('unwise')];
  if (format === 'json' || format === 'yaml')
    await printData({ matrix: from, wrong, unwise, findings }, format, terminal);
  else if (findings.length > 0) await terminal.out(fittedTable(columns, findings, terminal.columns));
  terminal.say(inWords(from, wrong, unwise));
  return wrong > 0 || (unwise > 0 && input.flag('strict')) ? exitCodes.bad : exitCodes.good;
}

/** What is wrong comes first. What is unwise is told only of what can be read as a matrix. */
function findingsOf(document: unknown): LintFinding[] {
  const { matrix, problems } = judgeMatrix(document);
  const unwise = matrix === undefined ? [] : unwiseIn(matrix.spec);
  return [
    ...problems.map((each) => ({ severity: 'wrong' as const, ...each })),
    ...unwise.map((each) => ({ severity: 'unwise' as const, ...each })),
  ];
}

const columns: readonly Column<LintFinding>[] = [
  { title: 'STATE', of: ({ severity }) => severity },
  { title: 'SAYS', of: (finding) => escapeUnsafe(problemLine(finding)) },
];

function inWords(from: string, wrong: number, unwise: number): string {
  const are = (count: number): string => (count === 1 ? 'thing is' : 'things are');
  const what = from.charAt(0).toUpperCase() + from.slice(1);
  if (wrong > 0)
    return `${what} would be refused: ${wrong} ${are(wrong)} wrong${unwise > 0 ? `, ${unwise} ${are(unwise)} unwise` : ''}.`;
  return unwise > 0 ? `${what} would be taken; ${unwise} ${are(unwise)} unwise.` : `${what} is good.`;
}
