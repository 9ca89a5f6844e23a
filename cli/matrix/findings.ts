/** Prints what is wrong and what is unwise in something that a person wrote; the exit code says whether it would be taken. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { type Problem, problemLine } from '../../crds/rules/problem.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { fittedTable } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import type { Column } from '../output-table.ts';

export interface WrittenFindings {
  /** What was looked at, such as `the file shop-3.yaml`. */
  readonly from: string;
  /** The key under which `from` stands in data. */
  readonly as: 'matrix' | 'application';
  /** Refused when it is applied. */
  readonly wrong: readonly Problem[];
  /** Taken, and hardly meant. */
  readonly unwise: readonly Problem[];
}

interface Finding extends Problem {
  readonly severity: 'wrong' | 'unwise';
}

/** Findings to stdout, what is wrong first; the sum of them in a sentence to stderr. */
export async function printFindings(
  { from, as, ...found }: WrittenFindings,
  input: CommandInput,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = formatOf(input);
  const [wrong, unwise] = [found.wrong.length, found.unwise.length];
  const findings: Finding[] = [
    ...found.wrong.map((each) => ({ severity: 'wrong' as const, ...each })),
    ...found.unwise.map((each) => ({ severity: 'unwise' as const, ...each })),
  ];
  if (format === 'json' || format === 'yaml')
    await printData({ [as]: from, wrong, unwise, findings }, format, terminal);
  else if (findings.length > 0) await terminal.out(fittedTable(columns, findings, terminal.columns));
  terminal.say(inWords(from, wrong, unwise));
  return wrong > 0 || (unwise > 0 && input.flag('strict')) ? exitCodes.bad : exitCodes.good;
}

const columns: readonly Column<Finding>[] = [
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
