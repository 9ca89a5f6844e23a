/** `notices preview`: a notice as its readers would get it, for a grant that is there. */
import { noticeEventNames } from '../../crds/notices/events.ts';
import { languages } from '../../crds/notices/languages/index.ts';
import type { Command } from '../command.ts';

const help = `
kubectl support-access notices preview GrantOpened --grant case-4711 -n ecase --language de

EVENT is one of ${noticeEventNames.join(', ')}.
It says what would be said now, to no one: nothing is sent and nothing is written. Who did it is an example, since it comes from
the records once something has happened; --who shows how each certainty reads. Times are shown on your clocks.`;

export const noticesPreview: Command = {
  words: ['notices', 'preview'],
  summary: 'Show a notice as its readers would get it',
  cluster: true,
  names: { options: { grant: 'grants' } },
  configure(parser) {
    parser
      .argument('<event>', 'which notice, for example GrantOpened')
      .option('--grant <name>', 'the grant that it is about')
      .option('--language <tag>', Object.keys(languages).join(' or '), 'en')
      .option('--who <certainty>', 'proved, claimed or unknown', 'proved')
      .option('-o, --output <format>', 'text, html or json (subject, text and html)', 'text')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { previewNotice } = await import('../notices/preview.ts');
    return previewNotice(input, terminal);
  },
};
