/** The commands of a page of documentation, as a reader would copy them. Must not know what they do. */

export interface CommandBlock {
  /** The heading above it. */
  readonly heading: string;
  /** Of the page, from 1: where a reader finds the block. */
  readonly line: number;
  readonly commands: string;
}

/** Every block of commands (fenced as `bash`) in a page, in its order. */
export function commandBlocks(page: string): readonly CommandBlock[] {
  const blocks: CommandBlock[] = [];
  let heading = '';
  let open: { line: number; commands: string[] } | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    if (open === undefined) {
      if (text.startsWith('#')) heading = text.replace(/^#+ /, '');
      if (text === '```bash') open = { line: index + 2, commands: [] };
    } else if (text === '```') {
      blocks.push({ heading, line: open.line, commands: open.commands.join('\n') });
      open = undefined;
    } else {
      open.commands.push(text);
    }
  }
  if (open !== undefined) throw new Error(`the block that begins in line ${open.line} has no end`);
  return blocks;
}
