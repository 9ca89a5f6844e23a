/** `case add-contact`, `case remove-contact` and `case close`: what the owner of a support case does with it. */
import { type Command, writtenFormats } from '../command.ts';

const frame = { cluster: true, changes: true, output: writtenFormats } as const;

export const caseAddContact: Command = {
  words: ['case', 'add-contact'],
  summary: 'Let an administrator talk to support about your case',
  ...frame,
  configure(parser) {
    parser
      .argument('<case>', 'the SupportCase')
      .argument('<administrator>', 'the name of an entry in spec.administrators of the policy')
      .option('--telephone <number>', 'where support may call the contact back');
  },
  async run(input, terminal) {
    const { addContact } = await import('../cases/change-case.ts');
    return addContact(input, terminal);
  },
};

export const caseRemoveContact: Command = {
  words: ['case', 'remove-contact'],
  summary: 'Take a contact off your case',
  ...frame,
  configure(parser) {
    parser.argument('<case>', 'the SupportCase').argument('<contact>', 'the name of the contact');
  },
  async run(input, terminal) {
    const { removeContact } = await import('../cases/change-case.ts');
    return removeContact(input, terminal);
  },
};

export const caseClose: Command = {
  words: ['case', 'close'],
  summary: 'Close your case',
  ...frame,
  configure(parser) {
    parser.argument('<case>', 'the SupportCase');
  },
  async run(input, terminal) {
    const { closeCase } = await import('../cases/change-case.ts');
    return closeCase(input, terminal);
  },
};
