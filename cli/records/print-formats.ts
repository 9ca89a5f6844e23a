/** How can records be printed? THE list of formats. */
export const printFormats = ['table', 'wide', 'json', 'yaml'] as const;

export type PrintFormat = (typeof printFormats)[number];
