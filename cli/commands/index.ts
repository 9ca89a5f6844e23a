/** The list of commands. A new command is a file here and a line below. */
import type { Command } from '../command.ts';
import { matrixCompile } from './matrix-compile.ts';
import { recordsPrint } from './records-print.ts';
import { recordsVerify } from './records-verify.ts';
import { version } from './version.ts';

export const commands: readonly Command[] = [recordsPrint, recordsVerify, matrixCompile, version];
