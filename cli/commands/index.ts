/** The list of commands. A new command is a file here and a line below. */
import type { Command } from '../command.ts';
import { canI } from './can-i.ts';
import { caseAddContact, caseClose, caseRemoveContact } from './case-change.ts';
import { caseList } from './case-list.ts';
import { caseOpen } from './case-open.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import { confirmRestore } from './confirm-restore.ts';
import { explain } from './explain.ts';
import { grantCreate } from './grant-create.ts';
import { grantDisable } from './grant-disable.ts';
import { grantEnable } from './grant-enable.ts';
import { grantExtend } from './grant-extend.ts';
import { matrixCompile } from './matrix-compile.ts';
import { matrixDiff } from './matrix-diff.ts';
import { matrixLint } from './matrix-lint.ts';
import { matrixShow } from './matrix-show.ts';
import { noticesPreview } from './notices-preview.ts';
import { policyDisable, policyEnable } from './policy-switch.ts';
import { recordsExport } from './records-export.ts';
import { recordsHead } from './records-head.ts';
import { recordsPrint } from './records-print.ts';
import { recordsStory } from './records-story.ts';
import { recordsVerify } from './records-verify.ts';
import { revoke } from './revoke.ts';
import { routesLint } from './routes-lint.ts';
import { routesTest } from './routes-test.ts';
import { sessions } from './sessions.ts';
import { ssoCheck } from './sso-check.ts';
import { status } from './status.ts';
import { unlock } from './unlock.ts';
import { userAdd } from './user-add.ts';
import { userDeactivate } from './user-deactivate.ts';
import { version } from './version.ts';

/** What the help says of the first word of commands with two: a new first word needs a line here. */
export const groupSummaries: Readonly<Record<string, string>> = {
  grant: 'Open and close access: one grant is one consent',
  policy: 'The master switch of support access',
  sso: 'The identity provider with which people sign in',
  user: "The people of the vendor's support",
  case: 'Support cases, and who may talk to support about them',
  records: 'Read and check the records of support access',
  matrix: 'Work with permission matrices',
  notices: 'What people are told, and in which words',
  routes: 'What requests to an application mean',
};

export const commands: readonly Command[] = [
  check,
  status,
  sessions,
  canI,
  grantCreate,
  grantEnable,
  grantDisable,
  grantExtend,
  revoke,
  unlock,
  confirmRestore,
  policyEnable,
  policyDisable,
  ssoCheck,
  userAdd,
  userDeactivate,
  caseList,
  caseOpen,
  caseAddContact,
  caseRemoveContact,
  caseClose,
  explain,
  recordsPrint,
  recordsHead,
  recordsVerify,
  recordsStory,
  recordsExport,
  matrixLint,
  matrixShow,
  matrixDiff,
  matrixCompile,
  routesLint,
  routesTest,
  noticesPreview,
  completion,
  version,
];
