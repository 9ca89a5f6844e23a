/** `records story`: what happened under a grant, as a page for an auditor. */
import type { Command } from '../command.ts';
import { addSourceOptions } from '../records/record-source.ts';
import { ownVersion } from './version.ts';

const help = `
kubectl support-access records story ecase/case-4711 > story.html
kubectl support-access records story case-4711 case-4711-again --file records.db --head 42:9f… > story.html

Prints one page (HTML) that stands alone: it runs no script, loads nothing, and can be kept, mailed and printed. It tells of the
consent, the openings and ends, each sign-in, each act and each refusal under the grant, the locks that held meanwhile, and what
"records verify" says of the whole log, which is read for it. Name all grants of a case to have them on one page.

Exit codes: as of "records verify" where the records do not hold; the page is printed then too, and says so.`;

export const recordsStory: Command = {
  words: ['records', 'story'],
  summary: 'Print what happened under a grant as a page for an auditor',
  cluster: true,
  names: { arguments: ['grants'] },
  configure(parser) {
    parser.argument('<grant...>', 'the grants: case-4711, or ecase/case-4711');
    addSourceOptions(parser);
    parser
      .option(
        '--head <seq:hash>',
        'the head as it was printed earlier, kept where the log could not be changed',
      )
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { tellStory } = await import('../records/tell-story.ts');
    return tellStory(input, terminal, await ownVersion());
  },
};
