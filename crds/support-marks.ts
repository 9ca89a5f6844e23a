/**
 * What an application must know of every person of support, said once: the directory has these values for each of them, and
 * each request that is let through to an application carries them (requirements CC-4, CC-6, EC-13, EC-17, ZH-4).
 */

/** The one type of user that support people are, in records, headers and the directory. */
export const supportUserType = 'Support User';

/** They use up no license, are offered for no assignment, and are hidden from the application's own people. */
export const supportMarks = {
  userType: supportUserType,
  licensed: false,
  assignable: false,
  hidden: true,
} as const;

/** THE list of headers that say so, in lower case, with the opaque handle of the person's session, which is no secret. */
export function supportHeaders(handle: string): Readonly<Record<string, string>> {
  return {
    'x-support-user-type': supportMarks.userType,
    'x-support-licensed': String(supportMarks.licensed),
    'x-support-assignable': String(supportMarks.assignable),
    'x-support-hidden': String(supportMarks.hidden),
    'x-support-session': handle,
  };
}
